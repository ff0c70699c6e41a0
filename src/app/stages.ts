import type { StageTimes } from '../../core/contract/vision-worker.ts';

/** Of one photo, in the order in which they begin. */
export const STAGES = ['decode', 'pack', 'infer', 'merge'] as const satisfies readonly (keyof StageTimes)[];
