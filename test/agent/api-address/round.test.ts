import { steadyMs } from "../../../agent/api-address/holder";
import type { Link, Links } from "../../../agent/api-address/link";
import { AddressRound } from "../../../agent/api-address/main";
import { apiServers, type ApiServer } from "../api-proxy/masters";

const shared = "127.0.1.100";
let servers: readonly ApiServer[];
/** Ready while somebody has the address. */
let atAddress: ApiServer;
/** Masters that have the address, and who was told of it. */
let held: Set<number>;
let told: number[];
let rounds: readonly AddressRound[];
let ahead = 0;
const real = performance.now.bind(performance);

beforeEach(async () => {
  const [answers, ...masters] = await apiServers(4, (index) => (index === 0 ? shared : `127.0.1.${index}`));
  if (!answers) throw new Error("no server");
  [servers, atAddress] = [masters, answers];
  // All masters answer on one port, and so does who has the address.
  await atAddress.stop();
  atAddress.port = servers[0]?.port ?? 0;
  atAddress.ready = false;
  await atAddress.start();
  [held, told, ahead] = [new Set(), [], 0];
  jest.spyOn(performance, "now").mockImplementation(() => real() + ahead);
  rounds = servers.map(
    (_, own) =>
      new AddressRound(
        shared,
        servers.map(({ address }) => address),
        () => undefined,
        linksOf(own),
      ),
  );
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([...servers, atAddress].map((server) => server.stop()));
});

function linksOf(own: number): Links {
  const link: Link = { name: "ens192", mac: "00:50:56:aa:bb:cc" };
  return {
    linkWith: (address) => (address === servers[own]?.host || (address === shared && held.has(own)) ? link : undefined),
    addAddress: () => moved(() => held.add(own)),
    removeAddress: () => moved(() => held.delete(own)),
    announce: () => Promise.resolve(void told.push(own)),
  };
}

function moved(change: () => unknown): Promise<void> {
  change();
  atAddress.ready = held.size > 0;
  return Promise.resolve();
}

/** Every master looks once, so many times. */
async function look(times = 1): Promise<readonly number[]> {
  for (let time = 0; time < times; time++) for (const round of rounds) await round.step();
  return [...held];
}

async function settled(): Promise<void> {
  await look();
  ahead += steadyMs;
  expect(await look(2)).toEqual([0]);
}

test("the first master takes the address and tells the segment, again and again", async () => {
  expect(await look(1)).toContain(0);
  await settled();
  told = [];
  await look(10);
  expect(new Set(told)).toEqual(new Set([0]));
});

test("the next one has it after two silences of the first, and keeps it until that one has been ready for a minute", async () => {
  await settled();
  await servers[0]?.stop();
  expect(await look(2)).toEqual([1]);
  expect(told.at(-1)).toBe(1);
  await servers[0]?.start();
  expect(await look(3)).toEqual([1]);
  ahead += steadyMs;
  expect(await look(2)).toEqual([0]);
});

test("when a whole cluster starts, long silences before are no reason to stand in", async () => {
  const ready = (is: boolean): void => servers.forEach((server) => (server.ready = is));
  const lookAtOnce = async (times: number): Promise<readonly number[]> => {
    for (let time = 0; time < times; time++) await Promise.all(rounds.map((round) => round.step()));
    return [...held];
  };
  ready(false);
  expect(await lookAtOnce(25)).toEqual([]);
  ready(true);
  expect(await lookAtOnce(3)).toEqual([0]);
});

test("a master that drains lets go, and one that is alone with its trouble keeps it", async () => {
  await settled();
  const [first, ...others] = servers;
  if (first) first.ready = false;
  expect(await look(2)).toEqual([1]);
  for (const other of others) other.ready = false;
  expect(await look(4)).toEqual([1]);
});

test("who ends lets go, and does not take it again", async () => {
  await settled();
  await rounds[0]?.leave();
  await rounds[0]?.step();
  expect([...held]).toEqual([]);
});

test("where the program of the first master is away, the next one stands in for a minute, and then looks again", async () => {
  const [, ...others] = rounds;
  const lookWithoutFirst = async (times: number) => {
    for (let time = 0; time < times; time++) for (const round of others) await round.step();
    return [...held];
  };
  await lookWithoutFirst(1);
  ahead += steadyMs;
  expect(await lookWithoutFirst(8)).toEqual([]);
  expect(await lookWithoutFirst(5)).toEqual([1]);
  expect(await lookWithoutFirst(3)).toEqual([1]);
  ahead += steadyMs;
  expect(await lookWithoutFirst(1)).not.toContain(1);
});
