import { environment as production } from "../../environments/prod-google";
import { labEnvironment } from "../environment";

const debian = {
  os: "debian",
  project: "debian-cloud",
  names: { amd64: "debian-12-bookworm", arm64: "debian-12-bookworm-arm64" },
} as const;

export const environment = labEnvironment(production, debian);
