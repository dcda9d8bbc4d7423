import { leaveOut, use, type Problem } from "../../../spec/problems";
import { at } from "../../../spec/rules/rule";
import { vsphereRule } from "../spec";

export const zonesHaveSites = vsphereRule("zones-have-sites", ["placement"], ({ placement: { zones, sites } }) => {
  const spare = Object.keys(sites).filter((zone) => !zones.includes(zone));
  const missing = zones.filter((zone, index) => !(zone in sites) && zones.indexOf(zone) === index);
  return missing.map((zone, index): Problem => {
    const path = at("placement", "sites", zone);
    const problem = { path, value: undefined, rule: "says where the machines of every zone stand" };
    const meant = spare[index];
    if (meant !== undefined) {
      return { ...problem, fix: { text: `is that of ${meant} meant?`, changes: [{ rename: at("placement", "sites", meant), to: zone }] } };
    }
    const like = Object.values(sites)[0] ?? { clusters: { amd64: "compute-a" }, datastore: "ssd-a" };
    return { ...problem, fix: use(path, like, "name its compute cluster and its datastore, or take the zone out of the placement") };
  });
});

export const sitesHaveZones = vsphereRule("sites-have-zones", ["placement"], ({ placement: { zones, sites } }) => {
  const open = zones.filter((zone) => !(zone in sites));
  // As many as there are zones without a site may be meant for those.
  const spare = Object.entries(sites).filter(([zone]) => !zones.includes(zone));
  return spare.slice(open.length).map(([zone, value]): Problem => {
    const path = at("placement", "sites", zone);
    return { path, value, rule: "belongs to a zone of the placement", fix: leaveOut(path) };
  });
});

/** Disks that are attached to a machine cannot be moved: github.com/vmware/terraform-provider-vsphere/issues/1833 */
export const datastoreFixed = vsphereRule("datastore-fixed", ["placement"], ({ placement: { sites } }) => {
  const clusters = new Set(Object.values(sites).flatMap(({ datastoreCluster = [] }) => datastoreCluster));
  return Object.entries(sites).flatMap(([zone, { datastore }]): Problem[] => {
    if (!clusters.has(datastore)) return [];
    const path = at("placement", "sites", zone, "datastore");
    const rule = "is one datastore and no cluster of them: the volume of a seat stays where it is";
    return [{ path, value: datastore, rule, fix: use(path, `${datastore}-1`, "name one datastore of it") }];
  });
});

export const credentialsDiffer = vsphereRule("credentials-differ", ["placement"], ({ placement: { store } }) => {
  const keys = Object.entries(store.accessKeys);
  return keys.flatMap(([tier, value], index): Problem[] => {
    const other = keys.slice(0, index).find(([, earlier]) => earlier === value);
    if (!other) return [];
    const path = at("placement", "store", "accessKeys", tier);
    const rule = `is another credential than that of ${other[0]}: each tier may do less than all of them`;
    return [{ path, value, rule, fix: use(path, `${value}-${tier}`) }];
  });
});
