/** What a seat has on its machine; `constructs/node/paths.ts` and `agent-files.ts` name the same for units and loader. */
export const seatPaths = {
  unit: "etcd.service",
  volume: "/var/lib/etcd",
  environment: "/run/coppice/etcd.env",
  certificate: "/etc/etcd/pki/server.crt",
  key: "/etc/etcd/pki/server.key",
  authorities: "/etc/etcd/pki/client-ca.crt",
  peerCertificate: "/etc/etcd/pki/peer.crt",
  peerKey: "/etc/etcd/pki/peer.key",
  peerAuthorities: "/etc/etcd/pki/peer-ca.crt",
  etcd: "/opt/coppice/bin/etcd",
  etcdctl: "/opt/coppice/bin/etcdctl",
  etcdutl: "/opt/coppice/bin/etcdutl",
  /** Outside of the volume: what this machine itself remembers of it. */
  sighting: "/var/lib/coppice/sighting.json",
  /** For scratch restores; what is in it is deleted. */
  scratch: "/var/lib/coppice/seed",
} as const;

export type SeatPaths = Readonly<Record<keyof typeof seatPaths, string>>;
