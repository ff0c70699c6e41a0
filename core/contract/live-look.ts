import type { Size } from './geometry.ts';
import type { PrepareRequest, RawFinding, StageTimes } from './vision-worker.ts';

/** One frame of a running picture, seen whole in one run. `Frame` is the browser's ImageBitmap. */
export interface LookRequest<Frame> extends PrepareRequest {
  /** Taken over by the worker, which closes it. */
  readonly frame: Frame;
  /** Lowest score that is reported; absent: the pack's thresholds. */
  readonly minScore?: number;
}

export interface LookResult {
  readonly size: Size;
  /** In the frame's pixels. */
  readonly findings: readonly RawFinding[];
  readonly times: Omit<StageTimes, 'decode'>;
}
