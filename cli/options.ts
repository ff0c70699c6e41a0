import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { Precision } from '../core/contract/model-manifest.ts';
import { RuntimeId } from '../core/contract/runtime.ts';

/** A wrong command line: its message is all that the person needs, no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const threshold = v.pipe(v.string(), v.transform(Number), v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.string(), v.transform(Number), v.number(), v.integer(), v.minValue(1));
const pixels = v.pipe(v.string(), v.transform(Number), v.number(), v.integer(), v.minValue(0));

const PipelineOptions = v.object({
  model: v.string('name the model: --model ID'),
  runtime: v.optional(RuntimeId),
  precision: v.optional(Precision),
  threshold: v.optional(threshold),
  thorough: v.optional(v.boolean(), false),
  json: v.optional(v.boolean(), false),
});
export type PipelineOptions = v.InferOutput<typeof PipelineOptions>;

const pipelineFlags = {
  model: { type: 'string' },
  runtime: { type: 'string' },
  precision: { type: 'string' },
  threshold: { type: 'string' },
  thorough: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export const DetectOptions = v.object({
  ...PipelineOptions.entries,
  photos: v.pipe(v.array(v.string()), v.minLength(1, 'name at least one photo or folder')),
});
export type DetectOptions = v.InferOutput<typeof DetectOptions>;

export function parseDetectOptions(args: readonly string[]): DetectOptions {
  return parse(DetectOptions, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: pipelineFlags,
      allowPositionals: true,
    });
    return { model: undefined, ...values, photos: positionals };
  });
}

export const EvaluateOptions = v.pipe(
  v.object({
    ...PipelineOptions.entries,
    data: v.optional(v.string()),
    images: v.optional(v.string()),
    labels: v.optional(v.string()),
    format: v.picklist(['yolo', 'voc', 'coco', 'mask'], 'name the format: --format yolo|voc|coco|mask'),
    tolerance: v.optional(pixels, '0'),
    limit: v.optional(count),
    bootstrap: v.optional(count),
    references: v.optional(v.string()),
  }),
  v.check(
    ({ data, images, labels }) => data !== undefined || (images !== undefined && labels !== undefined),
    'name the data: --data DIR, or --images DIR --labels DIR',
  ),
);
export type EvaluateOptions = v.InferOutput<typeof EvaluateOptions>;

export function parseEvaluateOptions(args: readonly string[]): EvaluateOptions {
  return parse(EvaluateOptions, () => {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...pipelineFlags,
        data: text,
        images: text,
        labels: text,
        format: text,
        tolerance: text,
        limit: text,
        bootstrap: text,
        references: text,
      },
    });
    return { model: undefined, format: undefined, ...values };
  });
}

export const EvaluateAllOptions = v.object({
  limit: v.optional(count),
  only: v.optional(v.string()),
  'every-file': v.optional(v.boolean()),
});
export type EvaluateAllOptions = v.InferOutput<typeof EvaluateAllOptions>;

export function parseEvaluateAllOptions(args: readonly string[]): EvaluateAllOptions {
  return parse(EvaluateAllOptions, () => {
    const options = {
      all: { type: 'boolean' },
      limit: { type: 'string' },
      only: { type: 'string' },
      'every-file': { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  });
}

function parse<Schema extends v.GenericSchema>(schema: Schema, read: () => unknown): v.InferOutput<Schema> {
  let raw: unknown;
  try {
    raw = read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const result = v.safeParse(schema, raw);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new UsageError(where ? `--${where}: ${issue.message}` : issue.message);
}
