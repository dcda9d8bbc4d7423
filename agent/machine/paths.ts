/** Where the agent keeps what is its own; `constructs/node/paths.ts` has what units and user-data name. */
export const machineFile = "/etc/coppice/machine.json";
export const home = "/opt/coppice";
export const bundle = `${home}/agent/agent.js`;
/** Downloads, on the disk of the programs. */
export const depotFolder = `${home}/depot`;
/** Survives a reboot, but not the machine. */
export const stateFolder = "/var/lib/coppice";
export const configurationFile = `${stateFolder}/configuration.json`;
/** What of a configuration is on this machine. */
export const appliedFile = `${stateFolder}/applied.json`;
export const unitFolder = "/etc/systemd/system";
