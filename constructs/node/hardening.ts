import type { Settings } from "./systemd";

/** The AEAD suites that both CIS 1.2.29 and 4.2.12 accept. TLS 1.3 has suites of its own, which no flag chooses. */
export const cipherSuites: readonly string[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
];

/** A service comes back for ever: nobody else would start it again, and a counter that gives up turns a short fault into a long one. */
export const restartForEver: { readonly Unit: Settings; readonly Service: Settings } = {
  Unit: { StartLimitIntervalSec: 0 },
  Service: { Restart: "always", RestartSec: 2 },
};

/** The sandbox of a service that needs the network and its own files, and nothing else of the machine. */
export const sandbox: Settings = {
  NoNewPrivileges: "yes",
  CapabilityBoundingSet: "",
  AmbientCapabilities: "",
  ProtectSystem: "strict",
  ProtectHome: "yes",
  PrivateTmp: "yes",
  PrivateDevices: "yes",
  ProtectKernelTunables: "yes",
  ProtectKernelModules: "yes",
  ProtectKernelLogs: "yes",
  ProtectControlGroups: "yes",
  ProtectClock: "yes",
  ProtectHostname: "yes",
  ProtectProc: "invisible",
  RestrictNamespaces: "yes",
  RestrictRealtime: "yes",
  RestrictSUIDSGID: "yes",
  LockPersonality: "yes",
  MemoryDenyWriteExecute: "yes",
  SystemCallArchitectures: "native",
  SystemCallFilter: ["@system-service", "~@privileged @resources"],
  // Not killed: Go raises its own limit of open files at start, and goes on where it may not.
  SystemCallErrorNumber: "EPERM",
  // Netlink: Go asks it for the addresses of the machine.
  RestrictAddressFamilies: "AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  UMask: "0077",
};
