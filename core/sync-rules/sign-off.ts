import type { Decision, InspectionStatus } from '../contract/records.ts';

/** Where an inspection stands between technician and office. */
export interface Standing {
  readonly status: InspectionStatus;
  /** Counted from 1. */
  readonly revision: number;
  /** The revision that the office decided on last; 0 before it did. */
  readonly decided: number;
}

export type SignOffEvent =
  /** A technician hands it over, or takes it back to work on it. */
  | { readonly kind: 'set'; readonly status: 'draft' | 'finalised' }
  /** Anything that belongs to it was changed. */
  | { readonly kind: 'edited' }
  | { readonly kind: 'decided'; readonly decision: Decision };

/**
 * The sign-off's state machine, which only the server runs: draft -> received -> approved, has issues or rejected.
 * What changes after a decision begins a new revision, and what was approved waits for the office again. Undefined:
 * nothing was handed over that could be decided on.
 */
export function afterEvent(before: Standing, event: SignOffEvent): Standing | undefined {
  switch (event.kind) {
    case 'set':
      return { ...begun(before), status: event.status === 'draft' ? 'draft' : 'received' };
    case 'edited':
      return { ...begun(before), status: before.status === 'approved' ? 'received' : before.status };
    case 'decided':
      if (before.status === 'draft' || before.status === 'finalised') return undefined;
      return { ...before, status: event.decision, decided: before.revision };
  }
}

/** The revision that is worked on: the next one once the office has decided on this one. */
const begun = (standing: Standing): Standing => ({
  ...standing,
  revision: Math.max(standing.revision, standing.decided + 1),
});
