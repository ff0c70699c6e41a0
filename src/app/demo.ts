import * as v from 'valibot';
import type { InspectionId } from '../../core/contract/ids.ts';
import type { AssetType, Capture } from '../../core/contract/records.ts';
import { SampleIndex, type Sample } from '../../core/contract/samples.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { InspectionStore, StorageFailure } from '../storage/inspection-store.ts';
import { newInspection } from './new-inspection.ts';
import { t } from './text/text.ts';

export type DemoFailure = StorageFailure | { readonly kind: 'samples-missing'; readonly detail: string };

/** Shown at first: enough to look around, few enough to be done in seconds. */
const FIRST_SAMPLES = 4;

export interface Wanted {
  readonly model: string | undefined;
  readonly sample: string | undefined;
}

/** The demo's inspection with its samples in it: the one that is there, or a new one. */
export async function openDemo(
  store: Pick<InspectionStore, 'inspections' | 'captures' | 'saveInspection' | 'savePhoto'>,
  wanted: Wanted,
): Promise<Outcome<{ readonly id: InspectionId; readonly first: Capture | undefined }, DemoFailure>> {
  const samples = await readSamples();
  if (!samples.ok) return samples;
  const chosen = choose(samples.value, wanted);
  const modelId = wanted.model ?? chosen[0]?.model ?? 'blade-damage';
  const known = (await store.inspections()).find(
    ({ inspection }) => inspection.demo && inspection.modelId === modelId,
  );
  const asset = assetOf(chosen[0]);
  const saved = known
    ? succeed(known.inspection)
    : await store.saveInspection(
        newInspection(
          {
            site: '',
            campaign: '',
            method: 'drone',
            inspector: '',
            modelId,
            assetType: asset,
            tag: t('demo.title'),
            bladeLengthM: undefined,
          },
          { demo: true },
        ),
      );
  if (!saved.ok) return saved;
  const { id } = saved.value;
  const kept = await store.captures(id);
  for (const sample of chosen) {
    if (kept.some(({ fileName }) => fileName === sample.file)) continue;
    const photo = await fetchSample(sample.file);
    if (!photo.ok) return photo;
    const outcome = await store.savePhoto(
      {
        inspectionId: id,
        fileName: sample.file,
        source: 'sample',
        place: {},
        size: { width: sample.width, height: sample.height },
      },
      photo.value,
    );
    if (!outcome.ok && outcome.kind !== 'duplicate') return outcome;
  }
  const captures = await store.captures(id);
  return succeed({ id, first: captures.find(({ fileName }) => fileName === chosen[0]?.file) });
}

/** The sample named, or the model's own; without a name, those of blades. */
function choose(samples: readonly Sample[], { model, sample }: Wanted): readonly Sample[] {
  const named = samples.find(({ id }) => id === sample);
  const wantedModel = model ?? named?.model ?? 'blade-damage';
  const fitting = samples.filter((one) => one.model === wantedModel && one.id !== named?.id);
  const pool = fitting.length > 0 || named ? fitting : samples;
  return [...(named ? [named] : []), ...pool].slice(0, FIRST_SAMPLES);
}

export async function readSamples(): Promise<Outcome<readonly Sample[], DemoFailure>> {
  try {
    const response = await fetch('./samples/index.json');
    if (!response.ok) return fail({ kind: 'samples-missing', detail: `HTTP ${response.status}` });
    const parsed = v.safeParse(SampleIndex, await response.json());
    if (!parsed.success)
      return fail({ kind: 'samples-missing', detail: v.flatten(parsed.issues).root?.[0] ?? '' });
    return succeed(parsed.output.samples);
  } catch (error) {
    return fail({ kind: 'samples-missing', detail: String(error) });
  }
}

async function fetchSample(file: string): Promise<Outcome<Blob, DemoFailure>> {
  try {
    const response = await fetch(`./samples/${file}`);
    return response.ok
      ? succeed(await response.blob())
      : fail({ kind: 'samples-missing', detail: `${file}: HTTP ${response.status}` });
  } catch (error) {
    return fail({ kind: 'samples-missing', detail: String(error) });
  }
}

const ASSETS: Readonly<Record<string, AssetType>> = {
  turbine: 'turbine',
  blade: 'turbine',
  bridge: 'bridge',
  concrete: 'bridge',
  tank: 'tank',
  steel: 'tank',
  building: 'building',
};
const assetOf = (sample: Sample | undefined): AssetType => ASSETS[sample?.assetType ?? ''] ?? 'other';
