import { environment as production } from "../../environments/prod-aws";
import { labEnvironment } from "../environment";

const debian = {
  os: "debian",
  owner: "136693071363",
  names: { amd64: "debian-12-amd64", arm64: "debian-12-arm64" },
} as const;

export const environment = labEnvironment(production, debian);
