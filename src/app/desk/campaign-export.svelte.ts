import type { Inspection } from '../../../core/contract/records.ts';
import { VERSION } from '../about.ts';
import type { BundleSource } from '../bundle/write-bundle.ts';
import { chooseTarget } from '../save-file.ts';
import type { CampaignKind } from './write-campaign.ts';

/** Several inspections on their way out as one file. */
export class CampaignExport {
  #progress = $state.raw<{ readonly done: number; readonly all: number }>();
  #leftOut = $state(0);
  #hasFailed = $state(false);
  #abort: AbortController | undefined;
  readonly #source: BundleSource;

  constructor(source: BundleSource) {
    this.#source = source;
  }

  /** Undefined while nothing is being written. */
  get progress(): { readonly done: number; readonly all: number } | undefined {
    return this.#progress;
  }
  /** Photos and findings that could not go along. */
  get leftOut(): number {
    return this.#leftOut;
  }
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  cancel(): void {
    this.#abort?.abort();
    this.#progress = undefined;
  }

  async save(inspections: readonly Inspection[], kind: CampaignKind, name: string): Promise<void> {
    const target = await chooseTarget(`${name}.${kind}.zip`, 'application/zip');
    if (!target) return;
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    this.#progress = { done: 0, all: inspections.length };
    this.#leftOut = 0;
    this.#hasFailed = false;
    try {
      const { writeCampaign } = await import('./write-campaign.ts');
      const onProgress = (done: number, all: number) => {
        if (!signal.aborted) this.#progress = { done, all };
      };
      const options = { appVersion: VERSION, madeAt: Date.now(), onProgress, signal };
      const stream = await writeCampaign(
        this.#source,
        inspections,
        kind,
        options,
        (count) => (this.#leftOut += count),
      );
      await target.write(stream, signal);
    } catch {
      this.#hasFailed = !signal.aborted;
    } finally {
      if (!signal.aborted) this.#progress = undefined;
    }
  }
}
