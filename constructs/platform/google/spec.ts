import type { SpecOn } from "../../spec/cluster-spec";
import { rule, type RuleMaker, type Sections } from "../../spec/rules/rule";

export type GoogleSpec = SpecOn<"google">;

/** As `rule`, for sections of an environment on Google Cloud. */
export const googleRule = rule as RuleMaker<Sections & GoogleSpec>;
