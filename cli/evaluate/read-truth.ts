import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { CocoLabels } from '../../core/contract/coco-labels.ts';
import type { Size } from '../../core/contract/geometry.ts';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { readCoco, type CocoPhoto } from '../../core/evaluate/parse-coco.ts';
import { parseVoc } from '../../core/evaluate/parse-voc.ts';
import { parseYolo } from '../../core/evaluate/parse-yolo.ts';
import type { LabelFailure, Truth } from '../../core/evaluate/truth.ts';
import type { EvaluateOptions } from '../options.ts';
import type { LabelledPhoto } from './dataset.ts';

type Read<Value> = Promise<Outcome<Value, LabelFailure>>;
type ClassOf = (name: string) => number | undefined;

/** Reads the labelled damages of a photo of this size, in its pixels. */
export type ReadTruth = (photo: LabelledPhoto, size: Size) => Read<readonly Truth[]>;

/** A segmenter's truth is damage or not, whatever its class; a detector's classes must be the model's. */
export function truthReader(
  format: Exclude<EvaluateOptions['format'], 'mask'>,
  { task, labels }: Pick<ModelManifest, 'task' | 'labels'>,
): ReadTruth {
  const byName = new Map(labels.map(({ name, index }) => [plain(name), index]));
  const classOf: ClassOf = task === 'segment' ? () => 0 : (name) => byName.get(plain(name));
  switch (format) {
    case 'yolo':
      return async (photo, size) => checkClasses(await readYolo(photo, size), task, byName.size);
    case 'voc':
      return (photo, size) => readVoc(photo, size, classOf);
    case 'coco':
      return cocoReader(classOf);
  }
}

/** Data sets spell one name as rolled-in_scale, Rolled-in scale, rolled-in-scale. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]+/g, '-');

const bad = (file: string, detail: string) => fail({ kind: 'bad-labels', file, detail } as const);

/** YOLO's own convention: a photo without a label file shows no damage. */
async function readYolo({ label }: LabelledPhoto, size: Size): Read<readonly Truth[]> {
  if (label === undefined) return succeed([]);
  return parseYolo(await readFile(label, 'utf8'), size, label);
}

function checkClasses(
  read: Outcome<readonly Truth[], LabelFailure>,
  task: ModelManifest['task'],
  classes: number,
): Outcome<readonly Truth[], LabelFailure> {
  const foreign = read.ok && task !== 'segment' && read.value.find(({ classIndex }) => classIndex >= classes);
  if (!foreign) return read;
  return bad('labels', `class ${foreign.classIndex}, but the model has ${classes} from 0`);
}

async function readVoc({ path, label }: LabelledPhoto, size: Size, classOf: ClassOf): Read<readonly Truth[]> {
  if (label === undefined) return bad(path, 'no annotation of this name');
  const annotation = parseVoc(await readFile(label, 'utf8'), classOf, label);
  if (!annotation.ok) return annotation;
  return sameSize(label, annotation.value.size, size) ?? succeed(annotation.value.truths);
}

/** One file for all photos: parsed once, at the first of them. */
function cocoReader(classOf: ClassOf): ReadTruth {
  let photos: Read<ReadonlyMap<string, CocoPhoto>> | undefined;
  return async ({ path, label }, size) => {
    if (label === undefined) return bad(path, 'no annotations');
    const all = await (photos ??= readCocoFile(label, classOf));
    if (!all.ok) return all;
    const photo = all.value.get(basename(path));
    if (!photo) return bad(label, `does not name ${basename(path)}`);
    return sameSize(label, photo.size, size) ?? succeed(photo.truths);
  };
}

async function readCocoFile(file: string, classOf: ClassOf): Read<ReadonlyMap<string, CocoPhoto>> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), CocoLabels), await readFile(file, 'utf8'));
  if (!parsed.success) return bad(file, parsed.issues[0].message);
  const read = readCoco(parsed.output, classOf, file);
  if (!read.ok) return read;
  return succeed(new Map([...read.value].map(([name, photo]) => [basename(name), photo])));
}

function sameSize(file: string, told: Size | undefined, photo: Size) {
  if (!told || (told.width === photo.width && told.height === photo.height)) return undefined;
  const [is, was] = [photo, told].map(({ width, height }) => `${width} x ${height} px`);
  return bad(file, `was made for ${was}, but the photo has ${is}`);
}
