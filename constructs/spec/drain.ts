/**
 * How long `/readyz` answers 503 before the server stops: load balancers look every 10 seconds, take a target out after 2
 * failures, and need up to 10 seconds more to say so to all of their nodes.
 */
export const apiDrainSeconds = 40;
