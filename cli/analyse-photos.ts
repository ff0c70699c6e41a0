import { access, constants } from 'node:fs/promises';
import { basename } from 'node:path';
import type { VisionFailure } from '../core/contract/vision-worker.ts';
import { fail, type Outcome } from '../core/domain/outcome.ts';
import type { PipelineRequest, PipelineResult } from './page/pipeline-api.ts';
import type { PipelineBrowser } from './pipeline-browser.ts';

/** Photos that the page holds at once: handles, not bytes, so memory does not grow with it. */
const BATCH = 32;

export type PhotoFailure = VisionFailure | { readonly kind: 'unreadable'; readonly detail: string };

export interface AnalysedPhoto {
  readonly path: string;
  readonly outcome: Outcome<PipelineResult, PhotoFailure>;
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
    const problems = await Promise.all(batch.map(unreadable));
    const readable = batch.filter((_path, index) => !problems[index]);
    await browser.give(readable);
    for (const [index, path] of batch.entries()) {
      const outcome = problems[index] ?? (await browser.analyse(readable.indexOf(path), request));
      const said = outcome.ok ? `${Math.round(outcome.value.times.total)} ms` : outcome.kind;
      log(`[${start + index + 1}/${paths.length}] ${basename(path)}: ${said}`);
      yield { path, outcome };
    }
  }
}

const unreadable = (path: string) =>
  access(path, constants.R_OK).then(
    () => undefined,
    (error: unknown) => fail({ kind: 'unreadable', detail: String(error) } as const),
  );
