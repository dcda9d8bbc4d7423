/** Where the programs of Kubernetes look on a machine; their units name the same paths. */
export const paths = {
  authorities: "/etc/kubernetes/pki/ca.crt",
  admin: "/etc/kubernetes/pki/admin",
  apiServerEnvironment: "/etc/kubernetes/kube-apiserver.env",
  kubeletEnvironment: "/etc/kubernetes/kubelet.env",
  bootstrap: "/etc/kubernetes/bootstrap-kubelet.conf",
  /** Written by the kubelet once it has joined. */
  kubeconfig: "/etc/kubernetes/kubelet.conf",
  /** Links of the kubelet to its newest certificates, each with its key in one file. */
  kubeletClient: "/var/lib/kubelet/pki/kubelet-client-current.pem",
  kubeletServing: "/var/lib/kubelet/pki/kubelet-server-current.pem",
  /** What the running kubelet has started with. Gone with a reboot, as is that kubelet. */
  kubeletStarted: "/run/coppice/kubelet-started.json",
  /** Written to see whether the root disk still takes it. */
  probe: "/var/lib/coppice/probe",
} as const;
