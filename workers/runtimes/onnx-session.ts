import type * as Ort from 'onnxruntime-web/wasm';
import { gpuPortOf, gpuSession } from './gpu-session.ts';
import { onCpu, type RunInputs, type Session, type Tensor, type TensorShape } from './runtime.ts';
import { createSerialQueue } from './serial-queue.ts';

/** One for the whole worker: overlapping creates or runs of any two sessions hang or corrupt. */
const queue = createSerialQueue();

/** Errors: throws what the library throws, and for tensors that are neither float32 nor uint8. */
export function createOnnxSession(
  ort: typeof Ort,
  modelBytes: Uint8Array<ArrayBuffer>,
  options: Ort.InferenceSession.SessionOptions,
): Promise<Session> {
  return queue(async () => plain(ort, await ort.InferenceSession.create(modelBytes, options)));
}

const plain = (ort: typeof Ort, session: Ort.InferenceSession): Session => ({
  ...shapesOf(session),
  run: (inputs) => queue(() => run(ort, session, inputs)),
  dispose: () => queue(() => session.release()),
});

const shapesOf = (session: Ort.InferenceSession): Pick<Session, 'inputs' | 'outputs'> => ({
  inputs: session.inputMetadata.map(shapeOf),
  outputs: session.outputMetadata.map(shapeOf),
});

/**
 * As above, with input and answers in GPU memory where the model allows it, and its graph captured where all of it
 * runs on the GPU. What the GPU refuses runs as any other model does.
 */
export function createGpuSession(
  ort: typeof Ort,
  modelBytes: Uint8Array<ArrayBuffer>,
  options: Ort.InferenceSession.SessionOptions,
  device: GPUDevice,
): Promise<Session> {
  return queue(async () => {
    const capture = { ...options, enableGraphCapture: true } as const;
    const captured = await ort.InferenceSession.create(modelBytes, capture).catch(() => undefined);
    const onGpu = { ...options, preferredOutputLocation: 'gpu-buffer' } as const;
    const session = captured ?? (await ort.InferenceSession.create(modelBytes, onGpu));
    const shapes = shapesOf(session);
    const port = gpuPortOf(device, shapes);
    if (port) {
      const parts = { ort, session, shapes, device, port, queue };
      return gpuSession({ ...parts, captured: captured !== undefined });
    }
    await session.release();
    return plain(ort, await ort.InferenceSession.create(modelBytes, options));
  });
}

async function run(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  inputs: RunInputs,
): Promise<Readonly<Record<string, Tensor>>> {
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [name, toOrt(ort, onCpu(name, tensor))]),
  );
  const results = await session.run(feeds);
  return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrt(name, value)]));
}

const toOrt = (ort: typeof Ort, { data, shape }: Tensor): Ort.Tensor =>
  data instanceof Float32Array
    ? new ort.Tensor('float32', data, shape)
    : new ort.Tensor('uint8', data, shape);

function fromOrt(name: string, value: Ort.OnnxValue): Tensor {
  const { data, dims } = value;
  if (data instanceof Float32Array || data instanceof Uint8Array) return { data, shape: dims };
  throw new Error(`output ${name} is neither float32 nor uint8`);
}

const shapeOf = (metadata: Ort.InferenceSession.ValueMetadata): TensorShape =>
  metadata.isTensor
    ? { name: metadata.name, type: metadata.type, shape: metadata.shape }
    : { name: metadata.name, type: 'not a tensor', shape: [] };
