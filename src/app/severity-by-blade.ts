import type { ComponentPosition, Finding } from '../../core/contract/records.ts';
import { BLADES } from './blade-map.ts';

export interface BladeSeverities {
  /** Undefined: not on a blade, or not said which. */
  readonly blade: ComponentPosition | undefined;
  readonly total: number;
  /** The gravest first; a severity of undefined is not graded yet. */
  readonly parts: readonly { readonly severity: number | undefined; readonly count: number }[];
}

/** Confirmed and open findings of each blade by severity; what was rejected is no damage. */
export function severityByBlade(findings: readonly Finding[]): readonly BladeSeverities[] {
  return [...BLADES, undefined]
    .map((blade) => {
      const here = findings.filter(({ state, place }) => state !== 'rejected' && place.component === blade);
      const parts = ([5, 4, 3, 2, 1, 0, undefined] as const)
        .map((severity) => ({
          severity,
          count: here.filter((finding) => finding.severity?.value === severity).length,
        }))
        .filter(({ count }) => count > 0);
      return { blade, total: here.length, parts };
    })
    .filter(({ blade, total }) => blade !== undefined || total > 0);
}
