import { objectsOf, type Right } from "../../../constructs/spec/store-access";
import type { Role } from "../../../constructs/spec/roles";
import { googleScenarios } from "../../stacks/scenarios-google";
import { addresses, synthesizeCluster, type Block } from "../../stacks/terraform";
import { at, of, seats } from "./prod";

const bucket = "coppice-prod-example-platform";
const grants = of("google_storage_bucket_iam_member");
/** Who holds a grant: the id of an account. */
const holder = (grant: Block): string => /google_service_account\.([\w-]+)-account\./.exec(String(grant["member"]))?.[1] ?? "";
const role = (grant: Block): string => /custom_role\.(\w+)-role\./.exec(String(grant["role"]))?.[1] ?? "";
const expression = (grant: Block): string => (grant["condition"] as { expression: string } | undefined)?.expression ?? "";

/** The objects that somebody may use in one way, as the table of `store-access.ts` writes them. */
const granted = (who: string, right: Right): string[] =>
  grants
    .filter(([, grant]) => holder(grant) === who && role(grant) === right)
    .flatMap(([, grant]) => expression(grant).split(" || "))
    .map((term) => {
      const [, call, name = ""] =
        new RegExp(`^resource\\.name(\\.startsWith\\(| == )"projects/_/buckets/${bucket}/objects/([^"]+)"\\)?$`).exec(term) ?? [];
      return call === " == " ? name : `${name}*`;
    })
    .sort();

test("the cluster store is versioned, sealed, closed, and knows rights by prefix", () => {
  expect(at("google_storage_bucket.store-bucket")).toMatchObject({
    name: bucket,
    uniform_bucket_level_access: true,
    public_access_prevention: "enforced",
    versioning: { enabled: true },
    encryption: { default_kms_key_name: "${google_kms_crypto_key.store-key.id}" },
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(JSON.stringify(at("google_storage_bucket.store-bucket")["lifecycle_rule"])).toContain('"days_since_noncurrent_time":30');
  expect(of("google_storage_bucket_object").map(([, object]) => object["name"])).toEqual([
    "applied",
    "desired/agent",
    "desired/etcd",
    "desired/master",
    "desired/repair",
    "desired/worker",
  ]);
});

describe("rights", () => {
  const everybody: [string, Role, string | undefined][] = [
    ...seats.etcd.map((seat): [string, Role, string] => [seat, "etcd", seat]),
    ...seats.master.map((seat): [string, Role, string] => [seat, "master", seat]),
    ["workers", "worker", undefined],
  ];

  test("every seat has an account of its own, workers share one, and none is the project's", () => {
    expect(of("google_service_account").map(([address]) => address.split(".")[1])).toEqual(everybody.map(([who]) => `${who}-account`));
    for (const [, template] of of("google_compute_instance_template"))
      expect((template["service_account"] as Block)["email"]).toMatch(/^\$\{google_service_account\.[\w-]+\.email\}$/);
  });

  test.each(everybody)("%s may use what the table says, and nothing else", (who, its, seat) => {
    for (const right of ["read", "create", "write", "remove"] as const)
      expect([right, granted(who, right)]).toEqual([right, [...objectsOf(its, right, seat)].sort()]);
  });

  test("a condition stays within what Google takes: 12 logical operators, and 20 of one role for one account", () => {
    for (const [, grant] of grants) expect(expression(grant).split("||").length - 1).toBeLessThanOrEqual(12);
    const counts = new Map<string, number>();
    for (const [, grant] of grants) counts.set(`${holder(grant)} ${role(grant)}`, (counts.get(`${holder(grant)} ${role(grant)}`) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(20);
  });

  test("roles hold single permissions, and only who may overwrite may delete", () => {
    const permissions = Object.fromEntries(
      of("google_project_iam_custom_role").map(([address, one]) => [address.split(".")[1], one["permissions"]]),
    );
    expect(permissions).toEqual({
      "list-role": ["storage.objects.list"],
      "read-role": ["storage.objects.get"],
      "create-role": ["storage.objects.create"],
      "write-role": ["storage.objects.create", "storage.objects.delete"],
      "remove-role": ["storage.objects.delete"],
      "disk-role": ["compute.disks.get"],
      "instances-role": ["compute.instances.list"],
    });
  });

  test("a seat of etcd sees its own disk, masters see instances, and workers nothing of the project", () => {
    const own = of("google_project_iam_member").map(([address, grant]) => [address.split(".")[1], expression(grant)]);
    expect(own).toEqual([
      ...seats.etcd.map((seat, index) => [
        `${seat}-disk`,
        `resource.name == "projects/example-platform/zones/europe-west4-${"abc"[index] ?? ""}/disks/prod-${seat}"`,
      ]),
      ...seats.master.map((seat) => [`${seat}-instances`, ""]),
    ]);
  });

  test("workers reach no private key, no snapshot, and nothing but the store", () => {
    const all = (["read", "create", "write", "remove"] as const).flatMap((right) => granted("workers", right));
    for (const closed of ["pki/", "snapshots/", "epoch", "permit"]) expect(all.filter((one) => one.startsWith(closed))).toEqual([]);
    expect(all).toContain("join/worker");
    expect((at("google_compute_instance_template.workers-general-a-template")["service_account"] as Block)["scopes"]).toEqual([
      "https://www.googleapis.com/auth/devstorage.read_write",
    ]);
  });

  test("no account gets a key file, and no scope opens the whole cloud", () => {
    expect(of("google_service_account_key")).toEqual([]);
    expect(JSON.stringify(of("google_compute_instance_template"))).not.toContain("auth/cloud-platform");
  });
});

describe("keys", () => {
  test("rotate, refuse destruction, and admit the services that seal, and no machine", () => {
    for (const [, key] of of("google_kms_crypto_key"))
      expect(key).toMatchObject({ rotation_period: "7776000s", lifecycle: { prevent_destroy: true } });
    const admitted = of("google_kms_crypto_key_iam_member").map(([address, grant]) => [address.split(".")[1], grant["member"]]);
    const service = (name: string) => `serviceAccount:service-\${data.google_project.project.number}@${name}.iam.gserviceaccount.com`;
    expect(admitted).toEqual([
      ["secrets-key-use", service("gs-project-accounts")],
      ["store-key-use", service("gs-project-accounts")],
      ["volumes-key-use", service("compute-system")],
    ]);
  });

  test("and accounts that somebody else keeps are used as they are", () => {
    const kept = addresses(synthesizeCluster("golden", googleScenarios["existing-keys-and-accounts"]?.environment));
    const made = Object.keys(kept).filter((address) => /kms|iam|service_account/.test(address));
    expect(made).toEqual([]);
    expect(kept["google_storage_bucket.store-bucket"]).toMatchObject({
      encryption: { default_kms_key_name: "projects/example-platform/locations/europe-west4/keyRings/kept-elsewhere/cryptoKeys/store" },
    });
  });
});
