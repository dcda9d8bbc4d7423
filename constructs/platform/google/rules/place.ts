import { didYouMean, leaveOut, use, type Problem } from "../../../spec/problems";
import { at } from "../../../spec/rules/rule";
import { regions, zonesIn } from "../regions";
import { googleRule } from "../spec";

const regionPath = at("placement", "region");

export const regionKnown = googleRule("region-known", ["placement"], ({ placement: { region, zones } }): Problem[] => {
  if (regions.includes(region)) return [];
  const ofZones = regions.find((known) => zonesIn(known).includes(zones[0] ?? ""));
  const meant = ofZones ?? didYouMean(region, regions) ?? "europe-west4";
  return [{ path: regionPath, value: region, rule: "is a region of Google Cloud", fix: use(regionPath, meant, `did you mean ${meant}?`) }];
});

export const zonesInRegion = googleRule("zones-in-region", ["placement"], ({ placement: { region, zones } }) => {
  const known = zonesIn(region);
  if (known.length === 0) return [];
  const free = known.filter((zone) => !zones.includes(zone));
  return zones
    .map((zone, index) => ({ zone, path: at("placement", "zones", index) }))
    .filter(({ zone }) => !known.includes(zone))
    .map(({ zone, path }, index): Problem => {
      const instead = free[index];
      return { path, value: zone, rule: `is a zone of ${region}`, fix: instead === undefined ? leaveOut(path) : use(path, instead) };
    });
});

/** The balancer's public address is known only once it is there, too late for the certificates of the API servers. */
export const publicApiNamed = googleRule("public-api-named", ["placement", "access"], ({ placement, access }): Problem[] => {
  if (access.api === "internal" || placement.dnsZone !== undefined) return [];
  const path = at("placement", "dnsZone");
  const rule = "is required where access.api is public: its name is what the API is certified by";
  return [{ path, value: undefined, rule, fix: use(path, { id: "k8s", name: "k8s.example.com" }, "name a managed zone") }];
});

export const keysHere = googleRule("keys-here", ["placement"], ({ placement: { region, keys = {} } }) =>
  Object.entries(keys).flatMap(([purpose, key]): Problem[] => {
    const [, , , location] = key?.split("/") ?? [];
    if (key === undefined || location === region) return [];
    const path = at("placement", "keys", purpose);
    return [{ path, value: key, rule: `lies in the region of the placement, ${region}`, fix: leaveOut(path) }];
  }),
);
