import type { JsonGeneralNames } from "@peculiar/x509";
import { isKubelets, readKubeletRequest } from "../../../agent/kubernetes/kubelet-request";
import { anAuthority, makeRequest, ofNode, servingSigner, servingUsages, stored } from "./requests";

const node = "ip-10-0-1-7.eu-central-1.compute.internal";
const serving = { signerName: servingSigner, usages: servingUsages };
const own: JsonGeneralNames = [
  { type: "dns", value: node },
  { type: "ip", value: "10.0.1.7" },
];

test("a kubelet's requests are read, with RSA's usage and without", async () => {
  const { csr } = await makeRequest(ofNode(node));
  expect(readKubeletRequest(stored(csr))).toEqual({ kind: "client", node, names: [], addresses: [] });
  const rsa = stored(csr, { usages: ["key encipherment", "digital signature", "client auth"] });
  expect(readKubeletRequest(rsa)).toMatchObject({ kind: "client" });
  const { csr: named } = await makeRequest(`CN=system:node:${node}, O=system:nodes`, own);
  expect(readKubeletRequest(stored(named, serving))).toEqual({ kind: "serving", node, names: [node], addresses: ["10.0.1.7"] });
});

test.each([
  ["an organization of its own", "O=system:masters, CN=system:node:a", [], {}, "its subject is O=system:masters"],
  ["one organization more", "O=system:nodes, O=system:masters, CN=system:node:a", [], {}, "its subject is"],
  ["a second name", "O=system:nodes, CN=system:node:a, CN=system:node:b", [], {}, "its subject is"],
  ["a unit", "O=system:nodes, OU=x, CN=system:node:a", [], {}, "its subject is"],
  ["no node", "O=system:nodes, CN=admin", [], {}, '"admin" names no node'],
  ["a path", "O=system:nodes, CN=system:node:../x", [], {}, "names no node"],
  ["a filter", "O=system:nodes, CN=system:node:ip-*", [], {}, "names no node"],
  ["a client with names", ofNode("a"), [{ type: "dns", value: "a" }], {}, "is a client's and asks for names"],
  ["a server without", ofNode("a"), [], serving, "names no address"],
  ["a server with a mail address", ofNode("a"), [{ type: "email", value: "a@example.com" }], serving, "neither DNS names nor addresses"],
  ["a server with a URL", ofNode("a"), [{ type: "url", value: "https://a" }], serving, "neither DNS names nor addresses"],
  ["the other kind's usages", ofNode("a"), [], { usages: servingUsages }, "asks for the usages digital signature, server auth"],
  ["both usages", ofNode("a"), [], { usages: ["client auth", "digital signature", "server auth"] }, "asks for the usages"],
] as [string, string, JsonGeneralNames, object, string][])("refused: %s", async (_name, subject, names, spec, says) => {
  const { csr } = await makeRequest(subject, names);
  expect(readKubeletRequest(stored(csr, spec))).toEqual({ fault: expect.stringContaining(says) as string });
});

test("refused: an authority, two requests in one, garbage", async () => {
  const [{ csr }, { csr: greedy }] = [await makeRequest(ofNode("a")), await makeRequest(ofNode("a"), [], [anAuthority])];
  expect(readKubeletRequest(stored(greedy))).toEqual({ fault: "asks for more than names" });
  expect(readKubeletRequest(stored(csr + csr))).toEqual({ fault: "holds more than one request" });
  expect(readKubeletRequest(stored("-----BEGIN x"))).toEqual({ fault: "its request is garbage" });
});

test("requests for other signers are others' business", async () => {
  const { csr } = await makeRequest("CN=somebody");
  expect(isKubelets(stored(csr, { signerName: "kubernetes.io/kube-apiserver-client" }))).toBe(false);
  expect(isKubelets(stored(csr))).toBe(true);
});
