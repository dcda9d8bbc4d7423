import fc from "fast-check";
import { renewalAt } from "../../../agent/pki/renewal";
import { Disk, roles } from "./disk";
import { verifiedByOpenssl, World } from "./world";

describe("the certificates of a machine", () => {
  let disk: Disk;
  let world: World;
  beforeEach(async () => {
    disk = new Disk();
    world = await new World().begin();
  });
  afterEach(() => disk.remove());

  const file = (path: string) => disk.text(path);
  const certificate = (path: string) => disk.certificate(path);
  const round = (role: keyof typeof roles) => disk.round(world, role);

  const server = "1.3.6.1.5.5.7.3.1";
  const client = "1.3.6.1.5.5.7.3.2";
  test.each<[string, "etcd" | "master", string, string, string, string[]]>([
    [
      "/etc/etcd/pki/server",
      "etcd",
      "/etc/etcd/pki/client-ca.crt",
      "CN=etcd-0",
      "IP Address:10.0.0.4, IP Address:127.0.0.1, DNS:localhost",
      [server, client],
    ],
    ["/etc/etcd/pki/peer", "etcd", "/etc/etcd/pki/peer-ca.crt", "CN=etcd-0", "IP Address:10.0.0.4", [server, client]],
    [
      "/etc/kubernetes/pki/apiserver",
      "master",
      "/etc/kubernetes/pki/ca.crt",
      "CN=kube-apiserver",
      "IP Address:127.0.0.1, IP Address:10.0.0.20, IP Address:10.96.0.1, DNS:localhost, DNS:kubernetes, DNS:kubernetes.default, " +
        "DNS:kubernetes.default.svc, DNS:kubernetes.default.svc.cluster.local, DNS:api.example.com",
      [server],
    ],
    [
      "/etc/kubernetes/pki/apiserver-etcd-client",
      "master",
      "/etc/kubernetes/pki/etcd-ca.crt",
      "CN=kube-apiserver-etcd-client",
      "",
      [client],
    ],
    [
      "/etc/kubernetes/pki/apiserver-kubelet-client",
      "master",
      "/etc/kubernetes/pki/ca.crt",
      "CN=kube-apiserver-kubelet-client",
      "",
      [client],
    ],
    ["/etc/kubernetes/pki/front-proxy-client", "master", "/etc/kubernetes/pki/front-proxy-ca.crt", "CN=front-proxy-client", "", [client]],
    ["/etc/kubernetes/pki/controller-manager", "master", "/etc/kubernetes/pki/ca.crt", "CN=system:kube-controller-manager", "", [client]],
    ["/etc/kubernetes/pki/scheduler", "master", "/etc/kubernetes/pki/ca.crt", "CN=system:kube-scheduler", "", [client]],
    ["/etc/kubernetes/pki/admin", "master", "/etc/kubernetes/pki/ca.crt", "O=system:masters\nCN=coppice:agent:master-0", "", [client]],
  ])("%s says what it should, and verifies against its bundle", async (stem, role, bundle, subject, alternatives, usages) => {
    await round("etcd");
    if (role === "master") await round("master");
    const leaf = certificate(`${stem}.crt`);
    expect(leaf).toMatchObject({ subject, keyUsage: usages, ca: false });
    expect(leaf.subjectAltName ?? "").toBe(alternatives);
    expect(leaf.verify(certificate(bundle).publicKey)).toBe(true);
    for (const usage of usages) {
      expect(verifiedByOpenssl(file(`${stem}.crt`), file(bundle), usage === server ? "sslserver" : "sslclient", world.now)).toBe("OK");
    }
    const hours = (Date.parse(leaf.validTo) - world.now) / 3600_000;
    expect(hours).toBe(stem.endsWith("/admin") ? 24 : 720);
  });

  test("no certificate verifies against the bundle of another purpose", async () => {
    await round("etcd");
    await round("master");
    expect(verifiedByOpenssl(file("/etc/etcd/pki/peer.crt"), file("/etc/etcd/pki/client-ca.crt"), "sslclient", world.now)).not.toBe("OK");
    expect(
      verifiedByOpenssl(file("/etc/kubernetes/pki/scheduler.crt"), file("/etc/kubernetes/pki/front-proxy-ca.crt"), "sslclient", world.now),
    ).not.toBe("OK");
  });
});

test("renewals of machines and files are spread, always to the same place, and never after two thirds", async () => {
  const world = await new World().begin();
  const disk = new Disk();
  await disk.round(world, "etcd");
  const leaf = disk.certificate("/etc/etcd/pki/peer.crt");
  disk.remove();
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  fc.assert(
    fc.property(fc.string(), (who) => {
      const part = (renewalAt(leaf, who) - from) / (to - from);
      expect(renewalAt(leaf, who)).toBe(renewalAt(leaf, who));
      expect(part).toBeLessThanOrEqual(2 / 3);
      expect(part).toBeGreaterThan(2 / 3 - 1 / 20);
    }),
  );
  expect(renewalAt(leaf, "etcd-0")).not.toBe(renewalAt(leaf, "etcd-1"));
});
