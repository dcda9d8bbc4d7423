import type { MakeServices } from "../cloud/services";
import { storeFront } from "../store/front";
import type { Gateway } from "../store/gateway";
import { ec2 } from "./ec2/ec2";
import { credentialsOf, metadataService } from "./metadata";

/** S3 for the roles of instances, EC2's API and its metadata. */
export const services: MakeServices = ({ gateway, tls, addresses }, { instances, notices }, lab) => ({
  store: storeFront(tls, gateway as Gateway, (address) => {
    const instance = instances.get(address);
    return instance && { caller: instance.caller, credentials: credentialsOf(instance) };
  }),
  others: [
    { server: metadataService(instances, notices), port: 80, address: addresses.metadata },
    { server: ec2(tls, instances, lab), port: 443, address: addresses.api },
  ],
});
