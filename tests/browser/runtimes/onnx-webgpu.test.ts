import { expect, it, vi } from 'vitest';
import { openOnnxWebgpu } from '../../../workers/runtimes/onnx-webgpu.ts';
import { describeRuntime } from './runtime-suite.ts';

const software = { threads: 1, allowFallbackAdapter: true } as const;

describeRuntime('onnx-webgpu', 'JSPI', () => openOnnxWebgpu({ ...software, jspi: true }));
describeRuntime('onnx-webgpu', 'Asyncify', () => openOnnxWebgpu({ ...software, jspi: false }));

it('refuses a software adapter unless it is asked for', async () => {
  await expect(openOnnxWebgpu({ ...software, jspi: true, allowFallbackAdapter: false })).rejects.toThrow(
    'software',
  );
});

it('rejects runs on a lost device instead of hanging', async () => {
  const requests = vi.spyOn(GPUAdapter.prototype, 'requestDevice');
  const runtime = await openOnnxWebgpu({ ...software, jspi: true });
  const response = await fetch('/tests/fixtures/packs/tiny-mask/1.0.0/model.onnx');
  const session = await runtime.create(new Uint8Array(await response.arrayBuffer()));
  for (const { value } of requests.mock.settledResults) (value as GPUDevice).destroy();
  const run = session.run({ images: { shape: [1, 3, 64, 64], data: new Float32Array(3 * 64 * 64) } });
  await expect(run).rejects.toThrow('lost');
  expect(await runtime.lost).toContain('lost');
  requests.mockRestore();
});
