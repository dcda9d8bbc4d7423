import { proveStore } from "../../cli/prove-store";
import { StoreWorld } from "./cluster";

test("a store that swaps and compares is said to, and nothing is left in it", async () => {
  const world = new StoreWorld();
  expect(await proveStore(world.cluster, 3)).toMatch(/swaps and compares: 3 objects were raced for, and nothing was lost$/);
  expect([...world.contents.objects.keys()]).toEqual([]);
});

test("a store that is away is no store that failed", async () => {
  const world = new StoreWorld();
  world.faults.failure = { kind: "unavailable", reason: "503" };
  await expect(proveStore(world.cluster, 3)).rejects.toThrow("nothing was found out: 503");
});
