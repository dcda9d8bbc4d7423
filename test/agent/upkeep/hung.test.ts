import { createServer as createHttp2 } from "node:http2";
import { createServer, type Server } from "node:http";
import { createServer as createTcp } from "node:net";
import { join } from "node:path";
import { HungWatch, type Sign, type Units } from "../../../agent/upkeep/hung";
import { etcdSigns, grpcSign, httpSign } from "../../../agent/upkeep/probes";
import { tlsSign } from "../../../agent/upkeep/tls-sign";
import { freePort } from "../../loopback";
import { fill, startMembers, withEtcd } from "./members";
import { temporaryFolder } from "./own-member";

beforeEach(() => jest.spyOn(process.stdout, "write").mockReturnValue(true));
afterEach(() => jest.restoreAllMocks());

/** One unit, its process and a clock in seconds; what it is asked takes as long as it would. */
class World {
  now = 0;
  process: number | undefined = 100;
  sign: Sign = "answers";
  readonly kills: number[] = [];
  private readonly systemd: Units = {
    mainProcess: () => Promise.resolve(this.process),
    kill: () => {
      this.kills.push(this.now);
      return Promise.resolve({ ok: true, said: "" });
    },
  };
  readonly watch = new HungWatch(
    {
      unit: "etcd.service",
      ask: (patienceMs) => {
        if (this.sign === "silent") this.now += patienceMs / 1000;
        return Promise.resolve(this.sign);
      },
    },
    1,
    this.systemd,
    () => this.now * 1000,
  );

  async until(seconds: number): Promise<void> {
    while (this.now < seconds) await this.round();
  }

  async round(): Promise<void> {
    const wait = await this.watch.round();
    this.now += wait / 1000;
  }
}

describe("a unit that hangs", () => {
  test("is killed after three silences in a row, and not again for five minutes", async () => {
    const world = new World();
    await world.until(60);
    expect(world.kills).toEqual([]);
    world.sign = "silent";
    await world.until(1000);
    expect(world.kills).toEqual([90, 390, 690, 990]);
  });

  test.each<[string, (world: World, round: number) => void]>([
    ["answers in between", (world, round) => (world.sign = round % 3 === 2 ? "answers" : "silent")],
    ["is busy", (world) => (world.sign = "busy")],
    ["does not run, or is only starting", (world) => ((world.sign = "silent"), (world.process = undefined))],
    ["is another process each time", (world, round) => ((world.sign = "silent"), (world.process = round))],
  ])("is not killed when it %s", async (_name, change) => {
    const world = new World();
    for (let round = 0; round < 60; round += 1) {
      change(world, round);
      await world.round();
    }
    expect(world.kills).toEqual([]);
  });

  test("is not killed when it ended by itself meanwhile", async () => {
    const world = new World();
    let asked = 0;
    const watch = new HungWatch(
      { unit: "kubelet.service", ask: () => Promise.resolve("silent") },
      1,
      {
        mainProcess: () => Promise.resolve(asked++ === 3 ? 101 : 100),
        kill: () => Promise.resolve({ ok: world.kills.push(0) > 0, said: "" }),
      },
      () => 0,
    );
    for (let round = 0; round < 3; round += 1) await watch.round();
    expect(world.kills).toEqual([]);
  });

  test.each([
    ["scales all of it", 0.5, 5000],
    ["takes no patience away that a busy machine needs", 0.1, 4000],
  ])("the timer factor %s", async (_name, factor, everyMs) => {
    const ask = jest.fn(() => Promise.resolve<Sign>("answers"));
    const systemd = { mainProcess: () => Promise.resolve(1), kill: () => Promise.reject(new Error("never")) };
    expect(await new HungWatch({ unit: "etcd.service", ask }, factor, systemd).round()).toBe(everyMs);
    expect(ask).toHaveBeenCalledWith(everyMs);
  });
});

