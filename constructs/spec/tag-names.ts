/** Tag that ties a volume, an interface and a group to their seat; roles of seats are scoped by it, and agents find their volume by it. */
export const seatTag = "coppice-seat";
export const poolTag = "coppice-pool";
export const clusterTag = "coppice-cluster";
/** Name by which a seat's volume is attached where clouds let one choose it; Linux then links it under that name. */
export const volumeDevice = "coppice-etcd";
