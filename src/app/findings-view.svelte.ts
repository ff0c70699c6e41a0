import type { ComponentPosition, Finding } from '../../core/contract/records.ts';
import { countAtThreshold, scoreBins } from '../../core/domain/score-bins.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import { placeText } from './place-text.ts';
import { t } from './text/text.ts';

export const SHOWN = ['open', 'confirmed', 'rejected', 'all'] as const;
export type Shown = (typeof SHOWN)[number];
export const ORDERS = ['certainty', 'severity', 'place', 'newest'] as const;
export type Order = (typeof ORDERS)[number];

const IS_SHOWN: Readonly<Record<Shown, (finding: Finding) => boolean>> = {
  open: ({ state }) => state === 'proposed',
  confirmed: ({ state }) => state === 'accepted' || state === 'edited',
  rejected: ({ state }) => state === 'rejected' || state === 'not-assessable',
  all: () => true,
};

const byId = (a: Finding, b: Finding): number => (a.id < b.id ? -1 : 1);
const BEFORE: Readonly<Record<Order, (a: Finding, b: Finding) => number>> = {
  certainty: (a, b) => (a.score ?? 2) - (b.score ?? 2) || byId(a, b),
  severity: (a, b) => (b.severity?.value ?? -1) - (a.severity?.value ?? -1) || byId(a, b),
  place: (a, b) =>
    (a.place.component ?? 'Z').localeCompare(b.place.component ?? 'Z') ||
    (a.place.fromRootM ?? Infinity) - (b.place.fromRootM ?? Infinity) ||
    byId(a, b),
  newest: (a, b) => b.createdAt - a.createdAt || byId(a, b),
};

/** All findings of an inspection, searched, filtered and put in order. */
export class FindingsView {
  readonly #session: InspectionSession;
  readonly #words = new WeakMap<Finding, string>();
  search = $state('');
  shown = $state<Shown>('all');
  order = $state<Order>('certainty');
  blade = $state<ComponentPosition | ''>('');
  type = $state<Finding['type'] | ''>('');

  constructor(session: InspectionSession) {
    this.#session = session;
    if (session.pending.length > 0) this.shown = 'open';
  }

  readonly findings: readonly Finding[] = $derived.by(() => {
    const words = this.search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const least = this.shown === 'open' ? this.#session.leastScore : 0;
    return this.#session.findings
      .filter(
        (finding) =>
          IS_SHOWN[this.shown](finding) &&
          (finding.score ?? 1) >= least &&
          (this.blade === '' || finding.place.component === this.blade) &&
          (this.type === '' || finding.type === this.type) &&
          words.every((word) => this.#wordsOf(finding).includes(word)),
      )
      .toSorted(BEFORE[this.order]);
  });

  /** Types that occur, the most frequent first. */
  readonly types: readonly Finding['type'][] = $derived.by(() => {
    const counts = new Map<Finding['type'], number>();
    for (const { type } of this.#session.findings) counts.set(type, (counts.get(type) ?? 0) + 1);
    return [...counts].toSorted((a, b) => b[1] - a[1]).map(([type]) => type);
  });

  readonly bins = $derived.by(() => scoreBins(this.#session.findings));
  readonly counts = $derived.by(() => countAtThreshold(this.#session.findings, this.#session.leastScore));

  get isFiltered(): boolean {
    return this.search !== '' || this.shown !== 'all' || this.blade !== '' || this.type !== '';
  }

  clear(): void {
    this.search = '';
    this.shown = 'all';
    this.blade = '';
    this.type = '';
  }

  /** What a person may type to find it again. */
  #wordsOf(finding: Finding): string {
    const known = this.#words.get(finding);
    if (known !== undefined) return known;
    const words = [
      t(`damage.${finding.type}`),
      placeText(finding.place),
      finding.layer && t(`layer.${finding.layer}`),
      finding.action && t(`action.${finding.action}`),
      finding.note,
      this.#session.capture(finding.captureId)?.fileName,
    ]
      .filter(Boolean)
      .join(' ')
      .toLocaleLowerCase();
    this.#words.set(finding, words);
    return words;
  }
}
