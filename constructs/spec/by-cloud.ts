import type { Placement } from "./cluster-spec";

export type Cloud = Placement["cloud"];

/** A row for every cloud: one without a row does not compile. */
export type ByCloud<Result> = { readonly [One in Cloud]: (placement: Extract<Placement, { cloud: One }>) => Result };

/** What differs between clouds as data: the row of the cloud of this placement. */
export function byCloud<Result>(placement: Placement, rows: ByCloud<Result>): Result {
  const row = rows[placement.cloud] as (placement: Placement) => Result;
  return row(placement);
}
