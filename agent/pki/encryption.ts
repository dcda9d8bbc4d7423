import type { Authority } from "./certificates";

/**
 * EncryptionConfiguration in YAML's block style, which CIS 1.2.28 reads as text. The first key encrypts, all of them
 * decrypt; there is no `identity`, so nothing that is not encrypted is ever read.
 * @see https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
 */
export function encryptionConfiguration(generations: readonly Authority[]): string {
  return [
    "apiVersion: apiserver.config.k8s.io/v1",
    "kind: EncryptionConfiguration",
    "resources:",
    "  - resources:",
    "      - secrets",
    "    providers:",
    "      - secretbox:",
    "          keys:",
    ...generations.flatMap(({ generation, key }) => [`            - name: key-${generation}`, `              secret: ${key}`]),
    "",
  ].join("\n");
}
