/** Keys of the cluster store by which masters, workers and operators speak to each other. */
export const storeKeys = {
  join: "join/worker",
  workerRequests: "requests/workers/",
  workerRequest: (instance: string) => `requests/workers/${instance}`,
  workerGrant: (instance: string) => `grants/workers/${instance}`,
  operators: "operators/",
  operatorRequest: (principal: string) => `operators/${principal}/request`,
  operatorCertificate: (principal: string) => `operators/${principal}/certificate`,
} as const;
