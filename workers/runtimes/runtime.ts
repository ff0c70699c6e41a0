import type { RuntimeId } from '../../core/contract/runtime.ts';

/** Dense row-major values; `data.length` is the product of `shape`. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

export interface TensorShape {
  readonly name: string;
  /** 'float32', 'uint8', … as the model names it. */
  readonly type: string;
  /** A string is a dimension that the model leaves open. */
  readonly shape: readonly (number | string)[];
}

/** A loaded model. Errors of `run` are thrown; after one the worker should be replaced. */
export interface Session {
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
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
  create(modelBytes: Uint8Array<ArrayBuffer>): Promise<Session>;
}
