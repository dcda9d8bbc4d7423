import { crc32c } from "../../../agent/etcd/crc32c";
import { environmentOf } from "../../../agent/etcd/environment";
import { damageIn } from "../../../agent/etcd/last-words";
import { seatPaths } from "../../../agent/etcd/paths";
import { peerAnswer } from "../../../agent/etcd/peers";
import { parseState } from "../../../agent/etcd/process";
import { agentFiles, etcdFiles } from "../../../constructs/node/agent-files";
import { etcd } from "../../../constructs/node/etcd";
import { etcdVolume, program } from "../../../constructs/node/paths";
import { clusterSpec } from "../../node/cluster";

const token = "0123456789abcdef0123456789abcdef";
const seats = [4, 5, 6].map((last, place) => ({ name: `etcd-${place}`, peerUrl: `https://10.0.0.${last}:2380` }));

describe("what the agent and etcd's unit have in common", () => {
  it("is at the same paths", () => {
    expect(seatPaths).toMatchObject({
      unit: etcd(clusterSpec()).units[0]?.name,
      volume: etcdVolume,
      environment: etcdFiles.environment,
      certificate: `${etcdFiles.server}.crt`,
      key: `${etcdFiles.server}.key`,
      authorities: etcdFiles.clientAuthorities,
      peerCertificate: `${etcdFiles.peer}.crt`,
      peerKey: `${etcdFiles.peer}.key`,
      peerAuthorities: etcdFiles.peerAuthorities,
      etcd: program("etcd"),
      etcdctl: program("etcdctl"),
      etcdutl: program("etcdutl"),
    });
  });

  it("is an environment with exactly the variables that are promised", () => {
    const text = environmentOf({
      seat: "etcd-0",
      address: "10.0.0.4",
      peerUrl: "https://10.0.0.4:2380",
      token,
      state: "new",
      cluster: seats,
    });
    expect(text).toBe(
      [
        'ETCD_NAME="etcd-0"',
        'ETCD_INITIAL_CLUSTER="etcd-0=https://10.0.0.4:2380,etcd-1=https://10.0.0.5:2380,etcd-2=https://10.0.0.6:2380"',
        'ETCD_INITIAL_CLUSTER_STATE="new"',
        `ETCD_INITIAL_CLUSTER_TOKEN="${token}"`,
        'ETCD_LISTEN_CLIENT_URLS="https://10.0.0.4:2379"',
        'ETCD_LISTEN_PEER_URLS="https://10.0.0.4:2380"',
        'ETCD_ADVERTISE_CLIENT_URLS="https://10.0.0.4:2379"',
        'ETCD_INITIAL_ADVERTISE_PEER_URLS="https://10.0.0.4:2380"',
        "",
      ].join("\n"),
    );
    const promised = agentFiles.find(({ path }) => path === seatPaths.environment)?.holds.match(/ETCD_[A-Z_]+[A-Z]/g);
    expect(text.match(/^ETCD_[A-Z_]+/gm)?.sort()).toEqual(promised?.sort());
  });
});

describe("etcd's unit, by systemd's word", () => {
  const shown = (ActiveState: string, SubState: string, NRestarts: number, ExecMainCode: number, ExecMainStatus: number) =>
    Object.entries({ ExecMainStatus, NRestarts, ExecMainCode, ActiveState, SubState })
      .map(([name, value]) => `${name}=${value}`)
      .join("\n");

  it.each([
    ["never started", shown("inactive", "dead", 0, 0, 0), { running: false, ended: 0 }],
    ["started, without quorum yet", shown("activating", "start", 0, 0, 0), { running: true, ended: 0 }],
    ["serving, after two falls", shown("active", "running", 2, 0, 0), { running: true, ended: 2 }],
    ["between two attempts", shown("activating", "auto-restart", 2, 1, 2), { running: true, ended: 3, exit: 2 }],
    ["removed by the others", shown("activating", "auto-restart", 0, 1, 0), { running: true, ended: 1, exit: 0 }],
    ["killed", shown("activating", "auto-restart", 0, 2, 9), { running: true, ended: 1 }],
    ["stopping", shown("deactivating", "stop-sigterm", 0, 0, 0), { running: true, ended: 0 }],
    ["stopped after an exit with 0", shown("inactive", "dead", 0, 1, 0), { running: false, ended: 0 }],
    ["not known to systemd", "", { running: false, ended: 0 }],
  ])("%s", (_, text, expected) => {
    expect(parseState(text)).toEqual(expected);
  });
});

describe("what etcd says last", () => {
  it("tells of damage by the line that names it", () => {
    const line = "panic: assertion failed: Page expected to be: 75, but self identifies as 0";
    expect(damageIn(`{"level":"info"}\n${line}\n\ngoroutine 1 [running]:\n`)).toBe(line);
    expect(damageIn(line)).toBe(line);
    const fatal = '{"level":"fatal","msg":"discovery failed","error":"walpb: crc mismatch: expected: 1 computed: 2"}';
    expect(damageIn(`${fatal}\n{"level":"info"}`)).toBe(fatal);
  });

  it.each([
    "",
    '{"level":"fatal","msg":"discovery failed","error":"listen tcp 10.0.0.4:2380: bind: address already in use"}',
    '{"level":"fatal","msg":"discovery failed","error":"error validating peerURLs: member count is unequal"}',
    '{"level":"warn","msg":"server error","error":"the member has been permanently removed from the cluster"}',
    "fatal error: runtime: out of memory",
    '{"level":"panic","msg":"failed to open database","error":"open db: permission denied"}',
    '{"level":"fatal","msg":"failed to repair WAL","error":"write 0.tmp: no space left on device"}',
  ])("tells of none in %j", (words) => {
    expect(damageIn(words)).toBeUndefined();
  });
});

it("sums up as Castagnoli's polynomial does, in one piece or several", () => {
  // RFC 3720, B.4
  expect(crc32c(Buffer.from("123456789")).toString(16)).toBe("e3069283");
  expect(crc32c(Buffer.alloc(32)).toString(16)).toBe("8a9136aa");
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, place) => place % 251));
  for (const place of [0, 1, 7, 8, 9, 500, 1000])
    expect(crc32c(bytes.subarray(place), crc32c(bytes.subarray(0, place)))).toBe(crc32c(bytes));
});

it("tells the other seats what is known, and whether there is a disk at all", () => {
  const data = { state: "empty" } as const;
  const marker = { cluster: "orchard", seat: "etcd-0", disk: token };
  expect(peerAnswer({ volume: "missing", data })).toEqual({ fenced: false, diskless: true });
  expect(peerAnswer({ volume: "formatted", marker: { ...marker, known: { number: 1, token } }, data })).toEqual({
    known: { number: 1, token },
    fenced: false,
  });
  expect(peerAnswer({ volume: "formatted", marker: "garbage", fence: "garbage", data })).toEqual({ fenced: true });
});
