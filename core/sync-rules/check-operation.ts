import type { SentOperation } from '../contract/sync.ts';
import { PARENTS, wrongField, wrongRecord } from '../contract/operation-fields.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { isDeleted, shown, type MergedRecord } from './merge.ts';

/** Looks a record of the same tenant up; undefined where there is none, deleted ones included. */
export type FindRecord = (entity: SentOperation['entity'], id: string) => Promise<MergedRecord | undefined>;

const HALF_CHARACTER = /\p{Surrogate}/u;
/** Rounding by a pixel on either side is no fault. */
const SLACK_PX = 1;
/** What a technician may set; the others are a reviewer's or the server's. */
const OWN_STATUSES: readonly unknown[] = ['draft', 'finalised'];
/** What the sign-off writes by itself. */
const OFFICE_FIELDS = ['office', 'revision'] as const;

/** Why an operation is refused before it is merged; undefined where it is not. */
export async function objection(
  operation: SentOperation,
  find: FindRecord,
  before: MergedRecord | undefined,
): Promise<string | undefined> {
  if (operation.kind === 'delete') return undefined;
  return (
    wrongText(operation.fields) ??
    wrongField(operation) ??
    wrongStatus(operation, before) ??
    (await wrongParent(operation, find, before)) ??
    (await wrongPlace(operation, find, before))
  );
}

/** Why a record as it would show after the merge is none; undefined where it is one. */
export function objectionAfter(record: MergedRecord): string | undefined {
  if (isDeleted(record)) return undefined;
  const values = Object.keys(record.fields)
    .map((name) => [name, shown(record, name)] as const)
    .filter(([, value]) => value !== undefined);
  return wrongRecord(record.entity, { ...Object.fromEntries(values), id: record.id, schemaV: 1 });
}

/** Databases take neither NUL nor half a surrogate pair. */
function wrongText(value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (value.includes('\0')) return 'a text holds NUL';
    return HALF_CHARACTER.test(value) ? 'a text holds half a character' : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const wrong = wrongText(name) ?? wrongText(member);
    if (wrong) return wrong;
  }
  return undefined;
}

function wrongStatus(
  { entity, fields }: SentOperation,
  before: MergedRecord | undefined,
): string | undefined {
  if (entity !== 'inspection') return undefined;
  if (fields['demo'] === true) return 'a demo is never sent';
  const status = fields['status'];
  const isOwn =
    status === undefined || OWN_STATUSES.includes(status) || isUnchanged('status', fields, before);
  if (!isOwn) return 'a device may not set this status';
  const office = OFFICE_FIELDS.find((name) => name in fields && !isUnchanged(name, fields, before));
  return office && `a device may not set ${office}`;
}

/** Unchanged is no setting: undo of a deletion sends every field again. */
const isUnchanged = (
  name: string,
  fields: SentOperation['fields'],
  before: MergedRecord | undefined,
): boolean =>
  before !== undefined && canonicalJson(shown(before, name) ?? null) === canonicalJson(fields[name] ?? null);

async function wrongParent(
  { entity, fields }: SentOperation,
  find: FindRecord,
  before: MergedRecord | undefined,
): Promise<string | undefined> {
  for (const [name, parent] of Object.entries(PARENTS[entity])) {
    const id = fields[name];
    if (typeof id !== 'string') continue;
    const former = before && shown(before, name);
    if (former !== undefined && former !== id) return `${name} never changes`;
    const found = await find(parent, id);
    if (!found) return `there is no ${parent} ${id}`;
    const inspection = shown(found, 'inspectionId');
    if (
      inspection !== undefined &&
      fields['inspectionId'] !== undefined &&
      inspection !== fields['inspectionId']
    ) {
      return `${parent} ${id} belongs to another inspection`;
    }
  }
  return undefined;
}

/** A finding lies on its photo, as far as the photo's size is known. */
async function wrongPlace(
  { entity, fields }: SentOperation,
  find: FindRecord,
  before: MergedRecord | undefined,
): Promise<string | undefined> {
  const box = entity === 'finding' ? boxOf(fields['geometry']) : undefined;
  if (!box) return undefined;
  const capture = fields['captureId'] ?? (before && shown(before, 'captureId'));
  const photo = typeof capture === 'string' ? await find('capture', capture) : undefined;
  const size = photo && shown(photo, 'size');
  if (!isSize(size)) return undefined;
  const [left, top, right, bottom] = box;
  const isInside =
    left >= -SLACK_PX &&
    top >= -SLACK_PX &&
    right <= size.width + SLACK_PX &&
    bottom <= size.height + SLACK_PX;
  return isInside ? undefined : 'the finding lies outside of its photo';
}

type Edges = readonly [left: number, top: number, right: number, bottom: number];

/** `geometry` has been parsed by its schema before. */
function boxOf(geometry: unknown): Edges | undefined {
  if (typeof geometry !== 'object' || geometry === null) return undefined;
  if ('box' in geometry) {
    const { x, y, width, height } = geometry.box as { x: number; y: number; width: number; height: number };
    return [x, y, x + width, y + height];
  }
  if (!('points' in geometry)) return undefined;
  const points = geometry.points as readonly (readonly [number, number])[];
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [least(xs), least(ys), most(xs), most(ys)];
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

const isSize = (value: unknown): value is { readonly width: number; readonly height: number } =>
  typeof value === 'object' && value !== null && 'width' in value && 'height' in value;
