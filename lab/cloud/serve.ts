import type { Server } from "node:net";
import { storeFront, type StoreFront } from "../store/front";
import { Balancer } from "./balancer";
import { channel } from "./channel";
import { ec2 } from "./ec2/ec2";
import type { CloudCalls, Instance, LabCalls, Start } from "./messages";
import { credentialsOf, metadataService } from "./metadata";
import { mirror } from "./mirror";

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

async function serve({ gateway, tls, addresses, files, balancer: plan, timerFactor }: Start): Promise<void> {
  store = storeFront(tls, gateway, (address) => {
    const instance = instances.get(address);
    return instance && { caller: instance.caller, credentials: credentialsOf(instance) };
  });
  balancer = new Balancer(plan, timerFactor);
  await Promise.all([
    ...balancer.servers.map((server, index) => listening(server, plan.port, plan.addresses[index] ?? "")),
    listening(metadataService(instances, notices), 80, addresses.metadata),
    listening(store.server, 443, addresses.store),
    listening(ec2(tls, instances, lab), 443, addresses.ec2),
    listening(mirror(tls, files), 443, addresses.mirror),
  ]);
}

function listening(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
}
