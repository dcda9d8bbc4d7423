import * as z from "zod";
import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { Cloud } from "../cloud/cloud";
import { say, sayOnce } from "../log";
import { metrics } from "../metrics";
import { certificateOf, type Authority } from "../pki/certificates";
import type { Objects } from "../store/objects";
import type { Api } from "./api";
import { approve, type Approver } from "./approver";
import { grantRequests, type Granter } from "./grants";
import { joinMaster, type Joining } from "./join";
import type { KubeletHost } from "./kubelet-credentials";
import { labelMaster } from "./label";
import { keepJoin } from "./mint";
import { signOperators, type OperatorSigner } from "./operators";
import { keepRoles } from "./roles";
import { kubernetesTimes } from "./times";

/** One thing that is looked at again and again, on its own: none waits for another. */
export interface Chore {
  readonly name: string;
  /** One round; answers after how many milliseconds the next one begins. */
  readonly round: () => Promise<number>;
}

/** The cluster's CA with its keys, all generations; or why they are not known. Called often. */
export type Authorities = () => Promise<
  { readonly kind: "settled"; readonly generations: readonly Authority[] } | { readonly kind: string; readonly reason: string }
>;

export interface Master {
  readonly api: Api;
  readonly objects: Objects;
  readonly cloud: Cloud;
  readonly kubelet: KubeletHost;
  readonly configuration: Pick<RoleConfiguration, "components" | "pools" | "seats" | "timerFactor">;
  readonly seat: string;
  /** Of this machine. */
  readonly node: string;
  readonly authorities: Authorities;
}

/**
 * Seconds between two looks. Lists of the store cost money, those of the API next to nothing; only the approver and the
 * kubelet's files stand between a new machine and its first pod. They do not scale: they are short.
 */
const every = { approve: 1, joining: 1, joined: 30, label: 15, operators: 15, grants: 30, mint: 60, roles: 300, again: 1 } as const;
/** What a master does at the API. None needs a leader: what must happen once is decided by compare-and-swap. */
export function masterChores(master: Master): readonly Chore[] {
  const { api, objects, cloud, kubelet, configuration, seat, node, authorities } = master;
  const times = kubernetesTimes(configuration.timerFactor);
  const masters = configuration.seats.masters.length;
  const isApiReady = async (): Promise<boolean> => (await api.get("/readyz", z.unknown())).kind === "answered";
  return [
    chore("approver", () => approverRound({ api, cloud, clock: kubelet.clock, configuration, times })),
    chore("kubelet", async () => {
      const found = await authorities();
      return joiningTold(
        "reason" in found
          ? { kind: "waits", reason: found.reason }
          : await joinMaster({ host: kubelet, objects, node, authorities: found.generations, isApiReady }),
      );
    }),
    chore("label", async () => told("label", await labelMaster(api, node), every.label)),
    chore("operators", () => operatorsRound({ objects, clock: kubelet.clock, authorities })),
    chore("grants", () => grantsRound({ api, objects, cloud, seat, masters, times })),
    chore("mint", async () => {
      const found = await authorities();
      return told(
        "mint",
        "reason" in found ? { kind: "waits", reason: found.reason } : await keepJoin(objects, api, found.generations.map(certificateOf)),
        every.mint,
      );
    }),
    chore("roles", async () => told("roles", await keepRoles(api, configuration), every.roles)),
  ];
}

async function approverRound(approver: Approver): Promise<number> {
  const done = await approve(approver);
  if (done.kind === "failed") sayOnce("approver waits", { reason: done.reason });
  else {
    for (const one of done.judged) {
      if (one.result === "waits") {
        sayOnce("a certificate request waits", { ...one });
        continue;
      }
      say("certificate request", { ...one });
      metrics.add("coppice_requests_signed_total", 1, { kind: one.kind, result: one.result });
    }
  }
  return every.approve;
}

async function operatorsRound(signer: OperatorSigner): Promise<number> {
  const done = await signOperators(signer);
  if (done.kind === "failed") sayOnce("operators wait", { reason: done.reason });
  else {
    for (const { principal, result, message } of done.signings) {
      sayOnce(`operator ${principal}`, { result, message });
      if (result === "signed") metrics.add("coppice_requests_signed_total", 1, { kind: "operator", result });
    }
  }
  return every.operators;
}

async function grantsRound(granter: Granter): Promise<number> {
  const done = await grantRequests(granter);
  if (done.kind === "failed") sayOnce("grants wait", { reason: done.reason });
  else if (done.grant.length + done.forget.length + done.failed.length > 0) say("grants", { ...done });
  return every.grants;
}

function joiningTold(done: Joining): number {
  sayOnce("kubelet", { ...done });
  return done.kind === "kept" && done.joined && done.failed === undefined ? every.joined : every.joining;
}

/** Says what became of a round when that is something new; looks again soon after one that did not get through. */
function told(chore: string, done: { readonly kind: string; readonly reason?: string }, seconds: number): number {
  sayOnce(chore, { ...done });
  return done.kind === "waits" ? Math.min(every.again, seconds) : seconds;
}

function chore(name: string, round: () => Promise<number>): Chore {
  return { name, round: async () => (await round()) * 1000 };
}
