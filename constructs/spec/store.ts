import * as z from "zod";
import { roles } from "./roles";

/**
 * The schema of every object in the cluster store, parsed on both sides: by the program and the commands that write
 * `desired/*`, and by the agents. `role-configuration.ts` holds the largest one; `store-access.ts` says who may use which.
 */
export const instant = z.iso.datetime();
export const seatName = z.string().regex(/^(etcd|master)-\d$/);
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
const token = z.string().regex(/^[0-9a-f]{32}$/);
/** Drawn when a disk is formatted, so that two disks of one seat are told apart. */
const diskId = token;
/** etcd prints its ids as hexadecimal 64-bit numbers. */
const etcdId = z.string().regex(/^[0-9a-f]{1,16}$/);
/** Grows by one with every holder, so that a late write of an earlier one is told apart. */
const fence = z.int().min(1);
/** SHA-256 of the DER form of a certificate or public key. */
const fingerprint = digest;

/** `epoch`: one incarnation of the etcd cluster. */
export const epoch = z.strictObject({
  /** So that the store of another cluster is told apart. */
  cluster: z.string(),
  number: z.int().min(1),
  token,
  /** Known once the first member runs. */
  clusterId: etcdId.optional(),
  state: z.enum(["bootstrapping", "restoring", "running"]),
  seats: z.array(z.strictObject({ name: seatName, peerUrl: z.url() })).min(1),
  /** Seats that have ever joined in this epoch, each with the disk it last joined with: none starts as `new` again, and another disk of the seat is a zombie. */
  joined: z.array(z.strictObject({ seat: seatName, disk: diskId })),
  /** What a restoring epoch grows from. */
  restore: z.strictObject({ snapshot: z.string(), sha256: digest, bytes: z.int().min(1), bumpRevision: z.int().min(0) }).optional(),
  /** Fingerprints of etcd's CAs, recorded before their first use. */
  authorities: z.record(z.string(), fingerprint),
});

/** `recovery`: the round of votes on giving up an epoch; one compare-and-swap closes it. */
export const recovery = z.strictObject({
  /** Grows by one with every round; `proceed` is final, its epoch never serves again. */
  round: z.int().min(1),
  epoch: z.int().min(1),
  openedBy: seatName,
  state: z.enum(["open", "void", "proceed"]),
  until: instant,
});

/**
 * What counts on the disk of a seat in the current epoch: data of a voter, or nothing (a learner, a removed member, an
 * older epoch). Membership is that of the last committed change that the disk knows of.
 */
export const diskReport = z.discriminatedUnion("data", [
  z.strictObject({ data: z.literal("empty") }),
  z.strictObject({
    data: z.literal("valid"),
    disk: diskId,
    member: etcdId,
    term: z.int().min(0),
    index: z.int().min(0),
    revision: z.int().min(0),
    membership: z.strictObject({ index: z.int().min(0), voters: z.array(etcdId) }),
  }),
]);

/** `votes/<round>/<seat>`: what a seat has on its disk; fenced there before it is published. */
export const vote = z.strictObject({
  round: z.int().min(1),
  seat: seatName,
  epoch: z.int().min(1),
  report: diskReport,
});

/** `permit`: the right to take one serving machine of the control plane down. */
export const permit = z.strictObject({
  holder: seatName,
  purpose: z.enum(["disturb", "give-up", "replace-member"]),
  reason: z.string(),
  fence,
  until: instant,
});

/** `rollout/<role>`: the recorded way from a good configuration to a candidate. */
export const rollout = z.strictObject({
  good: digest,
  candidate: digest.optional(),
  state: z.enum(["whole", "rolling", "failed"]),
  done: z.array(z.string()),
  machine: z.string().optional(),
  /** Of workers: the instances that are named together. Each restarts with what it is to run, and with what its system wants. */
  wave: z.array(z.string()).min(1).optional(),
  until: instant.optional(),
  /** The tier has served nothing yet, or for long: all its machines that serve nothing boot the candidate, unless it failed. */
  emergency: z.literal(true).optional(),
  fence,
});

/** `rollout/addons` */
export const addonsRollout = z.strictObject({
  good: digest.optional(),
  candidate: digest.optional(),
  state: z.enum(["whole", "applying", "failed"]),
  /** Never falls: a master that still has an older one leaves the cluster's objects alone. */
  revision: z.int().min(0),
});

/** `desired/addons`: the base add-ons that the masters keep applied. */
export const desiredAddons = z.strictObject({ format: z.literal(1), cluster: z.string(), cni: z.string() });

/** `desired/repair`: how fast repairs and roll-outs may go; changed without a roll-out. */
export const desiredRepair = z.strictObject({
  workersAtOncePercent: z.int().min(1).max(50),
  windows: z.array(z.strictObject({ days: z.array(z.string()), from: z.string(), hours: z.int() })),
  pausedUntil: instant.optional(),
  backup: z.strictObject({ everyMinutes: z.int(), keepHours: z.int(), keepDays: z.int() }),
});

/** `desired/agent`: the bundle that role configurations name, as Terraform uploads it. */
export const desiredAgent = z.strictObject({ sha256: digest, bundle: z.base64() });

