import { execFileSync } from 'node:child_process';
import { ensureChromium } from './test/ensure-chromium.ts';
import { STEPS, type Step, type StepResult } from './test/steps.ts';

/** `npm test` runs every step but `histories`; `npm test -- unit e2e` only those. A failed step does not end the run. */
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no step ${unknown.join(', ')}; there are ${STEPS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const chromium = ensureChromium();
const chromiumVersion = execFileSync(chromium.path, ['--version', '--no-sandbox'], { encoding: 'utf8' });
console.log(`Chromium: ${chromiumVersion.trim()} (${chromium.path}, ${chromium.from})`);

const results: { name: string; seconds: number; result: StepResult }[] = [];
/** Each ends with all that it printed. */
const beside: Promise<string>[] = [];
const isWanted = ({ name, onlyWhenAsked }: Step): boolean =>
  asked.length === 0 ? !onlyWhenAsked : asked.includes(name);
for (const step of STEPS.filter(isWanted)) {
  if (step.alone) await settleBeside();
  if (step.beside) beside.push(runBeside(step));
  else {
    console.log(`\n=== ${step.name}`);
    await run(step);
  }
}
await settleBeside();

async function run(step: Step, tell?: (text: string) => void): Promise<void> {
  const started = performance.now();
  const result = await step.run(tell);
  results.push({ name: step.name, seconds: (performance.now() - started) / 1000, result });
}

async function runBeside(step: Step): Promise<string> {
  let output = `\n=== ${step.name}\n`;
  await run(step, (text) => (output += text));
  return output;
}

async function settleBeside(): Promise<void> {
  for (const output of await Promise.all(beside.splice(0))) console.log(output);
}

const failures = results.flatMap(({ result }) => result.failures ?? []);
if (failures.length > 0) console.log(`\n=== failed\n${failures.join('\n')}`);

console.log('\n=== summary');
for (const { name, seconds, result } of results) {
  const { passed, failed, skipped, note } = result;
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const said = note ?? (passed + failed + skipped === 0 ? 'ok' : counts);
  console.log(
    `${failed > 0 ? 'FAILED' : '      '} ${name.padEnd(9)} ${seconds.toFixed(0).padStart(4)} s  ${said}`,
  );
}
const sum = (key: 'passed' | 'failed') => results.reduce((total, { result }) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
