import type { SpecOn } from "../../spec/cluster-spec";
import { rule, type RuleMaker, type Sections } from "../../spec/rules/rule";

export type VsphereSpec = SpecOn<"vsphere">;

/** As `rule`, for sections of an environment on vSphere. */
export const vsphereRule = rule as RuleMaker<Sections & VsphereSpec>;
