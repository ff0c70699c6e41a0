import { openDB } from 'idb';
import type { CaptureId, InspectionId } from '../../../core/contract/ids.ts';
import type { Finding } from '../../../core/contract/records.ts';
import { openInspectionStore, type OpenStore } from '../../../src/storage/open-store.ts';
import { sha256 } from '../../../src/storage/sha256.ts';
import {
  analysisOf,
  draftOf,
  findingOf,
  inspectionOf,
  reviewOf,
} from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { mulberry32 } from '../../../core/vision/random.ts';
import type { Acknowledged, KeptState, StorageHarness } from './harness-api.ts';
import { plant, planted, upgrade } from './planted-database.ts';

declare global {
  /** Exposed by the test that drives this page. */
  var acknowledged: (save: Acknowledged) => Promise<void>;
  var storageHarness: StorageHarness;
}

let opened: OpenStore | undefined;
const store = () => {
  if (!opened) throw new Error('the store is not open');
  return opened.store;
};

/** Bytes that do not repeat: the same photo twice would be refused. */
function photo(bytes: number): Blob {
  const content = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(content.subarray(at, at + 65_536));
  return new Blob([content], { type: 'image/jpeg' });
}

async function work(seed: number): Promise<never> {
  const roll = mulberry32(seed);
  let inspectionId: InspectionId = await newInspection();
  let captures: CaptureId[] = [];
  let findings: Finding[] = [];
  for (;;) {
    const chance = roll();
    const captureId = captures[Math.floor(roll() * captures.length)];
    const finding = findings.shift();
    if (chance < 0.05) {
      inspectionId = await newInspection();
      [captures, findings] = [[], []];
    } else if (chance < 0.5 || !captureId) {
      captures.push(await newPhoto(inspectionId, 1000 + roll() * 2_000_000));
    } else if (chance < 0.7 || !finding) {
      findings = await newAnalysis(inspectionId, captureId, 1 + Math.floor(roll() * 20));
    } else {
      const review = reviewOf(finding);
      unwrap(await store().saveReview(review));
      await acknowledged({ entity: 'review', id: review.id });
    }
  }
}

async function newInspection(): Promise<InspectionId> {
  const { id } = unwrap(await store().saveInspection(inspectionOf()));
  await acknowledged({ entity: 'inspection', id });
  return id;
}

async function newPhoto(inspectionId: InspectionId, bytes: number): Promise<CaptureId> {
  const { id } = unwrap(await store().savePhoto(draftOf(inspectionId), photo(Math.floor(bytes))));
  await acknowledged({ entity: 'capture', id });
  return id;
}

async function newAnalysis(
  inspectionId: InspectionId,
  captureId: CaptureId,
  count: number,
): Promise<Finding[]> {
  const analysis = analysisOf(inspectionId, captureId);
  const findings = Array.from({ length: count }, () => findingOf(analysis));
  unwrap(await store().saveAnalysis(analysis, findings));
  await acknowledged({ entity: 'analysis', id: analysis.id });
  return findings;
}

async function state(): Promise<KeptState> {
  const inspections = (await store().inspections()).map(({ inspection }) => inspection.id);
  const captures = (await Promise.all(inspections.map((id) => store().captures(id)))).flat();
  const analyses = (await Promise.all(inspections.map((id) => store().analyses(id)))).flat();
  const findings = (await Promise.all(inspections.map((id) => store().findings(id)))).flat();
  const reviews = (await Promise.all(findings.map(({ id }) => store().reviews(id)))).flat();
  const database = await openDB('loupe');
  const operations = (await database.getAll('operations')) as KeptState['operations'];
  database.close();
  return {
    inspections,
    captures: await Promise.all(
      captures.map(async ({ id, inspectionId, sha256: expected }) => {
        const bytes = await (await store().photo(id))?.arrayBuffer();
        return { id, inspectionId, sha256: expected, isWhole: !!bytes && (await sha256(bytes)) === expected };
      }),
    ),
    analyses: analyses.map(({ id }) => id),
    reviews: reviews.map(({ id }) => id),
    operations: operations.map(({ opId, seq, entity, id, kind }) => ({ opId, seq, entity, id, kind })),
    waiting: await store().waiting(),
  };
}

async function timed(count: number, save: () => Promise<{ ok: boolean }>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    const { ok } = await save();
    times.push(performance.now() - start);
    if (!ok) throw new Error('a timed save failed');
  }
  return times;
}

globalThis.storageHarness = {
  ...{ plant, upgrade, planted },
  open: async () => {
    opened = unwrap(await openInspectionStore());
    return unwrap(await opened.startUp);
  },
  work,
  state,
  timeRecords: (count) =>
    timed(count, () => store().saveInspection(inspectionOf({ title: 'x'.repeat(700) }))),
  timePhotos: async (count, bytes) => {
    const { id } = unwrap(await store().saveInspection(inspectionOf()));
    const photos = Array.from({ length: count }, () => photo(bytes));
    return timed(count, () => store().savePhoto(draftOf(id), photos.shift() ?? photo(bytes)));
  },
  fill: async (limit) => {
    for (let saved = 0; saved < limit; saved++) {
      const text = (): string =>
        Array.from(crypto.getRandomValues(new Uint16Array(1000)), String)
          .join(' ')
          .slice(0, 4000);
      const record = inspectionOf({ title: text(), site: text(), campaign: text() });
      const outcome = await store().saveInspection(record);
      if (!outcome.ok) return { saved, refusedWith: outcome.kind };
    }
    return { saved: limit, refusedWith: undefined };
  },
  savePhoto: async (bytes) => {
    const [first] = await store().inspections();
    const inspection = first?.inspection ?? unwrap(await store().saveInspection(inspectionOf()));
    const outcome = await store().savePhoto(draftOf(inspection.id), photo(bytes));
    if (!outcome.ok) console.warn(JSON.stringify(outcome));
    return outcome.ok ? 'saved' : outcome.kind;
  },
};
