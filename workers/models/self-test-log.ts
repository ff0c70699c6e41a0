import * as v from 'valibot';
import type { Sha256 } from '../../core/contract/ids.ts';
import { SelfTest } from '../../core/contract/runtime.ts';
import { version as appVersion } from '../../package.json';
import { keep, keptJson } from './pack-files.ts';

/** A verdict holds for this app, these weights and this device as described; anything else is tested anew. */
const Entry = v.object({ app: v.string(), sha256: v.string(), device: v.string(), test: SelfTest });
type Entry = v.InferOutput<typeof Entry>;
const Log = v.object({ entries: v.array(Entry) });

export interface TestSubject {
  readonly sha256: Sha256;
  readonly runtime: SelfTest['runtime'];
  readonly precision: string;
  /** GPU, threads and browser: what the verdict depends on beside the model. */
  readonly device: string;
}

/** Golden verdicts of this device, one record per pack in the pack cache. */
export class SelfTestLog {
  readonly #base: string;

  /** `base` is the absolute URL of the folder of the packs, with its closing slash. */
  constructor(base: string) {
    this.#base = base;
  }

  async find(modelId: string, subject: TestSubject): Promise<SelfTest | undefined> {
    return (await this.#entries(modelId)).find((entry) => matches(entry, subject))?.test;
  }

  /** Newest per runtime and precision, for the pack's version. */
  async list(modelId: string, version: string): Promise<readonly SelfTest[]> {
    return (await this.#entries(modelId)).map(({ test }) => test).filter((test) => test.model.version === version);
  }

  async record(modelId: string, subject: TestSubject, test: SelfTest): Promise<void> {
    const others = (await this.#entries(modelId)).filter(
      (entry) =>
        entry.test.model.version !== test.model.version ||
        entry.test.runtime !== test.runtime ||
        entry.test.precision !== test.precision,
    );
    const { sha256, device } = subject;
    const entries: Entry[] = [{ app: appVersion, sha256, device, test }, ...others].slice(0, 20);
    // Without room for the verdict the test is merely run again.
    await keep(this.#url(modelId), JSON.stringify({ entries }), 'application/json').catch(() => undefined);
  }

  async #entries(modelId: string): Promise<readonly Entry[]> {
    const kept = await keptJson(this.#url(modelId), Log);
    return kept.kind === 'found' ? kept.value.entries : [];
  }

  readonly #url = (modelId: string): string => `${this.#base}self-tests/${modelId}.json`;
}

const matches = (entry: Entry, subject: TestSubject): boolean =>
  entry.app === appVersion &&
  entry.sha256 === subject.sha256 &&
  entry.device === subject.device &&
  entry.test.runtime === subject.runtime &&
  entry.test.precision === subject.precision;
