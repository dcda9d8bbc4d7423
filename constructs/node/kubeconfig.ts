import type { NodeFile } from "../spec/role-configuration";
import { nodeFiles } from "./agent-files";
import { yamlText } from "./yaml-text";

/**
 * A kubeconfig that names files instead of holding keys: it is no secret and the same on every machine, and a renewed
 * certificate is read again by the program that uses it.
 */
export function kubeconfig(path: string, server: string, certificate: string, key: string): NodeFile {
  const text = yamlText({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "cluster", cluster: { server, "certificate-authority": nodeFiles.authorities } }],
    users: [{ name: "user", user: { "client-certificate": certificate, "client-key": key } }],
    contexts: [{ name: "context", context: { cluster: "cluster", user: "user" } }],
    "current-context": "context",
  });
  return { path, mode: "0600", owner: "root:root", text };
}
