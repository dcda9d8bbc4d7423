import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { masterFiles } from "./agent-files";
import { kubeconfig } from "./kubeconfig";
import { kubernetes } from "./paths";

/** The agent's own way into the API of its master; it labels masters and keeps the base add-ons applied. */
export function admin(): Component {
  return {
    name: "admin",
    downloads: [],
    files: [
      kubeconfig(`${kubernetes}/admin.conf`, `https://127.0.0.1:${port.api}`, `${masterFiles.admin}.crt`, `${masterFiles.admin}.key`),
    ],
    units: [],
  };
}
