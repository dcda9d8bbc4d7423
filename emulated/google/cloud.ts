import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { GooglePlacement } from "../../constructs/spec/placement-google";
import type { EmulatedCloud, Emulation } from "../cloud";

const notProven = `No emulator of Google Cloud knows instance groups, so nothing was applied: the provider has checked every argument and
planned every resource, and asked for the number of the project alone.`;

/** Twelve digits, as every project has them. */
const projectNumber = "123456789012";

/** What a plan asks of Google: the project. Anything else is refused, and said. */
export function plannedGoogle({ project }: GooglePlacement): Emulation {
  return {
    notProven,
    plansOnly: true,
    async start(): Promise<EmulatedCloud> {
      const refused: string[] = [];
      const server = createServer((asked, answer) => {
        const { pathname } = new URL(asked.url ?? "/", "http://127.0.0.1");
        const isProject = asked.method === "GET" && pathname === `/v1/projects/${project}`;
        if (!isProject) refused.push(`${asked.method} ${pathname}`);
        answer.writeHead(isProject ? 200 : 501, { "content-type": "application/json" });
        answer.end(JSON.stringify(isProject ? { projectId: project, projectNumber, name: project, lifecycleState: "ACTIVE" } : {}));
      }).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as AddressInfo;
      return {
        providers: {
          google: () => ({ access_token: "emulated", resource_manager_custom_endpoint: `http://127.0.0.1:${port}/v1/` }),
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
