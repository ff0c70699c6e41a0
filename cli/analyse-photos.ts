import { basename } from 'node:path';
import type { VisionFailure } from '../core/contract/vision-worker.ts';
import type { Outcome } from '../core/domain/outcome.ts';
import type { PipelineRequest, PipelineResult } from './page/pipeline-api.ts';
import type { PipelineBrowser } from './pipeline-browser.ts';

/** Photos that the page holds at once: handles, not bytes, so memory does not grow with it. */
const BATCH = 32;

export interface AnalysedPhoto {
  readonly path: string;
  readonly outcome: Outcome<PipelineResult, VisionFailure>;
}

/** One photo after the other in the order given; a photo that fails does not end the run. */
export async function* analysePhotos(
  browser: PipelineBrowser,
  paths: readonly string[],
  request: PipelineRequest,
  log: (line: string) => void,
): AsyncGenerator<AnalysedPhoto> {
  for (let start = 0; start < paths.length; start += BATCH) {
    const batch = paths.slice(start, start + BATCH);
    await browser.give(batch);
    for (const [index, path] of batch.entries()) {
      const outcome = await browser.analyse(index, request);
      const said = outcome.ok ? `${Math.round(outcome.value.times.total)} ms` : outcome.kind;
      log(`[${start + index + 1}/${paths.length}] ${basename(path)}: ${said}`);
      yield { path, outcome };
    }
  }
}
