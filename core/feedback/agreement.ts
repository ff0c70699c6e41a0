import type { Analysis, Capture, Finding } from '../contract/records.ts';
import { groupBy } from './group-by.ts';
import { shareInterval, type Share } from './share-interval.ts';

/** What people said of what a model proposed; of `label` the model's own, over all photos. */
export interface Agreement {
  readonly modelId: string;
  readonly version: string;
  readonly label: string;
  readonly accepted: number;
  readonly edited: number;
  readonly rejected: number;
  readonly notAssessable: number;
  /** Nobody has judged them yet. */
  readonly open: number;
  /** Of those judged, right as proposed. */
  readonly right: Share;
  /** Of those judged, no damage at all. */
  readonly wrong: Share;
}

export interface ModelAgreement {
  readonly modelId: string;
  readonly version: string;
  readonly total: Agreement;
  /** The most frequent first. */
  readonly classes: readonly Agreement[];
  /** Drawn by people on photos that the model had looked at. */
  readonly missed: number;
  /** Photos that it has looked at. */
  readonly photos: number;
}

type Records = {
  readonly analyses: readonly Pick<Analysis, 'id' | 'captureId' | 'model' | 'createdAt'>[];
  readonly findings: readonly Pick<
    Finding,
    'analysisId' | 'captureId' | 'label' | 'type' | 'state' | 'origin'
  >[];
};

/** Each version of each model by itself, the newest version of each model first. */
export function agreementOf({ analyses, findings }: Records): readonly ModelAgreement[] {
  const byAnalysis = new Map<string, Analysis['model']>(analyses.map(({ id, model }) => [id, model]));
  const proposals = groupBy(
    findings.filter(({ analysisId, origin }) => analysisId !== undefined && origin !== 'human'),
    ({ analysisId }) => keyOf(byAnalysis.get(analysisId ?? '')),
  );
  const lastLook = lastLooks(analyses);
  const drawn = groupBy(
    findings.filter(({ origin }) => origin === 'human'),
    ({ captureId }) => lastLook.get(captureId),
  );
  const looked = groupBy(analyses, ({ model }) => keyOf(model));
  return [...looked]
    .map(([key, own]) => {
      const { id: modelId, version } = own[0]?.model ?? { id: '', version: '' };
      const all = proposals.get(key) ?? [];
      const count = (label: string, some: typeof all) => counted({ modelId, version, label }, some);
      const classes = [...groupBy(all, ({ label, type }) => label ?? type)];
      return {
        ...{ modelId, version },
        total: count('', all),
        classes: classes
          .map(([label, some]) => count(label, some))
          .toSorted((a, b) => judgedOf(b) + b.open - (judgedOf(a) + a.open)),
        missed: drawn.get(key)?.length ?? 0,
        photos: new Set<Capture['id']>(own.map(({ captureId }) => captureId)).size,
      };
    })
    .toSorted(
      (a, b) =>
        a.modelId.localeCompare(b.modelId) ||
        b.version.localeCompare(a.version, undefined, { numeric: true }),
    );
}

export const judgedOf = ({ accepted, edited, rejected }: Agreement): number => accepted + edited + rejected;

/** The model that looked at a photo last: what it left out was drawn. */
function lastLooks(analyses: Records['analyses']): ReadonlyMap<string, string> {
  const inOrder = analyses.toSorted((a, b) => a.createdAt - b.createdAt);
  return new Map(inOrder.map(({ captureId, model }) => [captureId, keyOf(model)]));
}

function counted(
  name: Pick<Agreement, 'modelId' | 'version' | 'label'>,
  findings: readonly Pick<Finding, 'state'>[],
): Agreement {
  const of = (state: Finding['state']): number =>
    findings.filter((finding) => finding.state === state).length;
  const [accepted, edited, rejected] = [of('accepted'), of('edited'), of('rejected')];
  const judged = accepted + edited + rejected;
  return {
    ...name,
    ...{ accepted, edited, rejected, notAssessable: of('not-assessable'), open: of('proposed') },
    right: shareInterval(accepted, judged),
    wrong: shareInterval(rejected, judged),
  };
}

const keyOf = (model: Pick<Analysis['model'], 'id' | 'version'> | undefined): string =>
  model ? `${model.id} ${model.version}` : '';
