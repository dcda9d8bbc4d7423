import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { GooglePlacement } from "../../constructs/spec/placement-google";
import type { EmulatedCloud, Emulation } from "../cloud";

const notProven = `Nothing was applied: no emulator of Google Cloud knows instance groups. The provider has checked every argument and planned
every resource; it asked for the project and for nothing else. Not proven: that Google Cloud accepts any of it.`;

/** Twelve digits, as every project has them. */
const projectNumber = "123456789012";

/** What a plan asks of Google, which is the project. Anything else is refused, and said. */
export function plannedGoogle({ project }: GooglePlacement): Emulation {
  const known: Readonly<Record<string, unknown>> = {
    [`/v1/projects/${project}`]: { projectId: project, projectNumber, name: project, lifecycleState: "ACTIVE" },
    // The provider reads it with every project, needed or not.
    [`/v1/projects/${project}/billingInfo`]: { projectId: project, billingEnabled: true },
  };
  return {
    notProven,
    plansOnly: true,
    async start(): Promise<EmulatedCloud> {
      const refused: string[] = [];
      const server = createServer((asked, answer) => {
        const { pathname } = new URL(asked.url ?? "/", "http://127.0.0.1");
        const body = asked.method === "GET" ? known[pathname] : undefined;
        if (body === undefined) refused.push(`${asked.method} ${pathname}`);
        answer.writeHead(body === undefined ? 501 : 200, { "content-type": "application/json" });
        answer.end(JSON.stringify(body ?? {}));
      }).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      return {
        providers: {
          google: () => ({
            access_token: "emulated",
            // The provider puts the version behind them.
            resource_manager_custom_endpoint: endpoint,
            cloud_billing_custom_endpoint: endpoint,
          }),
        },
        environment: {},
        inventory: () => Promise.resolve({}),
        faults: () => [],
        tracebacks: () => refused,
        async stop() {
          await new Promise((resolve) => {
            server.close(resolve);
            server.closeAllConnections();
          });
        },
      };
    },
  };
}
