import { leaveOut, use, type Problem } from "../problems";
import { at, rule } from "./rule";

export const zonesDiffer = rule("zones-differ", ["placement"], ({ placement: { zones } }) =>
  zones.flatMap((zone, index): Problem[] => {
    const path = at("placement", "zones", index);
    return zones.indexOf(zone) === index ? [] : [{ path, value: zone, rule: "is named once", fix: leaveOut(path) }];
  }),
);

export const etcdOutlivesZone = rule("etcd-outlives-zone", ["placement", "etcd"], ({ placement, etcd: { seats } }) => {
  const zones = new Set(placement.zones).size;
  const inOneZone = Math.ceil(seats / zones);
  const majority = Math.floor(seats / 2) + 1;
  if (seats === 1 || inOneZone < majority) return [];
  const path = at("etcd", "seats");
  const rule = `puts fewer than ${majority} of ${seats} seats into one zone: etcd must outlive the zone`;
  return [{ path, value: seats, rule, fix: use(path, 1, "name 3 zones in placement.zones, or use 1") }];
});

export const mastersOutliveZone = rule("masters-outlive-zone", ["placement", "masters"], ({ placement, masters: { seats } }) => {
  if (seats === 1 || new Set(placement.zones).size > 1) return [];
  const path = at("masters", "seats");
  const rule = "is 1 in a single zone: more of them would be lost with it";
  return [{ path, value: seats, rule, fix: use(path, 1, "name more zones in placement.zones, or use 1") }];
});

/** The data, the archive of what was moved aside, a snapshot on its way, and a defragmented copy; logs beside them. */
const COPIES = 4;
const LOGS_GIB = 10;

export const etcdVolume = rule("etcd-volume", ["etcd"], ({ etcd: { quotaGiB, volumeGiB } }) => {
  const least = COPIES * quotaGiB + LOGS_GIB;
  if (volumeGiB >= least) return [];
  const path = at("etcd", "volumeGiB");
  const rule = `is at least ${least}: ${COPIES} times etcd.quotaGiB and ${LOGS_GIB}`;
  return [{ path, value: volumeGiB, rule, fix: use(path, least) }];
});
