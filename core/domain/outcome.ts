/** An expected result or an expected failure; failures are values, exceptions are broken invariants. */
export type Outcome<Value, Failure extends { readonly kind: string }> =
  { readonly ok: true; readonly value: Value } | ({ readonly ok: false } & Failure);

export const succeed = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({
  ok: true,
  value,
});

export const fail = <const Failure extends { readonly kind: string }>(
  failure: Failure,
): { readonly ok: false } & Failure => ({ ok: false, ...failure });

/** Ends an exhaustive switch: the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case ${JSON.stringify(value)}`);
}
