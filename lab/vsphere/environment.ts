import { environment as production } from "../../environments/onprem-vsphere";
import { labEnvironment } from "../environment";

const debian = { os: "debian", names: { amd64: "templates/debian-12", arm64: "templates/debian-12-arm64" } } as const;

export const environment = labEnvironment(production, debian);
