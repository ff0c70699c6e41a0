import * as v from 'valibot';

/**
 * What the vision worker must know before its first message. It travels as the worker's name, so that the
 * script's URL stays the one that the build wrote.
 */
export const WorkerOptions = v.object({
  /** Absolute URL of the folder that holds the packs' index.json. */
  packs: v.pipe(v.string(), v.url()),
  /** Most WASM threads; absent: what the device can do. */
  threads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** WebGPU only on request: on iOS it crashes after some 500 runs (microsoft/onnxruntime issue 27584). */
  preferWasm: v.optional(v.boolean()),
  /** The GPU failed in the life before this one: not even a way chosen by hand may use it. */
  withoutGpu: v.optional(v.boolean()),
  /** Tests only: take a software WebGPU adapter for a real one. */
  fallbackGpu: v.optional(v.boolean()),
});
export type WorkerOptions = v.InferOutput<typeof WorkerOptions>;

export const toWorkerName = (options: WorkerOptions): string => JSON.stringify(options);

/** Throws where the name is not one of ours: a worker without options is a broken invariant. */
export const fromWorkerName = (name: string): WorkerOptions =>
  v.parse(v.pipe(v.string(), v.parseJson(), WorkerOptions), name);
