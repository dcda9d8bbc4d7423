/** Where things are on a machine. A path that two components use stands here and nowhere else. */

/** What this product brings along; same on every operating system, as some keep `/usr` read-only. */
export const home = "/opt/coppice";
const bin = `${home}/bin`;

export const program = (name: string): string => `${bin}/${name}`;
export const waitForFiles = program("wait-for-files");
export const node = program("node");
export const agentBundle = `${home}/agent/agent.js`;
export const cniPrograms = "/opt/cni/bin";
export const cniConfigurations = "/etc/cni/net.d";

/** What user-data writes: who this machine is, and how it gets out. */
export const machineFile = "/etc/coppice/machine.json";
export const proxyFile = "/etc/coppice/proxy.env";
/** The system's own bundle, with the certificates of `trust` in it. */
export const trustedAuthorities = "/etc/ssl/certs/ca-certificates.crt";

export const containerdSocket = "/run/containerd/containerd.sock";
export const kubernetes = "/etc/kubernetes";
export const pki = `${kubernetes}/pki`;
export const kubeletHome = "/var/lib/kubelet";
export const kubeletDropIns = `${kubernetes}/kubelet.conf.d`;
/** The kubelet's own link to its newest client certificate and key. */
export const kubeletClient = `${kubeletHome}/pki/kubelet-client-current.pem`;

/** The seat's volume. The data are a folder of it: beside them lie the seat's marker, its copy of the epoch, and archives. */
export const etcdVolume = "/var/lib/etcd";
/** Outside of `/etc/kubernetes/pki`, where CIS 1.1.19 wants root:root for everything: the user `etcd` reads these. */
export const etcdPki = "/etc/etcd/pki";
