import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Provisioner } from "../../../cli/reconcile/terraform";
import type { Plan } from "../../../terraform/plan";
import type { StateResource } from "../../../terraform/terraform";

/** One run on a simulated vCenter: what there was in the store, and who was asked what, each in its order. */
export interface RecordedRun {
  readonly now: number;
  /** Objects before the run, by their keys. */
  readonly store: Readonly<Record<string, string>>;
  readonly terraform: readonly TerraformCall[];
  readonly vcenter: readonly VcenterCall[];
  /** `make etcd-1: healed` */
  readonly healed: readonly string[];
  readonly storeAfter: Readonly<Record<string, string>>;
}

export interface TerraformCall {
  readonly call: readonly unknown[];
  /** As much of it as a run reads. */
  readonly answer?: unknown;
}

export interface VcenterCall {
  /** Body of the SOAP request. */
  readonly asked: string;
  readonly status: number;
  readonly answer: string;
}

/** What is asked and answered again and again stands in a file once. */
interface Packed {
  readonly texts: readonly string[];
  readonly runs: Readonly<
    Record<string, Omit<RecordedRun, "vcenter"> & { readonly vcenter: readonly (readonly [number, number, number])[] }>
  >;
}

export function packed(runs: Readonly<Record<string, RecordedRun>>): string {
  const texts: string[] = [];
  const place = (text: string): number => (texts.includes(text) ? texts.indexOf(text) : texts.push(text) - 1);
  const all = Object.entries(runs).map(([name, { vcenter, ...run }]) => [
    name,
    { ...run, vcenter: vcenter.map(({ asked, status, answer }) => [place(asked), status, place(answer)]) },
  ]);
  return JSON.stringify({ texts, runs: Object.fromEntries(all) as object });
}

export function unpacked(text: string): Record<string, RecordedRun> {
  const { texts, runs } = JSON.parse(text) as Packed;
  const at = (place: number): string => texts[place] ?? "";
  return Object.fromEntries(
    Object.entries(runs).map(([name, { vcenter, ...run }]) => [
      name,
      { ...run, vcenter: vcenter.map(([asked, status, answer]) => ({ asked: at(asked), status, answer: at(answer) })) },
    ]),
  );
}

/** Hands all calls through, and keeps them. */
export class RecordingProvisioner implements Provisioner {
  readonly calls: TerraformCall[] = [];

  constructor(private readonly real: Provisioner) {}

  async state(): Promise<readonly StateResource[]> {
    const state = await this.real.state();
    this.calls.push({
      call: ["state"],
      answer: state.filter(({ mode, type }) => mode === "managed" && type === "vsphere_virtual_machine").map(readOfResource),
    });
    return state;
  }

  async plan(targets: readonly string[], replace: readonly string[]): Promise<Plan> {
    const plan = await this.real.plan(targets, replace);
    this.calls.push({ call: ["plan", targets, replace], answer: readOfPlan(plan) });
    return plan;
  }

  async apply(): Promise<void> {
    await this.real.apply();
    this.calls.push({ call: ["apply"] });
  }

  async forget(address: string): Promise<void> {
    await this.real.forget(address);
    this.calls.push({ call: ["forget", address] });
  }

  override(address: string, values: Readonly<Record<string, unknown>>): void {
    this.real.override(address, values);
    this.calls.push({ call: ["override", address, values] });
  }
}

const readOfResource = ({ address, mode, type, tainted, values }: StateResource) => ({
  ...{ address, mode, type },
  ...(tainted === undefined ? {} : { tainted }),
  values: { id: values["id"] },
});

function readOfPlan({ resource_changes: all = [] }: Plan): Plan {
  const disks = (values: Readonly<Record<string, unknown>> | null) => (values ? { disk: values["disk"] } : null);
  return {
    resource_changes: all
      .filter(({ mode, change }) => mode === "managed" && change.actions.join() !== "no-op")
      .map(({ change, ...one }) => ({
        ...one,
        change: { actions: change.actions, before: disks(change.before), after: null, after_unknown: {} },
      })),
  };
}

/** Answers as Terraform did, and takes no other call than it took, in no other order. */
export class ReplayedProvisioner implements Provisioner {
  private readonly left: TerraformCall[];

  constructor(calls: readonly TerraformCall[]) {
    this.left = [...calls];
  }

  get unasked(): number {
    return this.left.length;
  }

  state(): Promise<readonly StateResource[]> {
    return this.next("state") as Promise<readonly StateResource[]>;
  }

  plan(targets: readonly string[], replace: readonly string[]): Promise<Plan> {
    return this.next("plan", targets, replace) as Promise<Plan>;
  }

  async apply(): Promise<void> {
    await this.next("apply");
  }

  async forget(address: string): Promise<void> {
    await this.next("forget", address);
  }

  override(address: string, values: Readonly<Record<string, unknown>>): void {
    void this.next("override", address, values);
  }

  private next(...call: readonly unknown[]): Promise<unknown> {
    const recorded = this.left.shift();
    if (JSON.stringify(recorded?.call) !== JSON.stringify(call))
      throw new Error(`terraform was asked ${JSON.stringify(recorded?.call ?? "nothing more")}, and is now asked ${JSON.stringify(call)}`);
    return Promise.resolve(recorded?.answer);
  }
}

export interface SoapServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface SoapAnswer extends Pick<VcenterCall, "status" | "answer"> {
  readonly cookie?: string;
}

/** A vCenter on loopback, without TLS, that answers each request by this. */
export async function soapServer(answer: (asked: string, cookie?: string) => Promise<SoapAnswer>): Promise<SoapServer> {
  const server = createServer((from, to) => {
    void bodyOf(from)
      .then((asked) => answer(asked, from.headers.cookie))
      .catch((reason: unknown): SoapAnswer => ({ status: 500, answer: String(reason) }))
      .then(({ status, answer: text, cookie }) => {
        to.writeHead(status, { "content-type": "text/xml; charset=utf-8", ...(cookie !== undefined && { "set-cookie": cookie }) });
        to.end(text);
      });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(from: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of from) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
