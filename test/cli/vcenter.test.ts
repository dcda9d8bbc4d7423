import { giveVcenterAccount } from "../../cli/vcenter";
import { clusterSpec } from "../node/cluster";
import { minimalOnVsphere } from "../spec/environments-vsphere";
import { StoreWorld } from "./cluster";

const key = "pki/cluster/vcenter";
let world: StoreWorld;
const give = (password = "first") =>
  giveVcenterAccount({ ...world.cluster, spec: clusterSpec({ placement: minimalOnVsphere.cluster.placement }) }, "reader", password);
beforeEach(() => (world = new StoreWorld()));

test("the masters get an account, and another one in its place", async () => {
  expect(await give()).toBe("reader is the masters' account of vcenter.example.com now");
  expect(world.take(key)).toEqual({ server: "vcenter.example.com", user: "reader", password: "first" });
  await give("second");
  expect(world.take(key)).toMatchObject({ password: "second" });
  world.put(key, "torn");
  await give("third");
  expect(world.take(key)).toMatchObject({ password: "third" });
});

test("without a password, on another cloud, and without a store, nothing is written", async () => {
  await expect(give("")).rejects.toThrow("COPPICE_VCENTER_PASSWORD is not set");
  await expect(giveVcenterAccount(world.cluster, "reader", "first")).rejects.toThrow("orchard has no vCenter");
  world.faults.failure = { kind: "unavailable", reason: "nobody answers" };
  await expect(give()).rejects.toThrow(`${key}: nobody answers`);
  expect(world.take(key)).toBeUndefined();
});
