import { X509Certificate } from "node:crypto";
import { signOperators, type Signing } from "../../../agent/kubernetes/operators";
import { bear, type Authority } from "../../../agent/pki/certificates";
import { start, verifiedByOpenssl, World } from "../pki/world";
import { makeRequest } from "./requests";

const minute = 60_000;
let authority: Authority;
let world: World;
beforeAll(async () => {
  authority = await bear("orchard", "cluster/kubernetes", 1, start);
});
beforeEach(() => {
  world = new World();
});

const round = async (): Promise<readonly Signing[]> => {
  const done = await signOperators({
    objects: world.objects(),
    clock: world.clock,
    authorities: () => Promise.resolve({ generations: [authority] }),
  });
  return done.kind === "looked" ? done.signings : [];
};
const put = (key: string, value: unknown) => world.contents.put(key, JSON.stringify(value));
const ask = async (principal: string, at = world.now, subject = "O=system:masters, CN=admin") => {
  const { csr } = await makeRequest(subject);
  put(`operators/${principal}/request`, { csr, at: new Date(at).toISOString() });
};
const certificate = (principal: string): { certificate: string; authority: string; until: string } | undefined => {
  const found = world.contents.objects.get(`operators/${principal}/certificate`);
  return found && (JSON.parse(found.body) as { certificate: string; authority: string; until: string });
};

test("an operator is who the key says, whatever the request says", async () => {
  await ask("alice@example.com");
  expect(await round()).toMatchObject([{ principal: "alice@example.com", result: "signed" }]);
  const signed = certificate("alice@example.com");
  const leaf = new X509Certificate(signed?.certificate ?? "");
  expect(leaf.subject).toBe("O=coppice:operators\nCN=alice@example.com");
  expect(Date.parse(leaf.validTo) - start).toBe(8 * 60 * minute);
  expect(signed?.until).toBe(new Date(start + 8 * 60 * minute).toISOString());
  expect(verifiedByOpenssl(signed?.certificate ?? "", signed?.authority ?? "", "sslclient", start)).toBe("OK");
});

test("once: only another key is another request", async () => {
  await ask("alice");
  await round();
  const first = certificate("alice");
  world.now += minute;
  expect(await round()).toEqual([]);
  const request = JSON.parse(world.contents.objects.get("operators/alice/request")?.body ?? "") as { csr: string };
  put("operators/alice/request", { ...request, at: new Date(world.now).toISOString() });
  expect(await round()).toEqual([]);
  expect(certificate("alice")).toEqual(first);
  await ask("alice");
  expect(await round()).toMatchObject([{ result: "signed" }]);
  expect(certificate("alice")).not.toEqual(first);
});

test("two masters sign one certificate", async () => {
  await ask("alice");
  const rounds = (await Promise.all([round(), round()])).flat();
  expect(rounds.filter(({ result }) => result === "signed")).toHaveLength(1);
});

test.each<[string, number, number]>([
  ["a young request", 5 * minute, 1],
  ["an old one", 5 * minute + 1, 0],
  ["one of a clock that is a little ahead", -minute, 1],
])("%s", async (_name, ago, signed) => {
  await ask("alice", world.now - ago);
  expect((await round()).filter(({ result }) => result === "signed")).toHaveLength(signed);
});

test.each([
  ["from the future", "alice", (name: string) => ask(name, start + 2 * minute), "from the future"],
  ["under a name of Kubernetes", "system:admin", (name: string) => ask(name), "nobody may be called so"],
  ["under a program's name", "kube-apiserver-kubelet-client", (name: string) => ask(name), "nobody may be called so"],
  [
    "with garbage",
    "alice",
    (name: string) => put(`operators/${name}/request`, { csr: "x", at: new Date(start).toISOString() }),
    "no certificate request",
  ],
  ["torn", "alice", (name: string) => put(`operators/${name}/request`, {}), "not readable"],
])("refused: %s", async (_name, principal, asking, says) => {
  await asking(principal);
  expect(await round()).toEqual([{ principal, result: "refused", message: expect.stringContaining(says) as string }]);
  expect(certificate(principal)).toBeUndefined();
});

test("a request that is not signed with its own key is refused", async () => {
  const [{ csr }, { csr: other }] = [await makeRequest("CN=a"), await makeRequest("CN=a")];
  const bytes = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const mixed = Buffer.concat([bytes(csr).subarray(0, bytes(csr).length - 30), bytes(other).subarray(-30)]);
  put("operators/alice/request", {
    csr: `-----BEGIN CERTIFICATE REQUEST-----\n${mixed.toString("base64")}\n-----END CERTIFICATE REQUEST-----`,
    at: new Date(start).toISOString(),
  });
  expect(await round()).toMatchObject([{ result: "refused" }]);
});

test("with a wrong clock, and without the keys, the request waits", async () => {
  await ask("alice");
  world.clockFault = "the clock is wrong";
  expect(await round()).toEqual([{ principal: "alice", result: "waits", message: "the clock is wrong" }]);
  world.clockFault = undefined;
  const done = await signOperators({ objects: world.objects(), clock: world.clock, authorities: () => Promise.resolve({ reason: "503" }) });
  expect(done).toMatchObject({ signings: [{ result: "waits", message: "503" }] });
});
