/**
 * cdktf records a stack trace for every construct, which costs more than building it: 19 times, at 4,000 resources.
 * The traces locate an unresolved token; `COPPICE_CREATION_STACK=1` gives them back.
 * @see https://github.com/hashicorp/terraform-cdk/issues/3892
 */
if (process.env["COPPICE_CREATION_STACK"] === undefined) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the namespace of an import cannot be written to
  const capture = require("cdktf/lib/tokens/private/stack-trace") as { captureStackTrace: () => string[] };
  capture.captureStackTrace = () => [];
}
