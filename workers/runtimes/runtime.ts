import type { RuntimeId } from '../../core/contract/runtime.ts';

/** Dense row-major values; `data.length` is the product of `shape`. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

/** A tensor that was made where the model reads it: `buffer` is the session's own input. */
export interface GpuTensor {
  readonly shape: readonly number[];
  readonly buffer: GPUBuffer;
}

export type RunInputs = Readonly<Record<string, Tensor | GpuTensor>>;

export const isGpuTensor = (tensor: Tensor | GpuTensor): tensor is GpuTensor => 'buffer' in tensor;

/** For runtimes whose models read from the CPU's memory. Throws for a tensor on the GPU. */
export function onCpu(name: string, tensor: Tensor | GpuTensor): Tensor {
  if (isGpuTensor(tensor)) throw new Error(`input ${name} lies on the GPU`);
  return tensor;
}

export interface TensorShape {
  readonly name: string;
  /** 'float32', 'uint8', … as the model names it. */
  readonly type: string;
  /** A string is a dimension that the model leaves open. */
  readonly shape: readonly (number | string)[];
}

export interface GpuInput {
  readonly device: GPUDevice;
  readonly buffer: GPUBuffer;
  /** All of the model's steps are recorded once and played from then on. */
  readonly captured: boolean;
}

/** A loaded model. Errors of `run` are thrown; after one the worker should be replaced. */
export interface Session {
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
  run(inputs: RunInputs): Promise<Readonly<Record<string, Tensor>>>;
  /** Where the input may be written on the GPU, between runs only. Absent: it comes from the CPU. */
  readonly gpuInput?: GpuInput;
  dispose(): Promise<void>;
}

/**
 * A library with a backend. All of a runtime's creates and runs pass one queue, since overlapping ones hang
 * or corrupt. A failed start sticks until the worker is replaced.
 */
export interface Runtime {
  readonly id: RuntimeId;
  readonly threads: number;
  /** Resolves when this runtime can never work again, e.g. because the GPU was taken away. */
  readonly lost: Promise<string>;
  /** `weightBytes` for formats that keep the weights in a second file. */
  create(modelBytes: Uint8Array<ArrayBuffer>, weightBytes?: Uint8Array<ArrayBuffer>): Promise<Session>;
}
