import * as z from "zod";
import { cidrProblem } from "./cidr";

/** An IPv4 block in canonical form. */
export const cidr = z
  .string("is an IPv4 block such as 10.0.0.0/16")
  .superRefine((text, context) => {
    const problem = cidrProblem(text);
    if (problem) context.addIssue({ code: "custom", message: problem.rule, continue: false });
  })
  .meta({ example: "10.0.0.0/16", nearest: (text: string) => cidrProblem(text)?.canonical });

/** An IPv4 address. */
export const address = z.ipv4("is an IPv4 address").meta({ example: "10.0.0.2" });
