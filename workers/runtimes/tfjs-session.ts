import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { enableProdMode, io, setBackend, tensor, type Tensor as TfjsTensor } from '@tensorflow/tfjs-core';
import { onCpu, type RunInputs, type Session, type Tensor } from './runtime.ts';
import { createSerialQueue } from './serial-queue.ts';
import { readTfjsModel } from './tfjs-model.ts';

/** The library has one backend at a time for the whole worker. */
const queue = createSerialQueue();

/** Errors: throws what the library throws, and for a tensor that is not float32. */
export function createTfjsSession(
  backend: 'wasm' | 'webgpu',
  modelBytes: Uint8Array<ArrayBuffer>,
  weightBytes: Uint8Array<ArrayBuffer> | undefined,
): Promise<Session> {
  const work = <Value>(task: () => Promise<Value>): Promise<Value> =>
    queue(async () => {
      await selectBackend(backend);
      return task();
    });
  return work(async () => {
    if (!weightBytes) throw new Error('a tfjs model has its weights in a file of their own');
    const { inputs, outputs, artifacts } = readTfjsModel(modelBytes, weightBytes);
    const model = await loadGraphModel(io.fromMemory(artifacts));
    const names = outputs.map(({ name }) => name);
    return {
      inputs,
      outputs,
      run: (values) => work(() => run(model, values, names)),
      dispose: () => work(async () => model.dispose()),
    };
  });
}

export async function selectBackend(name: 'wasm' | 'webgpu'): Promise<void> {
  enableProdMode();
  if (!(await setBackend(name))) throw new Error(`TensorFlow.js cannot start its ${name} backend`);
}

async function run(model: GraphModel, values: RunInputs, names: string[]) {
  const inputs = Object.entries(values).map(
    ([name, value]) => [name, toTfjs(name, onCpu(name, value))] as const,
  );
  let outputs: readonly TfjsTensor[] = [];
  try {
    const answer = model.execute(Object.fromEntries(inputs), names);
    outputs = Array.isArray(answer) ? answer : [answer];
    const read = outputs.map(async (output, at) => [names[at] ?? '', await fromTfjs(output)] as const);
    return Object.fromEntries(await Promise.all(read));
  } finally {
    for (const value of [...inputs.map(([, input]) => input), ...outputs]) value.dispose();
  }
}

function toTfjs(name: string, { data, shape }: Tensor): TfjsTensor {
  if (!(data instanceof Float32Array)) throw new Error(`input ${name} is not float32`);
  return tensor(data, [...shape], 'float32');
}

async function fromTfjs(output: TfjsTensor): Promise<Tensor> {
  const data = await output.data<'float32'>();
  return { shape: output.shape, data };
}
