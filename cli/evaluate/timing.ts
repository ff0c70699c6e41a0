import type { StageTimes } from '../../core/contract/vision-worker.ts';
import { quantile } from '../quantile.ts';

export interface MsPerImage {
  readonly median: number;
  readonly p95: number;
  /** Median of each stage by itself; they need not add up to the median of the whole. */
  readonly stages: Readonly<Record<string, number>>;
}

export function msPerImage(times: readonly StageTimes[]): MsPerImage {
  const of = (stage: keyof StageTimes) => times.map((one) => one[stage]);
  const stages = (['decode', 'pack', 'infer', 'merge'] as const).map(
    (stage) => [stage, round(quantile(of(stage), 0.5))] as const,
  );
  return {
    median: round(quantile(of('total'), 0.5)),
    p95: round(quantile(of('total'), 0.95)),
    stages: Object.fromEntries(stages),
  };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
