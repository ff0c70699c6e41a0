import { expect, it } from 'vitest';
import { detectCapabilities } from '../../../workers/runtimes/detect-capabilities.ts';
import { openOnnxWasm } from '../../../workers/runtimes/onnx-wasm.ts';
import { describeRuntime } from './runtime-suite.ts';

describeRuntime('onnx-wasm', 'with all threads', async () =>
  openOnnxWasm((await detectCapabilities()).wasmThreads),
);

it('has threads where the page is cross-origin isolated', async () => {
  const capabilities = await detectCapabilities();
  expect(capabilities.crossOriginIsolated).toBe(true);
  expect(capabilities.wasmThreads).toBeGreaterThan(1);
  expect(Object.isFrozen(capabilities)).toBe(true);
  expect(await detectCapabilities()).toBe(capabilities);
});
