import * as z from "zod";
import { roles } from "./roles";

/**
 * What the machines of one role run, as the agent reads it from the store: one content-addressed object a role.
 * It holds no secret and nothing that differs between two machines of the role; what differs, the agent writes.
 */
const mode = z.string().regex(/^0[0-7]{3}$/);
/** `root:root` */
const owner = z.string().regex(/^[a-z_][a-z0-9_-]*:[a-z_][a-z0-9_-]*$/);
const absolutePath = z.string().regex(/^\/[\w./@%:+-]+$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const nodeFile = z.strictObject({ path: absolutePath, mode, owner, text: z.string() });

/** A systemd unit in `/etc/systemd/system`, root:root; `enable` means started at boot, all others are started by what needs them. */
const nodeUnit = z.strictObject({
  name: z.string().regex(/^[\w@:.-]+\.(service|timer|target|mount|path|socket)$/),
  /** CIS 1.1.1 to 1.1.7 and 4.1.1 ask for it. */
  mode: z.literal("0600"),
  text: z.string(),
  enable: z.boolean(),
});

const download = z.strictObject({ url: z.url(), sha256: digest });

/** A verified download and where it goes: a single executable, or members of an archive. */
const installation = z.strictObject({
  name: z.string(),
  version: z.string(),
  from: z.strictObject({ amd64: download, arm64: download }),
  /**
   * Member of the archive, without a leading `./` → path on the machine, root:root 0755; the key `""` is the file itself.
   * `*` stands for one folder whose name holds version or architecture.
   */
  install: z.record(z.string(), absolutePath),
});

/**
 * One piece of software. The agent applies all components of a role in this order: files, system users (`systemd-sysusers`),
 * folders (`systemd-tmpfiles --create`), downloads, units.
 */
const component = z.strictObject({
  name: z.string(),
  downloads: z.array(installation),
  files: z.array(nodeFile),
  units: z.array(nodeUnit),
});

/**
 * A file that the agent writes because only the machine knows its content: keys and certificates that are born there,
 * environment files with its own address, kubeconfigs. Units that read one wait until it is there.
 */
const agentFile = z.strictObject({
  path: absolutePath,
  mode,
  owner,
  kind: z.enum(["certificate", "key", "trust-bundle", "kubeconfig", "environment", "config"]),
  /** What it holds, in a sentence for the people who write and read the agent. */
  holds: z.string(),
});

const seat = z.strictObject({ name: z.string(), zone: z.string(), address: z.ipv4() });

export const roleConfiguration = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  role: z.enum(roles),
  kubernetes: z.string(),
  /** Digest of the agent's bundle under `artifacts/`. */
  agent: digest,
  /** Every waiting time of the agents by this factor; 1 but in a lab. */
  timerFactor: z.number().positive().max(1),
  /** How clients call the API besides the masters' own addresses: in the certificate of every API server. */
  api: z.strictObject({ addresses: z.array(z.ipv4()), names: z.array(z.string()) }),
  /** The seats of the control plane, as the spec wants them; the epoch object says which exist. */
  seats: z.strictObject({ etcd: z.array(seat), masters: z.array(seat) }),
  /** Labels and taints by worker pool. */
  pools: z.record(
    z.string(),
    z.strictObject({
      labels: z.record(z.string(), z.string()),
      taints: z.array(z.strictObject({ key: z.string(), value: z.string(), effect: z.string() })),
    }),
  ),
  components: z.array(component),
  agentFiles: z.array(agentFile),
});

export type RoleConfiguration = z.output<typeof roleConfiguration>;
export type Component = z.output<typeof component>;
export type NodeFile = z.output<typeof nodeFile>;
export type NodeUnit = z.output<typeof nodeUnit>;
export type Installation = z.output<typeof installation>;
export type AgentFile = z.output<typeof agentFile>;
