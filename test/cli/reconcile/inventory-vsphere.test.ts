import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { vsphereInventory } from "../../../cli/reconcile/inventory-vsphere";
import recorded from "./vcenter-calls.json";

/** What govmomi's simulator was asked and answered, step by step: a machine that is off, started, suspended, and started again. */
const { uuid, gone, steps } = recorded;
interface Call {
  readonly method: string;
  readonly body: string;
  readonly status: number;
  readonly text: string;
  readonly cookie?: string;
}

let server: Server;
let left: Call[];
let wrong: string[];
/** Answers other than the recorded ones, by method. */
let instead: Readonly<Record<string, Pick<Call, "status" | "text">>>;
beforeEach(async () => {
  [left, wrong, instead] = [[], [], {}];
  server = createServer((asked, answer) => {
    void textOf(asked).then((body) => {
      const next = left.shift();
      if (next?.body !== body) wrong.push(`asked: ${body}`, `recorded: ${next?.body ?? "nothing more"}`);
      const { status, text } = instead[next?.method ?? ""] ?? next ?? { status: 500, text: "" };
      answer.writeHead(status, next?.cookie === undefined ? {} : { "set-cookie": next.cookie }).end(text);
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function textOf(asked: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of asked) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

const inventory = () => {
  const { port } = server.address() as AddressInfo;
  return vsphereInventory({ url: `http://127.0.0.1:${port}`, user: "reconcile@vsphere.local", password: "p<&>" });
};
/** Plays a step; the same calls must be made, in the same order. */
function play(index: number): void {
  left = [...(steps[index]?.calls ?? [])];
}

it("makes the calls that it made on the simulator, and reads its answers", async () => {
  const asks = [
    () => inventory().power([uuid, gone]),
    () => inventory().start(uuid),
    () => inventory().power([uuid]),
    () => inventory().start(uuid),
    () => inventory().start(gone),
  ];
  for (const [index, ask] of asks.entries()) {
    play(index);
    const said = await ask();
    const value = said.kind === "known" && said.value instanceof Map ? [...said.value] : undefined;
    expect({ ...said, ...(value && { value }) }).toEqual(steps[index]?.said);
    expect([left, wrong]).toEqual([[], []]);
  }
  expect(steps[3]?.calls.map(({ method }) => method)).toEqual(expect.arrayContaining(["PowerOffVM_Task", "PowerOnVM_Task"]));
});

const fault = "<e:Envelope><e:Body><e:Fault><faultstring>no right</faultstring></e:Fault></e:Body></e:Envelope>";

it.each([
  ["lets nobody in", { Login: { status: 500, text: fault } }, "the vCenter lets nobody in: Login: no right"],
  ["does not find what it is asked for", { FindByUuid: { status: 500, text: fault } }, "FindByUuid: no right"],
  ["answers something else", { FindByUuid: { status: 200, text: "<html>" } }, /FindByUuid: /],
  ["is not to be understood", { RetrieveServiceContent: { status: 200, text: "" } }, /RetrieveServiceContent: /],
])("says so when a vCenter %s, and calls no machine gone for it", async (_, other, reason) => {
  play(0);
  instead = other;
  const said = await inventory().power([uuid]);
  expect(said).toEqual({ kind: "unknown", reason: typeof reason === "string" ? reason : (expect.stringMatching(reason) as string) });
});

it("calls a machine whose host is away unreachable, and not off", async () => {
  play(0);
  const [answer] = (steps[0]?.calls ?? []).filter(({ method }) => method === "RetrievePropertiesEx");
  instead = { RetrievePropertiesEx: { status: 200, text: (answer?.text ?? "").replace(">connected<", ">disconnected<") } };
  expect(await inventory().power([uuid])).toEqual({ kind: "known", value: new Map([[uuid, "unreachable"]]) });
});

it("does not know the power of a machine that its account may not see", async () => {
  play(0);
  const [answer] = (steps[0]?.calls ?? []).filter(({ method }) => method === "RetrievePropertiesEx");
  const text = (answer?.text ?? "").replace(/<propSet><name>runtime.powerState.*?<\/propSet>/s, "");
  instead = { RetrievePropertiesEx: { status: 200, text } };
  expect(await inventory().power([uuid])).toMatchObject({ kind: "unknown" });
});
