import { at, of, seats, statements } from "./prod";

describe("the cluster store", () => {
  test("is versioned, sealed, closed, and refuses a write without a condition where two could write", () => {
    expect(at("aws_s3_bucket_versioning.store-versioning")).toMatchObject({ versioning_configuration: { status: "Enabled" } });
    expect(at("aws_s3_bucket.store-bucket")).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
    expect(Object.values(at("aws_s3_bucket_public_access_block.store-public-access")).filter((value) => value === true)).toHaveLength(4);
    expect(JSON.stringify(at("aws_s3_bucket_lifecycle_configuration.store-lifecycle"))).toContain(
      '"noncurrent_version_expiration":[{"noncurrent_days":30}]',
    );
    const policy = statements("aws_s3_bucket_policy.store-policy");
    expect(policy.map(({ Sid }) => Sid)).toEqual(["TlsOnly", "Tls12OrNewer", "CompareAndSwapOnly"]);
    expect(policy[2]?.Resource).toEqual(
      expect.arrayContaining([expect.stringMatching(/\/epoch$/), expect.stringMatching(/\/permit$/), expect.stringMatching(/\/pki\/\*$/)]),
    );
  });

  test("has the desired state of every role under a key that never changes", () => {
    expect(of("aws_s3_object").map(([, object]) => object["key"])).toEqual([
      "applied",
      "desired/agent",
      "desired/etcd",
      "desired/master",
      "desired/repair",
      "desired/worker",
    ]);
  });
});

describe("rights", () => {
  const policies = of("aws_iam_role_policy").filter(([address]) => address.endsWith("-rights"));

  test("every seat has a role of its own, workers share one", () => {
    expect(policies.map(([address]) => address.split(".")[1])).toEqual(
      [...seats.etcd, ...seats.master, "workers"].map((who) => `${who}-rights`),
    );
  });

  test.each(policies)("%s names actions and, where the call knows any, resources", (address) => {
    for (const { Sid, Action, Resource } of statements(address)) {
      expect([Action].flat().filter((action) => action.includes("*"))).toEqual([]);
      if ([Resource].flat().includes("*")) expect(["LookAround", "SessionManager"]).toContain(Sid);
    }
    expect(JSON.stringify(statements(address))).not.toContain("iam:");
    // IAM's limit for the inline policies of a role.
    expect(String(at(address)["policy"]).length).toBeLessThanOrEqual(10_240);
  });

  test("workers reach no private key, no snapshot, and no key that seals them", () => {
    const rights = JSON.stringify(statements("aws_iam_role_policy.workers-rights"));
    for (const closed of ["/pki/", "/snapshots/", "/epoch", "/permit", "secrets-key", "AttachVolume"]) expect(rights).not.toContain(closed);
    expect(rights).toContain("/join/worker");
  });

  test("a seat writes its own status and nobody else's", () => {
    const written = statements("aws_iam_role_policy.master-1-rights").find(({ Sid }) => Sid === "StoreWrite")?.Resource;
    expect([written].flat().filter((resource) => resource?.includes("/seats/"))).toEqual([
      "arn:aws:s3:::coppice-prod-111122223333-eu-central-1/seats/master-1",
      "arn:aws:s3:::coppice-prod-111122223333-eu-central-1/requests/seats/master-1",
    ]);
  });
});

describe("keys", () => {
  test("rotate, refuse destruction, and the one of the disks admits the groups' own role", () => {
    for (const [, key] of of("aws_kms_key"))
      expect(key).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30, lifecycle: { prevent_destroy: true } });
    const admitted = JSON.stringify(statements("aws_kms_key.volumes-key"));
    expect(admitted).toContain("aws_iam_service_linked_role.group-service-role.arn");
    expect(admitted).toContain("kms:GrantIsForAWSResource");
    for (const [, group] of of("aws_autoscaling_group"))
      expect(group["service_linked_role_arn"]).toBe("${aws_iam_service_linked_role.group-service-role.arn}");
  });
});
