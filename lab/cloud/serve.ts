import type { Server } from "node:net";
import { services as aws } from "../aws/services";
import { services as google } from "../google/services";
import { services as vsphere } from "../vsphere/services";
import type { CloudName } from "../played-cloud";
import type { StoreFront } from "../store/moods";
import { Balancer } from "./balancer";
import { channel } from "./channel";
import type { CloudCalls, Instance, LabCalls, Start } from "./messages";
import { mirror } from "./mirror";
import type { MakeServices } from "./services";

const servicesOf: Readonly<Record<CloudName, MakeServices>> = { aws, google, vsphere };

/** Plays the cloud inside the lab's network; ends with the process that started it. */
const instances = new Map<string, Instance>();
const notices = new Map<string, Map<string, string>>();
let store: StoreFront | undefined;
let balancer: Balancer | undefined;

process.on("disconnect", () => process.exit(0));

const calls: CloudCalls = {
  start: serve,
  introduce(instance) {
    instances.set(instance.address, instance);
    if (instance.balanced) balancer?.register(instance.address);
  },
  forget(address) {
    instances.delete(address);
    balancer?.deregister(address);
  },
  notice({ id, path, body }) {
    const own = notices.get(id) ?? new Map<string, string>();
    notices.set(id, own);
    if (body === undefined) own.delete(path);
    else own.set(path, body);
  },
  store: (mode) => store?.behave(mode),
  healthy: () => balancer?.healthy ?? [],
};
const lab = channel<LabCalls>(process, calls);

async function serve(start: Start): Promise<void> {
  const { cloud, tls, addresses, files, balancer: plan, timerFactor } = start;
  const services = servicesOf[cloud](start, { instances, notices }, lab);
  store = services.store;
  balancer = plan && new Balancer(plan, timerFactor);
  await Promise.all([
    ...(balancer?.servers ?? []).map((server, index) => listening(server, plan?.port ?? 0, plan?.addresses[index] ?? "")),
    ...services.others.map(({ server, port, address }) => listening(server, port, address)),
    listening(store.server, 443, addresses.store),
    listening(mirror(tls, files), 443, addresses.mirror),
  ]);
}

function listening(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
}
