import * as v from 'valibot';
import { DAMAGE_TYPES } from '../domain/damage-types.ts';
import { Sha256 } from './ids.ts';

/**
 * A model pack's manifest, models/<id>/<version>/manifest.json.
 * Versions: 1 first form.
 */
const slug = v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'not a slug'));
const semver = v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, 'not a version'));
/** A file of the pack beside its manifest; never a path out of it. */
const packFile = v.pipe(
  v.string(),
  v.regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'not a file of the pack'),
);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** Beyond 8 a photo is no sharper, and a hostile pack would cut it into millions of tiles. */
const zoom = v.pipe(v.number(), v.minValue(1 / 64), v.maxValue(8));
const side = v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(4096));

export const Precision = v.picklist(['fp32', 'fp16', 'uint8']);
export type Precision = v.InferOutput<typeof Precision>;

export const ModelFile = v.object({
  path: packFile,
  sha256: Sha256,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  format: v.picklist(['onnx', 'tfjs', 'tflite']),
  precision: Precision,
  for: v.array(v.picklist(['wasm', 'webgpu'])),
});
export type ModelFile = v.InferOutput<typeof ModelFile>;

/** tensor value = (pixel * scale - mean[c]) / std[c], c in the order of `channels`. */
export const ModelInput = v.object({
  name: v.string(),
  width: side,
  height: side,
  layout: v.picklist(['nchw', 'nhwc']),
  dtype: v.picklist(['float32', 'uint8']),
  channels: v.picklist(['rgb', 'bgr', 'gray']),
  scale: v.number(),
  mean: v.array(v.number()),
  std: v.array(v.number()),
  resize: v.picklist(['letterbox', 'stretch', 'tile']),
  pad: v.pipe(v.number(), v.minValue(0), v.maxValue(255)),
});
export type ModelInput = v.InferOutput<typeof ModelInput>;

/**
 * yolox: [1, cells, 5 + classes], grid undecoded, objectness and classes after sigmoid.
 * mask-logits: [1, classes, height / stride, width / stride].
 * patch-features: [1, dimensions, rows, columns].
 */
export const ModelOutput = v.variant('kind', [
  v.object({ kind: v.literal('yolox'), name: v.string(), strides: v.array(v.number()) }),
  v.object({ kind: v.literal('mask-logits'), name: v.string(), stride: v.number() }),
  v.object({ kind: v.literal('patch-features'), name: v.string() }),
]);
export type ModelOutput = v.InferOutput<typeof ModelOutput>;

export const ModelManifest = v.object({
  schema: v.literal(1),
  id: slug,
  version: semver,
  title: v.string(),
  task: v.picklist(['detect', 'segment', 'embed']),
  files: v.pipe(v.array(ModelFile), v.minLength(1)),
  input: ModelInput,
  output: ModelOutput,
  /** Whole-photo answer beside the findings: p = sigmoid((logit + bias) / temperature). */
  imageLevel: v.optional(v.object({ name: v.string(), temperature: v.number(), bias: v.number() })),
  labels: v.array(v.object({ index: v.number(), name: v.string(), damageType: v.picklist(DAMAGE_TYPES) })),
  thresholds: v.object({
    default: share,
    perLabel: v.record(v.string(), share),
    nmsIou: share,
    /** Smallest connected region of a mask that counts as a finding, in photo pixels. */
    minRegionPixels: v.optional(v.number()),
  }),
  /** The photo is looked at in each of these zooms; 2 means enlarged twice before tiling. */
  tiling: v.object({ overlap: share, scales: v.pipe(v.array(zoom), v.minLength(1), v.maxLength(8)) }),
  metrics: v.array(
    v.object({
      name: v.string(),
      value: v.number(),
      low: v.optional(v.number()),
      high: v.optional(v.number()),
      data: v.string(),
      runtime: v.string(),
      precision: Precision,
    }),
  ),
  golden: packFile,
  card: packFile,
  licence: v.object({ id: v.string(), commercial: v.boolean(), note: v.string() }),
  minApp: semver,
});
export type ModelManifest = v.InferOutput<typeof ModelManifest>;

/** models/index.json: the packs that this deployment offers. */
export const PackIndex = v.object({
  packs: v.array(v.object({ id: slug, version: semver, manifest: packFile })),
});
export type PackIndex = v.InferOutput<typeof PackIndex>;
