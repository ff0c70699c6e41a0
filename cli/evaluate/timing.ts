import type { StageTimes } from '../../core/contract/vision-worker.ts';

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

/** Linear between neighbours; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? NaN;
  return below + ((sorted[Math.ceil(at)] ?? NaN) - below) * (at - Math.floor(at));
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
