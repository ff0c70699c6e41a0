import * as v from 'valibot';
import { Precision } from './model-manifest.ts';

const tolerance = v.object({ abs: v.number(), rel: v.number() });
const cases = v.array(
  v.object({
    name: v.string(),
    precision: v.optional(Precision),
    input: v.object({ kind: v.literal('blocks'), seed: v.number(), blocks: v.number() }),
    outputs: v.array(
      v.object({
        name: v.string(),
        shape: v.array(v.number()),
        indices: v.array(v.number()),
        values: v.array(v.number()),
      }),
    ),
  }),
);

/**
 * golden.json: what a runtime must reproduce before it is trusted with a model on this device.
 * The `blocks` input is an RGB image of the model's input size made of blocks x blocks flat cells drawn by
 * mulberry32(seed) in the order row, column, channel; it passes the same packing as a photo's tile.
 */
export const GoldenFile = v.object({
  schema: v.literal(1),
  cases,
  /** What the pack's scout must reproduce before it decides what the model sees. */
  scout: v.optional(cases),
  tolerance: v.record(v.string(), tolerance),
});
export type GoldenFile = v.InferOutput<typeof GoldenFile>;
