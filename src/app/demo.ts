import type { InspectionId } from '../../core/contract/ids.ts';
import type { AssetType, Capture, Inspection } from '../../core/contract/records.ts';
import type { Sample } from '../../core/contract/samples.ts';
import { succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { InspectionStore, StorageFailure } from '../storage/inspection-store.ts';
import { newInspection } from './new-inspection.ts';
import { fetchSample, readSamples, type SamplesMissing } from './samples.ts';
import { t } from './text/text.ts';

export type DemoFailure = StorageFailure | SamplesMissing;

/** Enough to look around, few enough to be done in seconds. */
const SHOWN = 4;
const FIRST_MODEL = 'blade-damage';
/** Small and with plain damage: something is found within seconds. */
const FIRST_SAMPLE = 'blade-lightning';

export interface Wanted {
  readonly model: string | undefined;
  readonly sample: string | undefined;
}

export interface OpenedDemo {
  readonly id: InspectionId;
  /** The sample asked for, or the first. */
  readonly first: Capture | undefined;
  /** What each sample shows, by its file's name. */
  readonly titles: ReadonlyMap<string, string>;
}

type Store = Pick<InspectionStore, 'inspections' | 'captures' | 'saveInspection' | 'savePhoto'>;

/**
 * The demo's inspection with its samples in it: the one that is there, or a new one. `onSaved` is told of each
 * new sample at once, so that the model looks at the first while the others are still being saved.
 */
export async function openDemo(
  store: Store,
  wanted: Wanted,
  onSaved: (capture: Capture, modelId: string) => void,
): Promise<Outcome<OpenedDemo, DemoFailure>> {
  const samples = await readSamples();
  if (!samples.ok) return samples;
  const chosen = choose(samples.value, wanted);
  const modelId = wanted.model ?? chosen[0]?.model ?? FIRST_MODEL;
  const inspection = await demoInspection(store, modelId, chosen[0]);
  if (!inspection.ok) return inspection;
  const { id } = inspection.value;
  const kept = new Set((await store.captures(id)).map(({ fileName }) => fileName));
  for (const sample of chosen.filter(({ file }) => !kept.has(file))) {
    const saved = await saveSample(store, id, sample);
    if (saved.ok) onSaved(saved.value, modelId);
    else if (saved.kind !== 'duplicate') return saved;
  }
  const captures = await store.captures(id);
  return succeed({
    id,
    first: captures.find(({ fileName }) => fileName === chosen[0]?.file),
    titles: new Map(samples.value.map(({ file, title }) => [file, title])),
  });
}

/** The sample named before the model's others; without a name, those of blades. */
function choose(samples: readonly Sample[], { model, sample }: Wanted): readonly Sample[] {
  const named = samples.find(({ id }) => id === (sample ?? (model === undefined ? FIRST_SAMPLE : undefined)));
  const fittingModel = model ?? named?.model ?? FIRST_MODEL;
  const fitting = samples.filter((one) => one.model === fittingModel && one !== named);
  const others = fitting.length > 0 || named ? fitting : samples;
  return [...(named ? [named] : []), ...others].slice(0, SHOWN);
}

async function demoInspection(
  store: Store,
  modelId: string,
  sample: Sample | undefined,
): Promise<Outcome<Inspection, StorageFailure>> {
  const known = (await store.inspections()).find(
    ({ inspection }) => inspection.demo && inspection.modelId === modelId,
  );
  if (known) return succeed(known.inspection);
  return store.saveInspection(
    newInspection(
      {
        site: '',
        campaign: '',
        method: 'drone',
        inspector: '',
        modelId,
        assetType: ASSETS[sample?.assetType ?? ''] ?? 'other',
        tag: t('demo.title'),
        bladeLengthM: undefined,
      },
      { demo: true },
    ),
  );
}

async function saveSample(
  store: Store,
  inspectionId: InspectionId,
  { file, width, height }: Sample,
): Promise<Outcome<Capture, DemoFailure>> {
  const photo = await fetchSample(file);
  if (!photo.ok) return photo;
  return store.savePhoto(
    { inspectionId, fileName: file, source: 'sample', place: {}, size: { width, height } },
    photo.value,
  );
}

const ASSETS: Readonly<Record<string, AssetType>> = {
  turbine: 'turbine',
  bridge: 'bridge',
  tank: 'tank',
  building: 'building',
};
