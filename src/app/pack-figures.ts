import type { ModelManifest } from '../../core/contract/model-manifest.ts';

type Metric = ModelManifest['metrics'][number];

/** Figures that a person who marks damage has a word for come first, the field's own after them. */
export const PLAIN = ['recall', 'precision'] as const;
const ORDER = [...PLAIN, 'mAP50', 'IoU', 'F1'];
const MOST = 4;

export interface PackFigures {
  readonly figures: readonly Metric[];
  /** On what and by what all of them were measured. */
  readonly measured: Pick<Metric, 'data' | 'runtime' | 'precision'>;
}

/** The measurement that says most of a pack: figures of one run over one set of photos, never of several mixed. */
export function packFigures(metrics: readonly Metric[]): PackFigures | undefined {
  const data = metrics[0]?.data;
  const ofRun = (run: Metric) =>
    metrics.filter(
      (one) => one.data === data && one.runtime === run.runtime && one.precision === run.precision,
    );
  const fullest = metrics.map(ofRun).reduce((a, b) => (b.length > a.length ? b : a), []);
  const [first] = fullest;
  if (!first) return undefined;
  const place = ({ name }: Metric) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return { figures: fullest.toSorted((a, b) => place(a) - place(b)).slice(0, MOST), measured: first };
}

export const isPlain = (name: string): name is (typeof PLAIN)[number] =>
  (PLAIN as readonly string[]).includes(name);
