import { rootDiskFault } from "../machine/root-disk";
import { port } from "../../constructs/spec/ports";
import type { Place } from "../pki/place";
import { isOk } from "../store/exchange";
import { paths } from "./paths";
import type { WorkerLook } from "./worker-request";

/** Where a worker asks about itself. */
export interface WorkerPorts {
  readonly kubeletHealth: URL;
  readonly api: URL;
}

export const workerPorts: WorkerPorts = {
  // The kubelet's own default, on 127.0.0.1 alone.
  kubeletHealth: new URL("http://127.0.0.1:10248/healthz"),
  api: new URL(`https://127.0.0.1:${port.apiProxy}/readyz`),
};

const patienceMs = 5_000;

/**
 * A worker looks at itself. The kubelet is to blame only while it has what it joins with and an API server is ready:
 * replacing this machine would bring neither.
 */
export async function lookAtWorker(place: Place, ports: WorkerPorts = workerPorts): Promise<WorkerLook> {
  const rootDisk = await rootDiskFault(place);
  const healthy = await isOk(ports.kubeletHealth, patienceMs);
  const kubelet = healthy ? "healthy" : (await isDue(place, ports.api)) ? "unhealthy" : "not due";
  return { kubelet, ...(rootDisk === undefined ? {} : { rootDisk }) };
}

async function isDue(place: Place, url: URL): Promise<boolean> {
  const ca = await place.read(paths.authorities);
  if (ca === undefined || (await place.read(paths.bootstrap)) === undefined) return false;
  return isOk(url, patienceMs, { ca });
}
