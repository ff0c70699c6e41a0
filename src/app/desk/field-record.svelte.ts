import type { Analysis, Capture, Finding, Inspection } from '../../../core/contract/records.ts';
import {
  agreementOf,
  judgedOf,
  type Agreement,
  type ModelAgreement,
} from '../../../core/feedback/agreement.ts';
import { driftOf, SHIFTED, type Drift } from '../../../core/feedback/drift.ts';
import type { InspectionStore } from '../../storage/inspection-store.ts';

/** How many findings people have judged. */
export const judged = (one: Agreement): number => judgedOf(one);
export const isShifted = (index: number): boolean => index >= SHIFTED;

export type FieldStore = Pick<InspectionStore, 'inspections' | 'captures' | 'analyses' | 'findings'>;

export interface InspectionRecords {
  readonly inspection: Inspection;
  readonly captures: readonly Capture[];
  readonly analyses: readonly Analysis[];
  readonly findings: readonly Finding[];
}

/** Scores since then are held against those before. */
const RECENT_MS = 30 * 24 * 60 * 60 * 1000;

export interface ModelInField extends ModelAgreement {
  readonly drift: Drift;
}

/** Everything that was pulled, of every inspection but demos. */
export async function readAll(store: FieldStore): Promise<readonly InspectionRecords[]> {
  const real = (await store.inspections()).map((one) => one.inspection).filter(({ demo }) => !demo);
  return Promise.all(
    real.map(async (inspection) => {
      const [captures, analyses, findings] = await Promise.all([
        store.captures(inspection.id),
        store.analyses(inspection.id),
        store.findings(inspection.id),
      ]);
      return { inspection, captures, analyses, findings };
    }),
  );
}

/** How models do in the field, by what people said of their findings. */
export class FieldRecord {
  #models = $state.raw<readonly ModelInField[]>();
  readonly #store: FieldStore;

  constructor(store: FieldStore) {
    this.#store = store;
  }

  /** Undefined until it was read. */
  get models(): readonly ModelInField[] | undefined {
    return this.#models;
  }

  async load(now = Date.now()): Promise<void> {
    const all = await readAll(this.#store);
    const analyses = all.flatMap((one) => one.analyses);
    const findings = all.flatMap((one) => one.findings);
    this.#models = agreementOf({ analyses, findings }).map((model) => ({
      ...model,
      drift: driftOf(scoresOf(model, analyses, findings), now - RECENT_MS),
    }));
  }
}

function scoresOf(
  { modelId, version }: Pick<ModelAgreement, 'modelId' | 'version'>,
  analyses: readonly Analysis[],
  findings: readonly Finding[],
) {
  const own = new Map<string, number>(
    analyses
      .filter(({ model }) => model.id === modelId && model.version === version)
      .map(({ id, createdAt }) => [id, createdAt]),
  );
  return findings.flatMap(({ analysisId, score }) => {
    const at = analysisId === undefined ? undefined : own.get(analysisId);
    return at === undefined || score === undefined ? [] : [{ score, at }];
  });
}
