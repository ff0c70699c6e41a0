import type {
  Analysis,
  Capture,
  CapturePlace,
  ComponentPosition,
  Finding,
  FindingState,
  Review,
} from '../../../core/contract/records.ts';
import type { ReportInput } from './report-input.ts';

/** Severity from which a finding gets a page of its own: moderate, on every five-step scale. */
const SERIOUS = 3;
const PAGE_FROM_SCORE = 0.6;
export const BLADES = ['A', 'B', 'C'] as const satisfies readonly ComponentPosition[];
export const LEVELS = [5, 4, 3, 2, 1, 0, undefined] as const;

export interface ReportFinding {
  /** F1 is the gravest. */
  readonly name: string;
  readonly finding: Finding;
  readonly place: CapturePlace;
  readonly capture: Capture | undefined;
  readonly analysis: Analysis | undefined;
  /** Oldest first. */
  readonly reviews: readonly Review[];
  readonly hasPage: boolean;
}

export interface ReportData {
  /** Confirmed ones, and those that nobody has judged but the model is sure of; gravest first. */
  readonly findings: readonly ReportFinding[];
  readonly states: Readonly<Record<FindingState, number>>;
  /** Confirmed findings by severity; undefined: none given. */
  readonly bySeverity: ReadonlyMap<number | undefined, number>;
  readonly highest: number | undefined;
  readonly captures: readonly Capture[];
}

/** Confirmed by a person. */
export const isConfirmed = ({ state }: Finding): boolean => state === 'accepted' || state === 'edited';

export function reportData(input: ReportInput, pageFromScore = PAGE_FROM_SCORE): ReportData {
  const captures = new Map<string, Capture>(input.captures.map((capture) => [capture.id, capture]));
  const analyses = new Map<string, Analysis>(input.analyses.map((analysis) => [analysis.id, analysis]));
  const reviews = grouped(input.reviews, ({ findingId }) => findingId);
  const undecided = ({ state, score }: Finding) => state === 'proposed' && (score ?? 1) >= pageFromScore;
  const findings = input.findings
    .filter((finding) => isConfirmed(finding) || undecided(finding))
    .map((finding) => {
      const capture = captures.get(finding.captureId);
      return { finding, capture, place: { ...capture?.place, ...finding.place } };
    })
    .sort(gravestFirst)
    .map(({ finding, capture, place }, index) => ({
      name: `F${index + 1}`,
      finding,
      place,
      capture,
      analysis: finding.analysisId && analyses.get(finding.analysisId),
      reviews: (reviews.get(finding.id) ?? []).sort((a, b) => a.createdAt - b.createdAt),
      hasPage: (finding.severity?.value ?? -1) >= SERIOUS || undecided(finding),
    }));
  const confirmed = findings.filter(({ finding }) => isConfirmed(finding));
  const severities = confirmed.map(({ finding }) => finding.severity?.value);
  const given = severities.filter((value) => value !== undefined);
  return {
    findings,
    states: countBy(input.findings.map(({ state }) => state)),
    bySeverity: new Map(LEVELS.map((level) => [level, severities.filter((value) => value === level).length])),
    highest: given.length === 0 ? undefined : Math.max(...given),
    captures: [...input.captures].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
  };
}

type Placed = Pick<ReportFinding, 'finding' | 'place'>;

const gravestFirst = (a: Placed, b: Placed): number =>
  (b.finding.severity?.value ?? -1) - (a.finding.severity?.value ?? -1) ||
  (a.place.component ?? '~').localeCompare(b.place.component ?? '~') ||
  (a.place.fromRootM ?? Infinity) - (b.place.fromRootM ?? Infinity) ||
  a.finding.createdAt - b.finding.createdAt ||
  (a.finding.id < b.finding.id ? -1 : 1);

export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function countBy(states: readonly FindingState[]): Record<FindingState, number> {
  const counts = { proposed: 0, accepted: 0, edited: 0, rejected: 0, 'not-assessable': 0 };
  for (const state of states) counts[state] += 1;
  return counts;
}
