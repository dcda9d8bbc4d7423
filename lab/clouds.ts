import { aws } from "./aws/cloud";
import { google } from "./google/cloud";
import type { CloudName, PlayedCloud } from "./played-cloud";
import { vsphere } from "./vsphere/cloud";

export const clouds: Readonly<Record<CloudName, PlayedCloud>> = { aws, google, vsphere };
