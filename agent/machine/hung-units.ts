import { port } from "../../constructs/spec/ports";
import { HungWatch, type WatchedUnit } from "../upkeep/hung";
import { etcdSigns, grpcSign, httpSign } from "../upkeep/probes";
import { tlsSign } from "../upkeep/tls-sign";
import { loop } from "./loop";
import type { Configuring } from "./machine";

const web = (unit: string, url: string): WatchedUnit => ({ unit, ask: (ms) => httpSign(url, ms) });

/**
 * Programs whose hang systemd does not see, and how each says that it lives; the kubelet, the agent and the API proxy answer
 * systemd's own watchdog. None of these asks etcd, or anybody but the program itself.
 */
const watched: readonly WatchedUnit[] = [
  { unit: "etcd.service", ask: etcdSigns(`http://127.0.0.1:${port.etcdMetrics}`) },
  web("kube-apiserver.service", `https://127.0.0.1:${port.api}/livez?exclude=etcd`),
  { unit: "kube-controller-manager.service", ask: (ms) => tlsSign(port.controllerManager, ms) },
  { unit: "kube-scheduler.service", ask: (ms) => tlsSign(port.scheduler, ms) },
  web("kube-proxy.service", `http://127.0.0.1:${port.kubeProxyHealth}/livez`),
  { unit: "containerd.service", ask: (ms) => grpcSign("/run/containerd/containerd.sock", ms) },
];

/** Looks at those that the machine's configuration has. */
export function watchHungUnits({ configured }: Configuring): void {
  const { components, timerFactor } = configured.value;
  const own = new Set(components.flatMap(({ units }) => units.map(({ name }) => name)));
  for (const one of watched.filter(({ unit }) => own.has(unit))) {
    const watch = new HungWatch(one, timerFactor);
    void loop(`hung ${one.unit}`, () => watch.round());
  }
}
