import * as v from 'valibot';
import type { io } from '@tensorflow/tfjs-core';
import type { TensorShape } from './runtime.ts';

const port = v.object({
  name: v.string(),
  dtype: v.literal('DT_FLOAT'),
  tensorShape: v.object({ dim: v.array(v.object({ size: v.pipe(v.string(), v.toNumber()) })) }),
});

/** model.json of a tfjs graph model, as far as we read it; the library reads the topology. */
const GraphModelFile = v.object({
  format: v.literal('graph-model'),
  signature: v.object({ inputs: v.record(v.string(), port), outputs: v.record(v.string(), port) }),
  modelTopology: v.looseObject({ node: v.array(v.looseObject({ name: v.string(), op: v.string() })) }),
  weightsManifest: v.tuple([
    v.object({
      weights: v.array(
        v.object({
          name: v.string(),
          shape: v.array(v.number()),
          dtype: v.picklist(['float32', 'int32']),
          /** Kept in two bytes, computed with in four. */
          quantization: v.optional(
            v.object({ dtype: v.literal('float16'), original_dtype: v.literal('float32') }),
          ),
        }),
      ),
    }),
  ]),
});
type GraphModelFile = v.InferOutput<typeof GraphModelFile>;

export interface TfjsModel {
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
  readonly artifacts: io.ModelArtifacts;
}

/** Errors: throws where this is no graph model, or its weights are longer or shorter than it says. */
export function readTfjsModel(
  modelBytes: Uint8Array<ArrayBuffer>,
  weightBytes: Uint8Array<ArrayBuffer>,
): TfjsModel {
  const file = v.parse(
    v.pipe(v.string(), v.parseJson(), GraphModelFile),
    new TextDecoder().decode(modelBytes),
  );
  const { modelTopology, signature, weightsManifest } = file;
  const [{ weights }] = weightsManifest;
  const wanted = weights.reduce(
    (sum, { shape, quantization }) =>
      sum + shape.reduce((product, side) => product * side, quantization ? 2 : 4),
    0,
  );
  if (wanted !== weightBytes.byteLength) {
    throw new Error(`the model wants ${wanted} bytes of weights, not ${weightBytes.byteLength}`);
  }
  return {
    inputs: shapesOf(signature.inputs),
    outputs: shapesOf(signature.outputs),
    artifacts: {
      modelTopology,
      weightSpecs: weights.map(({ quantization, ...spec }) => ({
        ...spec,
        ...(quantization && { quantization }),
      })),
      weightData: weightBytes.slice().buffer,
      signature,
    },
  };
}

const shapesOf = (ports: GraphModelFile['signature']['inputs']): readonly TensorShape[] =>
  Object.entries(ports).map(([name, { tensorShape }]) => ({
    name,
    type: 'float32',
    shape: tensorShape.dim.map(({ size }) => size),
  }));