describe("a sign of life", () => {
  const folder = temporaryFolder();
  const servers: { close(): unknown }[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
    folder.remove();
  });
  const listen = async (server: Server): Promise<string> => {
    const port = await freePort();
    servers.push(server.listen(port, "127.0.0.1"));
    return `127.0.0.1:${port}`;
  };

  test("is any answer: a refusal, another protocol, a closed port", async () => {
    const refuses = await listen(createServer((_request, response) => response.writeHead(403).end()));
    expect(await httpSign(`http://${refuses}/livez`, 2000)).toBe("answers");
    expect(await httpSign(`https://${refuses}/livez`, 2000)).toBe("answers");
    expect(await httpSign(`http://127.0.0.1:${await freePort()}/livez`, 2000)).toBe("answers");
    expect(await grpcSign(join(folder.path, "absent.sock"), 2000)).toBe("answers");
    expect(await tlsSign(Number(refuses.split(":")[1]), 2000)).toBe("answers");
    expect(await tlsSign(await freePort(), 2000)).toBe("answers");
  });

  test("is missing where a connection is taken and nothing is said", async () => {
    const mute = await listen(createServer(() => undefined));
    expect(await httpSign(`http://${mute}/livez`, 300)).toBe("silent");
    const port = await freePort();
    servers.push(createTcp(() => undefined).listen(port, "127.0.0.1"));
    expect(await tlsSign(port, 300)).toBe("silent");
    const socket = join(folder.path, "mute.sock");
    servers.push(createTcp(() => undefined).listen(socket));
    expect(await grpcSign(socket, 300)).toBe("silent");
  });

  test("of etcd is that its database gets on, while reads wait for a slow disk", async () => {
    let commits = 1;
    const slow = createServer((request, response) => {
      if (request.url === "/metrics") response.end(`etcd_disk_backend_commit_duration_seconds_count ${commits}\n`);
    });
    const ask = etcdSigns(`http://${await listen(slow)}`);
    expect(await ask(100)).toBe("silent");
    commits = 2;
    expect(await ask(100)).toBe("busy");
    expect(await ask(100)).toBe("silent");
    slow.closeAllConnections();
  });

  test("of gRPC is its greeting", async () => {
    const socket = join(folder.path, "greets.sock");
    servers.push(createHttp2().listen(socket));
    expect(await grpcSign(socket, 2000)).toBe("answers");
  });
});

withEtcd("of a real member", () => {
  test("it answers, hangs when it is stopped, and answers again", async () => {
    const cluster = await startMembers(1);
    try {
      const [member] = cluster.members;
      const signs500 = etcdSigns(member?.listener ?? "");
      const ask = () => signs500(500);
      expect(await ask()).toBe("answers");
      member?.process.kill("SIGSTOP");
      // A signal takes its time.
      const signs = [await ask(), await ask(), await ask()];
      expect(signs.slice(-2)).toEqual(["silent", "silent"]);
      member?.process.kill("SIGCONT");
      expect(await ask()).toBe("answers");
    } finally {
      await cluster.stop();
    }
  }, 60_000);

  test("while it defragments it is busy, though its reads hang", async () => {
    const cluster = await startMembers(1);
    try {
      const [member] = cluster.members;
      await fill(member?.endpoint ?? "", 300, 100_000, (index) => `/registry/${index}`);
      const signs: Sign[] = [];
      const ask = etcdSigns(member?.listener ?? "");
      // A fast disk may be through before it is asked.
      for (let tries = 0; tries < 10 && !signs.includes("busy"); tries += 1) {
        let over = false;
        const done = member?.client.defragment().then(() => (over = true));
        while (!over) signs.push(await ask(50));
        await done;
      }
      expect(signs).toContain("busy");
    } finally {
      await cluster.stop();
    }
  }, 120_000);
});

test("what systemd does not call active is not even asked", async () => {
  const ask = jest.fn(() => Promise.resolve<Sign>("silent"));
  const watch = new HungWatch({ unit: "coppice-no-such.service", ask });
  for (let round = 0; round < 4; round += 1) await watch.round();
  expect(ask).not.toHaveBeenCalled();
});
