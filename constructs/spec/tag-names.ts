/** Tag that ties a volume, an interface and a group to their seat; roles of seats are scoped by it, and agents find their volume by it. */
export const seatTag = "coppice-seat";
export const poolTag = "coppice-pool";
export const clusterTag = "coppice-cluster";
