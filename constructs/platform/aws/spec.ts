import type { SpecOn } from "../../spec/cluster-spec";
import { rule, type RuleMaker, type Sections } from "../../spec/rules/rule";

export type AwsSpec = SpecOn<"aws">;

/** As `rule`, for sections of an environment on AWS. */
export const awsRule = rule as RuleMaker<Sections & AwsSpec>;
