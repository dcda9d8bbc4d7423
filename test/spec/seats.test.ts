import fc from "fast-check";
import { contains, holds, overlap, prefixOf } from "../../constructs/spec/cidr";
import { etcdSeats, masterSeats } from "../../constructs/spec/seats";
import { apiAddress, longestNodesPrefix, zoneBlocks } from "../../constructs/spec/subnets";
import { zonesOf } from "../../constructs/spec/zones";
import { blockIn, environments } from "./arbitrary";
import { set } from "./bad-input/row";
import { full, minimal } from "./environments";
import { at } from "../../constructs/spec/rules/rule";
import { changed, read } from "./reading";

const runs = { numRuns: 500 };

it("puts the seats of the minimal environment into three zones", () => {
  const { cluster } = read(minimal);
  expect(etcdSeats(cluster)).toEqual([
    { name: "etcd-0", role: "etcd", zone: "eu-central-1a", address: "10.0.224.10" },
    { name: "etcd-1", role: "etcd", zone: "eu-central-1b", address: "10.0.226.11" },
    { name: "etcd-2", role: "etcd", zone: "eu-central-1c", address: "10.0.228.12" },
  ]);
  expect(masterSeats(cluster).map((seat) => seat.address)).toEqual(["10.0.224.20", "10.0.226.21", "10.0.228.22"]);
});

it("takes the subnets of an existing network as they are", () => {
  const seats = etcdSeats(read(full).cluster);
  expect(seats.map((seat) => seat.address)).toEqual(["10.20.0.10", "10.20.0.43", "10.20.0.76", "10.20.0.13", "10.20.0.46"]);
});

it("gives every seat an address of its own in the block of its zone, and no zone a majority", () => {
  fc.assert(
    fc.property(environments, (environment) => {
      const { cluster } = read(environment);
      const zones = zonesOf(cluster);
      const seats = [...etcdSeats(cluster), ...masterSeats(cluster)];
      const addresses = [...seats.map((seat) => seat.address), ...zones.map((zone) => apiAddress(zone.seats))];
      expect(new Set(addresses).size).toBe(addresses.length);
      expect(new Set(seats.map((seat) => seat.name)).size).toBe(seats.length);
      for (const seat of seats) {
        const zone = zones.find((one) => one.name === seat.zone);
        expect(zone && holds(zone.seats, seat.address)).toBe(true);
      }
      const perZone = zones.map((zone) => etcdSeats(cluster).filter((seat) => seat.zone === zone.name).length);
      expect(cluster.etcd.seats === 1 || Math.max(...perZone) <= cluster.etcd.seats / 2).toBe(true);
    }),
    runs,
  );
});

it("cuts a network into blocks that lie inside and do not overlap", () => {
  fc.assert(
    fc.property(blockIn("10.0.0.0/8", 16, longestNodesPrefix), (nodes) => {
      const zones = Array.from({ length: 6 }, (_, index) => zoneBlocks(nodes, index));
      const blocks = zones.flatMap((zone) => [zone.workers, zone.seats, zone.public]);
      expect(blocks.every((block) => contains(nodes, block) && prefixOf(block) <= 27)).toBe(true);
      expect(blocks.every((block, index) => blocks.slice(0, index).every((earlier) => !overlap(earlier, block)))).toBe(true);
    }),
    runs,
  );
});

it("changes nothing that stands when a zone is appended", () => {
  const zones = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"];
  const inUs = changed(minimal, [set(at("placement", "region"), "us-east-1"), set(at("placement", "zones"), zones.slice(0, 3))]);
  const before = read(inUs).cluster;
  const after = read(changed(inUs, [set(at("placement", "zones"), zones)])).cluster;
  expect(zonesOf(after).slice(0, 3)).toEqual(zonesOf(before));
  expect(etcdSeats(after)).toEqual(etcdSeats(before));
  expect(masterSeats(after)).toEqual(masterSeats(before));
});
