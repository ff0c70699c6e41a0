import type * as Ort from 'onnxruntime-web/wasm';
import type { createSerialQueue } from './serial-queue.ts';
import { isGpuTensor, type RunInputs, type Session, type Tensor, type TensorShape } from './runtime.ts';

type Shapes = Pick<Session, 'inputs' | 'outputs'>;

/** The model's one input and the GPU memory that it keeps for all runs. */
export interface GpuPort {
  readonly name: string;
  readonly shape: readonly number[];
  readonly length: number;
  readonly buffer: GPUBuffer;
}

/** Undefined where the model has open dimensions, another element type than float32 or more than one input. */
export function gpuPortOf(device: GPUDevice, { inputs, outputs }: Shapes): GpuPort | undefined {
  const [input] = inputs;
  if (!input || inputs.length > 1 || ![input, ...outputs].every(isFixed)) return undefined;
  const shape = input.shape.map(Number);
  const length = shape.reduce((product, side) => product * side, 1);
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const usage = STORAGE | COPY_DST | COPY_SRC;
  return { name: input.name, shape, length, buffer: device.createBuffer({ size: length * 4, usage }) };
}

const isFixed = ({ type, shape }: TensorShape): boolean =>
  type === 'float32' && shape.length > 0 && shape.every((side) => typeof side === 'number' && side > 0);

interface GpuSessionParts {
  readonly ort: typeof Ort;
  /** Made so that its answers stay on the GPU. */
  readonly session: Ort.InferenceSession;
  readonly shapes: Shapes;
  readonly device: GPUDevice;
  readonly port: GpuPort;
  readonly queue: ReturnType<typeof createSerialQueue>;
  readonly captured: boolean;
}

/**
 * Runs a model from a GPU buffer that never changes, as a captured graph needs it: the input may be made on the GPU,
 * and only the answers are read back. Answers are not given buffers of ours: from the second run of a captured graph
 * on, onnxruntime-web 1.30 does not know them again. The buffer is freed with the session.
 */
export function gpuSession({
  ort,
  session,
  shapes,
  device,
  port,
  queue,
  captured,
}: GpuSessionParts): Session {
  const { name, shape, buffer } = port;
  const feeds = { [name]: ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: shape }) };
  const run = async (inputs: RunInputs): Promise<Readonly<Record<string, Tensor>>> => {
    fill(device, port, inputs);
    const answers = Object.entries(await session.run(feeds));
    try {
      const read = answers.map(async ([called, tensor]) => [called, await onCpuOf(called, tensor)] as const);
      return Object.fromEntries(await Promise.all(read));
    } finally {
      for (const [, tensor] of answers) tensor.dispose();
    }
  };
  return {
    ...shapes,
    run: (inputs) => queue(() => run(inputs)),
    gpuInput: { device, buffer, captured },
    dispose: () =>
      queue(async () => {
        await session.release();
        buffer.destroy();
      }),
  };
}

async function onCpuOf(name: string, tensor: Ort.Tensor): Promise<Tensor> {
  const data = await tensor.getData();
  if (data instanceof Float32Array) return { data, shape: tensor.dims };
  throw new Error(`output ${name} is not float32`);
}

/** Throws where the input is not the model's own. */
function fill(device: GPUDevice, { name, shape, length, buffer }: GpuPort, inputs: RunInputs): void {
  const given = inputs[name];
  if (!given) throw new Error(`no input ${name}`);
  if (given.shape.join() !== shape.join()) {
    throw new RangeError(`input ${name} is ${given.shape.join('x')}, not ${shape.join('x')}`);
  }
  if (isGpuTensor(given)) {
    if (given.buffer !== buffer) throw new Error(`input ${name} lies in memory of another session`);
    return;
  }
  if (!(given.data instanceof Float32Array) || given.data.length !== length) {
    throw new RangeError(`input ${name} does not hold ${length} float32 values`);
  }
  device.queue.writeBuffer(buffer, 0, given.data as Float32Array<ArrayBuffer>);
}
