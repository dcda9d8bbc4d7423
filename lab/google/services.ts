import { googlePlacement } from "../../constructs/spec/placement-google";
import type { MakeServices } from "../cloud/services";
import { compute } from "./compute";
import { storeFront, type Emulator } from "./front";
import { bearer, metadataService } from "./metadata";

/** Cloud Storage for the accounts of machines, Compute Engine's API and its metadata. */
export const services: MakeServices = ({ gateway, tls, addresses, placement }, machines, lab) => {
  const { project } = googlePlacement.parse(placement);
  return {
    store: storeFront(tls, gateway as Emulator, (authorization) => bearer(authorization, machines.instances)?.caller),
    others: [
      { server: metadataService(project, machines), port: 80, address: addresses.metadata },
      { server: compute(tls, project, machines, lab), port: 443, address: addresses.api },
    ],
  };
};
