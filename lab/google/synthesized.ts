import { blocksOf, type Block, type Synthesized } from "../../terraform/synthesized";
import { hostOf } from "../../constructs/spec/cidr";
import { seatTag } from "../../constructs/spec/tag-names";
import { idOf, identityOf, named, referenced, unescaped, type PlannedBalancer, type PlannedGroup, type Reader } from "../synthesized";

/** Groups, templates and addresses of Google Cloud. */
export const reader: Reader = {
  machines(stack, { cluster: { network } }) {
    const balancer = balancerOf(stack);
    return {
      nodes: network.nodes,
      groups: [...seats(stack), ...workers(stack)],
      volumes: blocksOf(stack, "resource", "google_compute_disk").map(({ labels, zone, size }) => ({
        seat: (labels as Labels)[seatTag] ?? "",
        zone: zone as string,
        sizeGiB: size as number,
        tags: labels as Labels,
      })),
      api: { address: balancer.addresses[0] ?? "", port: balancer.port },
      balancer,
    };
  },
  objects: { type: "google_storage_bucket_object", key: "name" },
};

type Labels = Readonly<Record<string, string>>;

/** A group of a seat has a configuration for the one machine that it makes, under the seat's name. */
function seats(stack: Synthesized): PlannedGroup[] {
  return blocksOf(stack, "resource", "google_compute_per_instance_config").map((configuration) => {
    const name = referenced(configuration.instance_group_manager);
    const own = templateOf(stack, name);
    const address = named(stack, "google_compute_address", `${name}-address`).address as string;
    const hostname = configuration.name as string;
    const one: PlannedGroup = {
      name,
      kind: "seat",
      size: 1,
      tags: own.labels,
      machine: () => ({ name, group: one, hostname, address, zone: configuration.zone as string, values: {}, ...own }),
    };
    return one;
  });
}

/** A cloud keeps the first four addresses of a subnet for itself. */
const firstAddress = 4;

/**
 * Machines of pools. A group in a zone has as many as its size says; one that is gone comes again under its own name, with
 * another address, so each is a group of one here.
 */
function workers(stack: Synthesized): PlannedGroup[] {
  const groups = blocksOf(stack, "resource", "google_compute_instance_group_manager").filter((group) => group.target_size !== undefined);
  const places = groups.flatMap((group) => Array.from({ length: group.target_size as number }, (_, index) => ({ group, index })));
  return places.map(({ group, index }, place) => {
    const own = templateOf(stack, idOf(group));
    const name = `${identityOf(own.userData).name}-${place}`;
    const hostname = `${group.base_instance_name as string}-${index.toString(36).padStart(4, "0")}`;
    const address = (n: number): string => hostOf(own.subnet, firstAddress + 256 * place + n);
    const one: PlannedGroup = {
      name,
      kind: "pool",
      size: 1,
      tags: own.labels,
      machine: (n) => ({ name, group: one, hostname, address: address(n), zone: group.zone as string, values: {}, ...own }),
    };
    return one;
  });
}

function templateOf(stack: Synthesized, group: string) {
  const template = named(stack, "google_compute_instance_template", `${group}-template`);
  const [card] = template.network_interface as Block[];
  const subnet = named(stack, "google_compute_subnetwork", referenced(card?.subnetwork)).ip_cidr_range as string;
  const userData = unescaped((template.metadata as Labels)["user-data"] ?? "");
  return { labels: template.labels as Labels, subnet, userData, role: identityOf(userData).role };
}

function balancerOf(stack: Synthesized): PlannedBalancer {
  const first = (type: string): Block => {
    const [block] = blocksOf(stack, "resource", type);
    if (!block) throw new Error(`the synthesized stack has no ${type}`);
    return block;
  };
  const rule = first("google_compute_forwarding_rule");
  const check = first("google_compute_region_health_check") as Readonly<Record<string, number>>;
  const { port, request_path: path } = check.https_health_check as unknown as { readonly port: number; readonly request_path: string };
  return {
    addresses: [named(stack, "google_compute_address", referenced(rule.ip_address)).address as string],
    port,
    targets: (first("google_compute_region_backend_service").backend as Block[]).map(({ group }) => referenced(group)),
    health: {
      path,
      intervalSeconds: check["check_interval_sec"] ?? NaN,
      timeoutSeconds: check["timeout_sec"] ?? NaN,
      good: check["healthy_threshold"] ?? NaN,
      bad: check["unhealthy_threshold"] ?? NaN,
    },
  };
}
