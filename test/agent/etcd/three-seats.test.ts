import { randomBytes } from "node:crypto";
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { epoch as epochSchema, type Epoch } from "../../../constructs/spec/store";
import type { Action } from "../../../agent/actions";
import { EtcdClient } from "../../../agent/etcd/client";
import { clientUrl } from "../../../agent/etcd/environment";
import { clusterIdOf } from "../../../agent/etcd/identity";
import { seatPaths } from "../../../agent/etcd/paths";
import type { Member } from "../../../agent/observation";
import { Place } from "../../../agent/pki/place";
import { tlsFrom } from "../../../agent/pki/tls-files";
import { keys } from "../../../agent/store/keys";
import { FolderStore } from "../upkeep/folder-store";
import { programs, withEtcd } from "../upkeep/members";
import { TestMachine, type SeatAddress } from "./machines";

/** Addresses of loopback that no other run has: seats share the ports, as on machines. */
const net = `127.${100 + Math.floor(Math.random() * 100)}.${Math.floor(Math.random() * 250)}`;
const seats: readonly SeatAddress[] = [1, 2, 3].map((place) => ({ name: `etcd-${place - 1}`, address: `${net}.${place}` }));
const wholeMs = 90_000;

withEtcd("three seats with real members", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const store = new FolderStore(() => Date.now());
  const machines = new Map<string, TestMachine>();
  const written = new Map<string, string>();
  const oldVolume = join(folder, "old-volume");
  let failed = false;

  const boot = (name: string) => {
    const seat = seats.find((one) => one.name === name);
    if (!seat || !programs) throw new Error(name);
    machines.set(name, new TestMachine(programs, folder, seat, seats, store));
  };
  const machine = (name: string): TestMachine => {
    const found = machines.get(name);
    if (!found) throw new Error(name);
    return found;
  };
  const client = ({ name, address }: SeatAddress): EtcdClient => {
    const { certificate, key, authorities } = seatPaths;
    return new EtcdClient(clientUrl(address), () => tlsFrom(new Place(machine(name).root), authorities, certificate, key));
  };
  const epoch = async (): Promise<Epoch | undefined> => {
    const read = await store.get(keys.epoch);
    return read.kind === "found" ? epochSchema.parse(JSON.parse(read.body)) : undefined;
  };
  const members = async () => {
    const answer = await client(seats[0] as SeatAddress).members();
    return answer.kind === "answered" ? answer.value.members : [];
  };

  /** As a person would see it: every seat runs, and all are voters that answer. Nothing after one that failed can be whole. */
  async function whole(number: number): Promise<Epoch> {
    const end = failed ? 0 : Date.now() + wholeMs;
    while (Date.now() < end) {
      const current = await epoch();
      const voters = (await members()).filter(({ isLearner, name }) => !isLearner && name !== "");
      const settled = [...machines.values()].every(({ action }) => action?.kind === "run");
      if (current?.number === number && current.state === "running" && voters.length === seats.length && settled) return current;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    failed = true;
    throw new Error(`not whole within ${wholeMs / 1000} s:\n${report()}`);
  }

  function report(): string {
    return [...machines.values()]
      .map(({ seat, actions, said, processes }) =>
        [`== ${seat.name}`, ...actions.slice(-12), ...said.slice(-8), processes.log.split("\n").slice(-6).join("\n").slice(-3000)].join(
          "\n",
        ),
      )
      .join("\n");
  }

  const kinds = (name: string): string[] => machine(name).actions.map((text) => (JSON.parse(text) as Action).kind);

  async function eventually(done: () => Promise<boolean>): Promise<void> {
    while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 200));
  }

  async function gone(id: string): Promise<void> {
    while ((await members()).some(({ ID }) => ID === id)) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async function write(count: number, prefix: string): Promise<void> {
    for (let index = 0; index < count; index++) {
      const [key, value] = [`/${prefix}/${index}`, `${prefix} ${index} ${"x".repeat(500)}`];
      for (const seat of seats) {
        const answer = await client(seat).replace(key, value, 0);
        if (answer.kind !== "answered") continue;
        written.set(key, value);
        break;
      }
    }
  }

  async function lost(): Promise<string[]> {
    const missing: string[] = [];
    for (const [key, value] of written) {
      const answer = await client(seats[1] as SeatAddress).get(key);
      if (answer.kind !== "answered" || answer.value?.text !== value) missing.push(key);
    }
    return missing;
  }

  beforeAll(async () => {
    await store.putIfAbsent(keys.desired("etcd"), "{}");
    for (const { name } of seats) boot(name);
  });

  afterAll(async () => {
    for (const one of machines.values()) await one.cut();
    store.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("bootstraps: one epoch, three voters, the cluster id that the token gives", async () => {
    const first = await whole(1);
    expect(first.joined.map(({ seat }) => seat).sort()).toEqual(seats.map(({ name }) => name));
    const { clusterId, ...unnamed } = first;
    expect(clusterIdOf({ seats: unnamed.seats, token: unnamed.token })).toBe(clusterId);
    expect(Object.keys(first.authorities).sort()).toEqual(["etcd-client/1", "etcd-peer/1"]);
    await write(50, "first");
    expect(written.size).toBe(50);
  }, 120_000);

  it("sees its members, and only its own; one that is silent costs a second", async () => {
    const current = (await epoch()) as Epoch;
    const watcher = machine("etcd-0").open();
    const named = (list: readonly Member[] | undefined) => list?.map(({ name, healthy }) => [name, healthy]).sort();
    expect(named(await watcher.members(current))).toEqual(seats.map(({ name }) => [name, true]));
    expect(await watcher.members({ ...current, clusterId: "1234" })).toBeUndefined();
    const { clusterId, ...unnamed } = current;
    expect(clusterId).toBeDefined();
    expect(await watcher.members({ ...unnamed, token: "f".repeat(32) })).toBeUndefined();
    machine("etcd-2").processes.freeze();
    // Its word from before counts for an election longer.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const asked = performance.now();
    expect(named(await watcher.members(current))).toEqual(seats.map(({ name }) => [name, name !== "etcd-2"]));
    expect(performance.now() - asked).toBeLessThan(2_000);
    machine("etcd-2").processes.thaw();
    await whole(1);
  }, 120_000);

  it("replaces the member of a machine that was lost with its disk, in the same epoch", async () => {
    const before = (await members()).find(({ name }) => name === "etcd-1")?.ID;
    await machine("etcd-1").cut();
    machine("etcd-1").loseVolume();
    await write(10, "while one is gone");
    // An earlier machine of the seat may have come this far, and did not live to see the answers.
    const stopped = machine("etcd-1").open();
    const current = (await epoch()) as Epoch;
    const id = (await stopped.members(current))?.find(({ name }) => name === "etcd-1")?.id ?? "";
    await eventually(() => stopped.removeMember(id));
    expect(await stopped.removeMember(id)).toBe(true);
    await eventually(() => stopped.addLearner(current));
    expect(await stopped.addLearner(current)).toBe(true);
    boot("etcd-1");
    const epochAfter = await whole(1);
    const after = (await members()).find(({ name }) => name === "etcd-1")?.ID;
    expect(after).not.toBe(before);
    expect(epochAfter.number).toBe(1);
    const steps = machine("etcd-1").actions.map((text) => JSON.parse(text) as { kind: string; step?: string; as?: string });
    expect(steps.filter(({ kind }) => kind === "replace").map(({ step }) => step)).toEqual(
      expect.arrayContaining(["remove", "add", "promote"]),
    );
    expect(steps.filter(({ kind, as }) => kind === "join" && as === "new")).toEqual([]);
    expect(written.size).toBe(60);
    expect(await lost()).toEqual([]);
  }, 120_000);

  it("goes on with its data after a machine was lost without its disk", async () => {
    const before = (await members()).find(({ name }) => name === "etcd-2")?.ID;
    await machine("etcd-2").cut();
    boot("etcd-2");
    await whole(1);
    expect((await members()).find(({ name }) => name === "etcd-2")?.ID).toBe(before);
    expect(kinds("etcd-2")).toEqual(expect.arrayContaining(["start", "run"]));
  }, 120_000);

  it("recovers by the word of all seats when two of three disks are lost, without losing a write", async () => {
    await write(20, "before the loss");
    await machine("etcd-0").cut();
    await machine("etcd-1").cut();
    cpSync(machine("etcd-0").volume, oldVolume, { recursive: true });
    machine("etcd-0").loseVolume();
    machine("etcd-1").loseVolume();
    const token = (await epoch())?.token;
    boot("etcd-0");
    boot("etcd-1");
    const second = await whole(2);
    expect(second.token).not.toBe(token);
    expect(second.restore?.snapshot).toMatch(/^snapshots\/1\/\d+\.json$/);
    expect(written.size).toBe(80);
    expect(await lost()).toEqual([]);
    const status = await client(seats[2] as SeatAddress).status();
    expect(status.kind === "answered" && status.value.header.revision).toBeGreaterThan(1_000_000_000);
  }, 180_000);

  it("sets a disk of the given-up epoch aside when it comes back, and keeps it", async () => {
    await machine("etcd-0").cut();
    machine("etcd-0").loseVolume();
    cpSync(oldVolume, machine("etcd-0").volume, { recursive: true });
    boot("etcd-0");
    await whole(2);
    expect(kinds("etcd-0")).toEqual(expect.arrayContaining(["archive", "replace", "run"]));
    const archived: unknown = JSON.parse(readFileSync(join(machine("etcd-0").volume, "archive/incarnation.json"), "utf8"));
    expect(archived).toMatchObject({ number: 1 });
    expect(await lost()).toEqual([]);
  }, 120_000);

  it("replaces a member whose database is damaged", async () => {
    await machine("etcd-1").cut();
    const file = openSync(join(machine("etcd-1").volume, "data/member/snap/db"), "r+");
    // All pages but the two that say where the others are.
    writeSync(file, randomBytes(200_000), 0, 200_000, 8192);
    closeSync(file);
    boot("etcd-1");
    await whole(2);
    expect(kinds("etcd-1")).toEqual(expect.arrayContaining(["archive", "replace", "run"]));
    expect(await lost()).toEqual([]);
  }, 120_000);

  it("comes back after a person has removed its member", async () => {
    const before = (await members()).find(({ name }) => name === "etcd-2")?.ID ?? "";
    await eventually(async () => (await client(seats[0] as SeatAddress).remove(before)).kind === "answered");
    await gone(before);
    await whole(2);
    expect(kinds("etcd-2")).toEqual(expect.arrayContaining(["archive", "replace", "run"]));
    expect(await lost()).toEqual([]);
  }, 120_000);
});
