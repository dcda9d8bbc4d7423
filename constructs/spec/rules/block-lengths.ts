import { prefixOf, sizeOf } from "../cidr";
import { defaults } from "../defaults";
import { use, type Problem } from "../problems";
import { longestNodesPrefix } from "../subnets";
import { takenBeside, type Networked } from "./blocks";
import { chosenBlocks } from "./existing-vpc";
import { resized } from "./free-block";
import { at, rule } from "./rule";
import { mostMachines } from "./workers";

/** The problem of a block that should have another length. */
function lengthOf(sections: Networked, field: "nodes" | "pods" | "services", wanted: number, text: string): Problem[] {
  const path = at("network", field);
  const block = sections.network[field];
  return [{ path, value: block, rule: text, fix: use(path, resized(block, wanted, takenBeside(sections, path))) }];
}

export const nodesLength = rule("nodes-length", ["network", "placement"], (sections) => {
  if (chosenBlocks(sections.placement) || prefixOf(sections.network.nodes) <= longestNodesPrefix) return [];
  return lengthOf(sections, "nodes", longestNodesPrefix, `is a /${longestNodesPrefix} or larger: it is cut into subnets for up to 8 zones`);
});

/** An API server refuses a block with more than 2^20 addresses: cmd/kube-apiserver/app/options/validation.go */
const SHORTEST_SERVICES = 12;
const LONGEST_SERVICES = 24;

export const servicesLength = rule("services-length", ["network", "placement"], (sections) => {
  const prefix = prefixOf(sections.network.services);
  if (prefix < SHORTEST_SERVICES) {
    return lengthOf(sections, "services", SHORTEST_SERVICES, `is a /${SHORTEST_SERVICES} or smaller: API servers take no larger one`);
  }
  if (prefix <= LONGEST_SERVICES) return [];
  return lengthOf(sections, "services", LONGEST_SERVICES, `is a /${LONGEST_SERVICES} or larger: every service takes an address of it`);
});

/** A controller manager cuts a block into at most 2^16 parts: pkg/controller/nodeipam/ipam/cidrset/cidr_set.go */
const SHORTEST_PODS = defaults.nodePodsPrefix - 16;

export const podsLength = rule("pods-length", ["network", "placement", "workers", "masters"], (sections) => {
  const { pods } = sections.network;
  if (prefixOf(pods) < SHORTEST_PODS) {
    return lengthOf(sections, "pods", SHORTEST_PODS, `is a /${SHORTEST_PODS} or smaller: controller managers cut no larger one`);
  }
  const nodes = mostMachines(sections.workers) + sections.masters.seats;
  const parts = sizeOf(pods) / 2 ** (32 - defaults.nodePodsPrefix);
  const wanted = Math.max(SHORTEST_PODS, defaults.nodePodsPrefix - Math.ceil(Math.log2(nodes)));
  if (parts >= nodes || prefixOf(pods) <= wanted) return [];
  return lengthOf(
    sections,
    "pods",
    wanted,
    `is a /${wanted} or larger: each of up to ${nodes} nodes takes a /${defaults.nodePodsPrefix} of it`,
  );
});
