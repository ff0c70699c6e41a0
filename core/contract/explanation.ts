import type { DamageType } from '../domain/damage-types.ts';
import type { Box } from './geometry.ts';
import type { PrepareRequest } from './vision-worker.ts';

/** Asks what the model saw at a finding. `Photo` is the browser's Blob. */
export interface ExplainRequest<Photo> extends PrepareRequest {
  readonly jobId: string;
  readonly photo: Photo;
  /** For messages only. */
  readonly name: string;
  /** The finding's box, in photo pixels. */
  readonly box: Box;
  /** The model's own label; absent: the class that it is surest of there. */
  readonly label?: string;
}

export interface ClassScore {
  readonly label: string;
  readonly labelIndex: number;
  readonly damageType: DamageType;
  /** 0 to 1; 0 where the model sees nothing of this class at the place. */
  readonly score: number;
  /** From which score on this class counts as a finding. */
  readonly threshold: number;
}

export interface Explanation {
  /** Every class of the model, best first. */
  readonly scores: readonly ClassScore[];
  /**
   * Occlusion map: for each cell of `region` (photo pixels), row by row, the share of the finding's score that
   * is lost when the cell is covered: 1 all of it, 0 none, below 0 where it rises. Source: Zeiler and Fergus,
   * arXiv 1311.2901.
   */
  readonly region: Box;
  readonly columns: number;
  readonly rows: number;
  readonly drops: readonly number[];
}

export interface ExplainProgress {
  readonly done: number;
  readonly runs: number;
}
