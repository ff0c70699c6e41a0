import { expect, it } from 'vitest';
import { openTfjsWebgpu } from '../../../workers/runtimes/tfjs-webgpu.ts';
import { describeRuntime } from './runtime-suite.ts';

describeRuntime('tfjs-webgpu', 'software adapter', () => openTfjsWebgpu({ allowFallbackAdapter: true }));

it('refuses a software adapter unless it is asked for', async () => {
  await expect(openTfjsWebgpu({ allowFallbackAdapter: false })).rejects.toThrow('software');
});
