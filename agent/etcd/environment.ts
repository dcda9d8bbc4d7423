import { port } from "../../constructs/spec/ports";
import type { Epoch } from "../../constructs/spec/store";

/** What a member is started with, beside the flags that never change. */
export interface Start {
  readonly seat: string;
  readonly address: string;
  readonly peerUrl: string;
  readonly token: string;
  readonly state: "new" | "existing";
  /** Every member by its seat. */
  readonly cluster: Epoch["seats"];
}

/** The file that etcd's unit reads: no other variable of etcd's, as etcd refuses one beside a flag of the same name. */
export function environmentOf({ seat, address, peerUrl, token, state, cluster }: Start): string {
  const client = clientUrl(address);
  const values = {
    ETCD_NAME: seat,
    ETCD_INITIAL_CLUSTER: initialCluster(cluster),
    ETCD_INITIAL_CLUSTER_STATE: state,
    ETCD_INITIAL_CLUSTER_TOKEN: token,
    ETCD_LISTEN_CLIENT_URLS: client,
    ETCD_LISTEN_PEER_URLS: peerUrl,
    ETCD_ADVERTISE_CLIENT_URLS: client,
    ETCD_INITIAL_ADVERTISE_PEER_URLS: peerUrl,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}

export const clientUrl = (address: string): string => `https://${address}:${port.etcdClient}`;
export const peerUrl = (address: string): string => `https://${address}:${port.etcdPeer}`;

/** `etcd-0=https://10.0.0.4:2380,etcd-1=…` */
export function initialCluster(seats: Epoch["seats"]): string {
  return seats.map(({ name, peerUrl: url }) => `${name}=${url}`).join(",");
}
