export type Variants<Result> = Readonly<Record<string, () => Promise<Result>>>;

/**
 * Runs every variant once a round, each round beginning with another one, so that what drifts (heat, other
 * processes) hits all of them alike. Results by variant, in the order of the rounds: the nth of each belong
 * together and may be divided by each other. Warm-up rounds are thrown away.
 */
export async function interleave<Result>(
  variants: Variants<Result>,
  { rounds, warmUps = 2 }: { readonly rounds: number; readonly warmUps?: number },
): Promise<Readonly<Record<string, readonly Result[]>>> {
  const names = Object.keys(variants);
  const results = new Map<string, Result[]>(names.map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + warmUps) % names.length];
      const run = name === undefined ? undefined : variants[name];
      if (name === undefined || !run) continue;
      const result = await run();
      if (round >= 0) results.get(name)?.push(result);
    }
  }
  return Object.fromEntries(results);
}