/** `seats/<seat>`: what the machine on a seat says of itself. */
export const seatStatus = z.strictObject({
  seat: seatName,
  machine: z.string(),
  bootId: z.string(),
  at: instant,
  phase: z.enum(["boot", "bootstrap", "rejoin", "replace", "wait", "recover", "run", "halt"]),
  /** What a person must do; set in `halt`. */
  message: z.string().optional(),
  /** Number of the epoch in the store; 0 when there is none that can be read. */
  epoch: z.int().min(0),
  configuration: digest.optional(),
  healthy: z.boolean(),
  /** Of an etcd seat. */
  report: diskReport.optional(),
  /** Round of the fence on the seat's disk. */
  fence: z.int().min(1).optional(),
});

/** `requests/seats/<seat>`: what only the reconcile run can do for a seat. */
export const seatRequest = z.strictObject({
  seat: seatName,
  want: z.enum(["machine", "volume"]),
  /** The volume is there and good for nothing: it is put aside, and never used again. */
  failed: z.literal(true).optional(),
  /** Who asks, by the id of the instance: the machine after it has asked for nothing. */
  machine: z.string(),
  reason: z.string(),
  at: instant,
});

/** `requests/workers/<instance>` and `grants/workers/<instance>` */
export const workerRequest = z.strictObject({ instance: z.string(), pool: z.string(), reason: z.string(), at: instant });
export const workerGrant = z.strictObject({ instance: z.string(), by: seatName, until: instant });

/** `snapshots/<epoch>/<revision>.json`, beside the snapshot itself */
export const snapshotRecord = z.strictObject({
  epoch: z.int().min(1),
  revision: z.int().min(0),
  /** Of the last raft entry that is in it. With them a disk is compared as raft compares logs; a revision also counts what was never committed. */
  term: z.int().min(0).optional(),
  index: z.int().min(0).optional(),
  sha256: digest,
  bytes: z.int().min(1),
  takenAt: instant,
  /** Set when a scratch restore of it had the same hash. */
  verifiedAt: instant.optional(),
});

/** `pki/<purpose>/<generation>`: a key and its certificate, born once, never changed. */
export const authority = z.strictObject({
  purpose: z.string(),
  generation: z.int().min(1),
  certificate: z.string().optional(),
  key: z.string(),
  fingerprint,
});

/** `trust/<purpose>/<generation>`: certificates alone. */
export const trustBundle = z.strictObject({ purpose: z.string(), certificates: z.array(z.string()).min(1) });

/** `pki/cluster/vcenter`: who may look at machines and tags, read-only. A person puts it there; no machine does. */
export const vcenterAccount = z.strictObject({ server: z.string().min(1), user: z.string().min(1), password: z.string().min(1) });

/** `join/worker`: what a worker needs to ask for its first certificate. */
export const join = z.strictObject({
  epoch: z.int().min(1),
  token: z.string().regex(/^[a-z0-9]{6}\.[a-z0-9]{16}$/),
  until: instant,
  authorities: z.array(z.string()).min(1),
});

/**
 * `approve/<epoch>`: a person lifts unanimity and names the seats whose volumes are destroyed, each with the disk that it
 * had joined with. A seat that has joined with another disk since is needed again.
 */
export const approval = z.strictObject({
  epoch: z.int().min(1),
  absent: z.array(z.strictObject({ seat: seatName, disk: diskId.optional() })).min(1),
  by: z.string(),
  at: instant,
});

/** `operators/<principal>/request` and `…/certificate` */
export const operatorRequest = z.strictObject({ csr: z.string(), at: instant });
export const operatorCertificate = z.strictObject({ certificate: z.string(), authority: z.string(), until: instant });

/** `/etc/coppice/machine.json`, from user-data: who this machine is, and where its store is. */
export const machineIdentity = z.strictObject({
  cluster: z.string(),
  role: z.enum(roles),
  /** Name of the seat, or of the pool. */
  name: z.string(),
  platform: z.enum(["aws", "google", "vsphere"]),
  store: z.strictObject({
    kind: z.enum(["s3", "gcs"]),
    bucket: z.string(),
    region: z.string(),
    endpoint: z.url(),
    /** Key of the sealed objects, by its alias. */
    secretsKey: z.string().optional(),
  }),
  /** Of the agent, for the architecture that the machines of this seat or pool have. */
  runtime: z.strictObject({ url: z.url(), sha256: digest }),
});
export type Epoch = z.output<typeof epoch>;
export type Recovery = z.output<typeof recovery>;
export type DiskReport = z.output<typeof diskReport>;
export type Vote = z.output<typeof vote>;
export type Permit = z.output<typeof permit>;
export type Rollout = z.output<typeof rollout>;
export type SeatStatus = z.output<typeof seatStatus>;
export type SnapshotRecord = z.output<typeof snapshotRecord>;
export type Approval = z.output<typeof approval>;
export type MachineIdentity = z.output<typeof machineIdentity>;
export type VcenterAccount = z.output<typeof vcenterAccount>;
export type DesiredAgent = z.output<typeof desiredAgent>;
export type DesiredRepair = z.output<typeof desiredRepair>;
export type SeatRequest = z.output<typeof seatRequest>;
export type DesiredAddons = z.output<typeof desiredAddons>;
