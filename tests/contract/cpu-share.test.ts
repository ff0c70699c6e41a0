import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CpuShare } from '../load/cpu-share.ts';

const SHARE = 0.05;
/** Works for a second once told to, then says the share of a core that it had. */
const BUSY = `
  process.once('message', () => {
    const from = process.cpuUsage();
    const began = performance.now();
    while (performance.now() - began < 1000);
    const { user, system } = process.cpuUsage(from);
    process.send((user + system) / 1000 / (performance.now() - began), () => process.exit());
  });
  process.send('ready');
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loupe-share-'));
  await writeFile(join(folder, 'busy.cjs'), BUSY);
});
afterAll(() => rm(folder, { recursive: true }));

it('a process that is said to be held to a share of a core is', async (context) => {
  const child = fork(join(folder, 'busy.cjs'), { execArgv: [] });
  try {
    await once(child, 'message');
    const held = await CpuShare.hold([child.pid ?? 0], SHARE);
    if (!held) return context.skip('control groups are not to be had here');
    child.send('go');
    const [had] = (await once(child, 'message')) as [number];
    await once(child, 'exit');
    await held[Symbol.asyncDispose]();
    expect(had).toBeLessThan(SHARE * 2);
  } finally {
    child.kill('SIGKILL');
  }
});
