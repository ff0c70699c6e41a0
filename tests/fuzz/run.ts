import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { makeSeeds } from './seeds.ts';
import { targets } from './targets.ts';

/**
 * `npm run fuzz -- --minutes 10 [--only "image header"] [--seed N]`: every parser of what comes from outside, each
 * for its share of the time. Prints how many inputs each was given; a finding is printed with its seed, shrunk.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, only: { type: 'string' }, seed: { type: 'string' } },
});
const seeds = await makeSeeds();
const chosen = targets(seeds).filter(({ name }) => values.only === undefined || name === values.only);
const ms = (Number(values.minutes) * 60_000) / chosen.length;
let findings = 0;
for (const { name, property } of chosen) {
  const result = await fc.check(property, {
    ...{ numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: ms },
    ...(values.seed !== undefined && { seed: Number(values.seed) }),
  });
  process.stdout.write(
    `${name.padEnd(28)} ${String(result.numRuns).padStart(9)} inputs, seed ${result.seed}\n`,
  );
  if (!result.failed || result.counterexample === null) continue;
  findings++;
  console.error(fc.defaultReportMessage(result));
}
await seeds.close();
process.stdout.write(`${findings} findings\n`);
process.exitCode = findings > 0 ? 1 : 0;
