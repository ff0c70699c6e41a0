import type * as Ort from 'onnxruntime-web/wasm';
import type { Session, Tensor, TensorShape } from './runtime.ts';
import { createSerialQueue } from './serial-queue.ts';

/** One for the whole worker: overlapping creates or runs of any two sessions hang or corrupt. */
const queue = createSerialQueue();

/** Errors: throws what the library throws, and for tensors that are neither float32 nor uint8. */
export function createOnnxSession(
  ort: typeof Ort,
  modelBytes: Uint8Array<ArrayBuffer>,
  options: Ort.InferenceSession.SessionOptions,
): Promise<Session> {
  return queue(async () => {
    const session = await ort.InferenceSession.create(modelBytes, options);
    return {
      inputs: session.inputMetadata.map(shapeOf),
      outputs: session.outputMetadata.map(shapeOf),
      run: (inputs) => queue(() => run(ort, session, inputs)),
      dispose: () => queue(() => session.release()),
    };
  });
}

async function run(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Tensor>>> {
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [name, toOrt(ort, tensor)]),
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
