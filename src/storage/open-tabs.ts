const lockName = (name: string): string => `${name}-open`;

/** Says to every tab that this one has the store open; returns how to stop. */
export function holdOpen(name: string): () => void {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  void navigator.locks.request(lockName(name), { mode: 'shared' }, () => held).catch(() => undefined);
  return () => letGo();
}

/** Whether no other tab has it open. */
export async function isAlone(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.filter((lock) => lock.name === lockName(name)).length <= 1;
}
