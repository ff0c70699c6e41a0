import * as v from 'valibot';
import { DAMAGE_TYPES } from '../domain/damage-types.ts';

/** public/samples/index.json: photos rendered by training/synth, with the truth that was rendered. */
export const SampleIndex = v.object({
  schema: v.literal(1),
  samples: v.array(
    v.object({
      id: v.string(),
      file: v.string(),
      width: v.number(),
      height: v.number(),
      title: v.string(),
      assetType: v.string(),
      model: v.string(),
      seed: v.number(),
      mmPerPixel: v.optional(v.number()),
      defects: v.array(
        v.object({
          type: v.picklist(DAMAGE_TYPES),
          box: v.tuple([v.number(), v.number(), v.number(), v.number()]),
          mask: v.optional(v.string()),
        }),
      ),
    }),
  ),
});
export type SampleIndex = v.InferOutput<typeof SampleIndex>;
export type Sample = SampleIndex['samples'][number];
