import type { Environment } from "../../constructs/spec/environment";
import { minimal } from "./environments";

const site = (letter: string) => ({ clusters: { amd64: `compute-${letter}` }, datastore: `ssd-${letter}` });

/** What a person must say on vSphere, and nothing else. */
export const minimalOnVsphere: Environment = {
  ...minimal,
  cluster: {
    ...minimal.cluster,
    placement: {
      cloud: "vsphere",
      server: "vcenter.example.com",
      datacenter: "dc-1",
      zones: ["rack-a", "rack-b", "rack-c"],
      sites: { "rack-a": site("a"), "rack-b": site("b"), "rack-c": site("c") },
      network: {
        portGroup: "machines",
        cidr: "10.40.0.0/23",
        gateway: "10.40.0.1",
        seats: "10.40.0.0/27",
        workers: "10.40.1.0/24",
        dns: ["10.40.0.2"],
        ntp: ["ntp.example.com"],
      },
      image: { os: "flatcar", names: { amd64: "templates/flatcar-1" } },
      store: {
        endpoint: "https://s3.example.com",
        bucket: "coppice-orchard",
        accessKeys: { etcd: "orchard-etcd", masters: "orchard-masters", workers: "orchard-workers" },
      },
    },
  },
};
