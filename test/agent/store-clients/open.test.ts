import { GcsStore } from "../../../agent/store/gcs";
import { openStore } from "../../../agent/store/open";
import { S3Store } from "../../../agent/store/s3";
import { isSealed } from "../../../agent/store/sealed";

const store = { bucket: "b-1", region: "eu-central-1", endpoint: "https://store.example.com", secretsKey: "alias/coppice-orchard-secrets" };

test.each([
  ["aws", "s3", S3Store],
  ["google", "gcs", GcsStore],
  ["vsphere", "s3", S3Store],
] as const)("a machine on %s speaks %s", (platform, kind, client) => {
  expect(openStore({ platform, store: { ...store, kind } })).toBeInstanceOf(client);
});

test.each([
  ["pki/etcd-peer/1", true],
  ["pki/cluster/encryption/1", true],
  ["snapshots/1/200.json", true],
  ["trust/etcd-peer/1", false],
  ["artifacts/abc", false],
  ["epoch", false],
])("%s is sealed by the key of the control plane: %s", (key, sealed) => {
  expect(isSealed(key)).toBe(sealed);
});
