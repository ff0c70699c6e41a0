import { expect, it } from 'vitest';
import { openOnnxWasm } from '../../../workers/runtimes/onnx-wasm.ts';

it('starts where the device refuses 4 GiB of shared memory', async () => {
  const asked: (number | undefined)[] = [];
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(Memory, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      asked.push(descriptor.maximum);
      if ((descriptor.maximum ?? 0) > 20_000) throw new RangeError('planted: out of memory');
      return new Memory(descriptor);
    },
  });
  const runtime = await openOnnxWasm(2);
  const response = await fetch('/tests/fixtures/packs/tiny-mask/1.0.0/model.onnx');
  const session = await runtime.create(new Uint8Array(await response.arrayBuffer()));
  const images = { shape: [1, 3, 64, 64], data: new Float32Array(3 * 64 * 64).fill(1) };
  expect((await session.run({ images }))['output']?.data[0]).toBeCloseTo(10, 3);
  expect(asked).toEqual(expect.arrayContaining([65_536, 32_768, 16_384]));
});
