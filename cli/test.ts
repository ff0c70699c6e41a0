import { execFileSync } from 'node:child_process';
import { ensureChromium } from './test/ensure-chromium.ts';
import { STEPS, type StepResult } from './test/steps.ts';

/** `npm test` runs every step; `npm test -- unit e2e` only those. A failed step does not end the run. */
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
for (const step of STEPS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  console.log(`\n=== ${step.name}`);
  const started = performance.now();
  const result = await step.run();
  results.push({ name: step.name, seconds: (performance.now() - started) / 1000, result });
}

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
