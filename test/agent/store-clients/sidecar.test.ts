import { objectsOnce, selfTest } from "../../../agent/store/self-test";
import { installed, storePrograms } from "./programs";
import { startProgram } from "./started";

const sidecar = storePrograms.find(({ name }) => name.includes("sidecar"));
const path = sidecar && installed(sidecar);

(path === undefined ? test.skip : test)(
  "a store that keeps versions beside its objects is refused",
  async () => {
    if (!sidecar || path === undefined) return;
    const server = await startProgram(path, sidecar);
    try {
      expect(await selfTest(server.open(), "self-test/etcd-0/1", objectsOnce)).toEqual({
        kind: "refused",
        reason: "the store is of no use: it reads what was never there: a body under another's version (ETag) (self-test/etcd-0/1)",
      });
    } finally {
      await server.stop();
    }
  },
  60_000,
);
