export function unwrap<Value>(outcome: { ok: true; value: Value } | { ok: false; kind: string }): Value {
  if (!outcome.ok) throw new Error(`expected success, got ${JSON.stringify(outcome)}`);
  return outcome.value;
}
