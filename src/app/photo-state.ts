import type { Capture } from '../../core/contract/records.ts';
import type { AnalysisQueue, JobFailure } from './analysis-queue.svelte.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';

export type PhotoState =
  | { readonly kind: 'waiting' | 'clear' | 'elsewhere' }
  | { readonly kind: 'running'; readonly done: number; readonly tiles: number }
  | { readonly kind: 'failed'; readonly failure: JobFailure }
  | { readonly kind: 'open'; readonly open: number }
  | { readonly kind: 'judged'; readonly damage: number };

/** What a photo's tile says of it. */
export function photoState(
  capture: Capture,
  session: Pick<InspectionSession, 'findingsOf' | 'analysisOf' | 'isElsewhere'>,
  queue: Pick<AnalysisQueue, 'job'>,
): PhotoState {
  const job = queue.job(capture.id)?.state;
  if (job?.kind === 'running') return { kind: 'running', done: job.done, tiles: job.tiles };
  if (job?.kind === 'failed') return { kind: 'failed', failure: job.failure };
  // What a person drew meanwhile does not hide that the model has not looked yet.
  if (job) return { kind: 'waiting' };
  const findings = session.findingsOf(capture.id);
  const open = findings.filter(({ state }) => state === 'proposed').length;
  if (open > 0) return { kind: 'open', open };
  const damage = findings.filter(({ state }) => state !== 'rejected').length;
  if (damage > 0) return { kind: 'judged', damage };
  if (session.analysisOf(capture.id)) return { kind: 'clear' };
  return { kind: session.isElsewhere(capture.id) ? 'elsewhere' : 'waiting' };
}
