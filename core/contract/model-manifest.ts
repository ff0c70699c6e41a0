import * as v from 'valibot';
import { DAMAGE_TYPES } from '../domain/damage-types.ts';
import { Sha256 } from './ids.ts';

/**
 * A model pack's manifest, models/<id>/<version>/manifest.json.
 * Versions: 1 first form.
 */
export const PackId = v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'not a slug'), v.maxLength(100));
export const Semver = v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, 'not a version'), v.maxLength(50));
/** A file of the pack beside its manifest; never a path out of it. */
const packFile = v.pipe(
  v.string(),
  v.maxLength(200),
  v.regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'not a file of the pack'),
);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** Beyond 8 a photo is no sharper, and a hostile pack would cut it into millions of tiles. */
const zoom = v.pipe(v.number(), v.minValue(1 / 64), v.maxValue(8));
const side = v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(4096));

export const Precision = v.picklist(['fp32', 'fp16', 'uint8']);
export type Precision = v.InferOutput<typeof Precision>;

/** One file of a pack: never trusted before its hash was checked. */
export const PackPart = v.object({
  path: packFile,
  sha256: Sha256,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
export type PackPart = v.InferOutput<typeof PackPart>;

export const ModelFile = v.object({
  ...PackPart.entries,
  /** Formats that keep the weights in a second file (tfjs) name it here. */
  weights: v.optional(PackPart),
  /** In the same format, for the same runtimes: see `tiling.firstLook.scout`. Absent: the model looks itself. */
  scout: v.optional(PackPart),
  format: v.picklist(['onnx', 'tfjs', 'tflite']),
  precision: Precision,
  for: v.array(v.picklist(['wasm', 'webgpu'])),
});
export type ModelFile = v.InferOutput<typeof ModelFile>;

/** How a photo is looked at first, and what makes a place of it suspect. */
const FirstLook = v.object({
  zoom,
  overlap: share,
  minScore: v.pipe(share, v.gtValue(0), v.ltValue(1)),
  /** Photo pixels around a suspect. */
  margin: v.pipe(v.number(), v.minValue(0)),
});
export type FirstLook = v.InferOutput<typeof FirstLook>;

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
  v.object({
    kind: v.literal('patch-features'),
    name: v.string(),
    /** A memory holds at most `patches`; a photo is as unusual as the mean of its highest `share` of distances. */
    memory: v.object({
      patches: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)),
      share: v.pipe(share, v.gtValue(0)),
    }),
  }),
]);
export type ModelOutput = v.InferOutput<typeof ModelOutput>;

export const ModelManifest = v.object({
  schema: v.literal(1),
  id: PackId,
  version: Semver,
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
    /**
     * Boxes of one class that overlap the box that stays by at least this lend it their corners, weighed by
     * score: annotators and heads agree on a damage sooner than on its outline. Absent: the best box alone.
     */
    fuseIou: v.optional(share),
    /** Smallest connected region of a mask that counts as a finding, in photo pixels. */
    minRegionPixels: v.optional(v.number()),
  }),
  /** The photo is looked at in each of these zooms; 2 means enlarged twice before tiling. */
  tiling: v.object({
    overlap: share,
    scales: v.pipe(v.array(zoom), v.minLength(1), v.maxLength(8)),
    /**
     * Coarse to fine: the model looks at the photo in this zoom first, and of a large photo only tiles are run
     * in which something scores `minScore`, with `margin` photo pixels around it. Absent: every tile is run.
     */
    firstLook: v.optional(
      v.object({
        ...FirstLook.entries,
        /**
         * A small network that looks in the model's place, by its own advice: the model's input, and for each
         * cell of `stride` input pixels the logit [1, 1, height / stride, width / stride] of damage there.
         */
        scout: v.optional(
          v.object({
            ...FirstLook.entries,
            name: v.string(),
            stride: v.number(),
            /**
             * What a detector scores below its threshold, but not below this share of it, is looked at once more, with
             * another tile around it: overlapping tiles would have given it a second chance. 1: nothing is.
             */
            doubt: v.optional(share, 1),
          }),
        ),
      }),
    ),
  }),
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
  minApp: Semver,
});
export type ModelManifest = v.InferOutput<typeof ModelManifest>;

/** models/index.json: the packs that this deployment offers. */
export const PackIndex = v.object({
  packs: v.array(v.object({ id: PackId, version: Semver, manifest: packFile })),
});
export type PackIndex = v.InferOutput<typeof PackIndex>;
