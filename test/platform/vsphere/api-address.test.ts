import { firewall } from "../../../constructs/node/firewall";
import { vsphereFacts } from "../../../constructs/platform/vsphere/facts";
import type { VsphereSpec } from "../../../constructs/platform/vsphere/spec";
import { environment } from "../../../environments/onprem-vsphere";
import { readChecked } from "../../../stacks/synthesize";

const spec = readChecked("onprem-vsphere", environment).cluster as VsphereSpec;
const { ownNetwork } = vsphereFacts.node(spec);

// Without it a master hears nobody at the address, and believes that it has to stand in (seen in the lab).
test("masters may look at the address that they share, from where they are and where it is", () => {
  const text = ownNetwork && firewall(spec, "master", ownNetwork).files[0]?.text;
  const [, into = "", out = ""] = /chain from-network \{([^}]*)\}[^}]*chain to-network \{([^}]*)\}/.exec(text ?? "") ?? [];
  expect(out).toMatch(/^ {4}ip daddr @api tcp dport 6443 accept/m);
  expect(into).toMatch(/^ {4}ip saddr @masters ip daddr @api tcp dport 6443 accept/m);
});
