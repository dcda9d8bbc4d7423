import type { Profile } from "./certificates";
import type { Purpose } from "./purposes";

/** What a machine's certificates say of it. */
export interface PkiMachine {
  readonly cluster: string;
  /** Of the seat. */
  readonly name: string;
  readonly address: string;
  /** Of a master: how clients call the API, but for the machine's own address: the service's address, load balancer, names. */
  readonly api?: { readonly addresses: readonly string[]; readonly names: readonly string[] };
}

/** A certificate of the machine's own, `<path>.crt` and `<path>.key`. */
interface LeafRow {
  readonly from: Purpose;
  readonly profile: (machine: PkiMachine) => Profile;
}

const month = 30 * 24;

const client = (from: Purpose, commonName: string): LeafRow => ({
  from,
  profile: () => ({ commonName, usages: ["client"], hours: month }),
});

/** By path without its ending. */
export const leaves: Readonly<Record<string, LeafRow>> = {
  "/etc/etcd/pki/server": {
    from: "etcd-client",
    profile: ({ name, address }) => ({
      commonName: name,
      // etcd's own gateway shows the server's certificate as a client; the seat's agent uses it too.
      usages: ["server", "client"],
      addresses: [address, "127.0.0.1"],
      names: ["localhost"],
      hours: month,
    }),
  },
  "/etc/etcd/pki/peer": {
    from: "etcd-peer",
    profile: ({ name, address }) => ({ commonName: name, usages: ["server", "client"], addresses: [address], hours: month }),
  },
  "/etc/kubernetes/pki/apiserver": {
    from: "cluster/kubernetes",
    profile: ({ address, api }) => ({
      commonName: "kube-apiserver",
      usages: ["server"],
      addresses: unique(["127.0.0.1", address, ...(api?.addresses ?? [])]),
      names: unique(["localhost", ...(api?.names ?? [])]),
      hours: month,
    }),
  },
  "/etc/kubernetes/pki/apiserver-etcd-client": client("etcd-client", "kube-apiserver-etcd-client"),
  "/etc/kubernetes/pki/apiserver-kubelet-client": client("cluster/kubernetes", "kube-apiserver-kubelet-client"),
  "/etc/kubernetes/pki/front-proxy-client": client("cluster/front-proxy", "front-proxy-client"),
  "/etc/kubernetes/pki/controller-manager": client("cluster/kubernetes", "system:kube-controller-manager"),
  "/etc/kubernetes/pki/scheduler": client("cluster/kubernetes", "system:kube-scheduler"),
  "/etc/kubernetes/pki/admin": {
    from: "cluster/kubernetes",
    // The one group that may do something before any role is bound.
    profile: ({ name }) => ({ commonName: `coppice:agent:${name}`, organization: "system:masters", usages: ["client"], hours: 24 }),
  },
};

/** Files that hold the newest authority itself, by path without their ending. */
export const authorityPairs: Readonly<Record<string, Purpose>> = { "/etc/kubernetes/pki/signing": "cluster/kubernetes" };

/** Certificates of all generations. */
export const trustBundles: Readonly<Record<string, Purpose>> = {
  "/etc/etcd/pki/client-ca.crt": "etcd-client",
  "/etc/etcd/pki/peer-ca.crt": "etcd-peer",
  "/etc/kubernetes/pki/etcd-ca.crt": "etcd-client",
  "/etc/kubernetes/pki/front-proxy-ca.crt": "cluster/front-proxy",
  "/etc/kubernetes/pki/ca.crt": "cluster/kubernetes",
};

/** A kubelet's certificates are signed for a request: its key never leaves the kubelet. */
export function kubeletClient(node: string): Profile {
  return { commonName: `system:node:${node}`, organization: "system:nodes", usages: ["client"], hours: 24 };
}

/** `addresses` and `names` are those that the platform knows of the machine, never those of the request. */
export function kubeletServing(node: string, addresses: readonly string[], names: readonly string[]): Profile {
  return { ...kubeletClient(node), usages: ["server"], addresses, names };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
