import * as v from 'valibot';
import type { Sha256 } from '../../core/contract/ids.ts';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import { SelfTest, Way } from '../../core/contract/runtime.ts';
import { version as appVersion } from '../../package.json';
import { keep, keptJson } from './pack-files.ts';

const subject = {
  sha256: v.string(),
  ...Way.entries,
  /** GPU, threads and browser: what the verdict depends on beside the model. */
  device: v.string(),
};

/** A verdict holds for this app, version, weights and device as described; anything else is tested anew. */
const Entry = v.object({ app: v.string(), ...subject, test: SelfTest });
type Entry = v.InferOutput<typeof Entry>;
const Log = v.object({
  entries: v.array(Entry),
  /** Tests that began and of which nothing was heard again. */
  begun: v.optional(v.array(v.object({ ...subject, times: v.number() })), []),
  byHand: v.optional(Way),
});
type Log = v.InferOutput<typeof Log>;

export interface TestSubject extends Way {
  readonly sha256: Sha256;
  readonly device: string;
}

/** Golden verdicts of this device and the way chosen by hand, one record per pack in the pack cache. */
export class SelfTestLog {
  readonly #base: string;

  /** `base` is the absolute URL of the folder of the packs, with its closing slash. */
  constructor(base: string) {
    this.#base = base;
  }

  async find(
    { id, version }: Pick<ModelManifest, 'id' | 'version'>,
    wanted: TestSubject,
  ): Promise<SelfTest | undefined> {
    const { entries } = await this.#read(id);
    const isOf = (entry: Entry): boolean => entry.app === appVersion && entry.test.model.version === version;
    return entries.find((entry) => isOf(entry) && isSame(entry, wanted))?.test;
  }

  /** Newest per runtime and precision, for the pack's version. */
  async list(modelId: string, version: string): Promise<readonly SelfTest[]> {
    const { entries } = await this.#read(modelId);
    return entries.map(({ test }) => test).filter((test) => test.model.version === version);
  }

  /**
   * Remembers that a test begins: a GPU's driver can take the worker, or the whole browser, with it. Returns
   * how often it began before without an end.
   */
  async begin(modelId: string, tested: TestSubject): Promise<number> {
    const log = await this.#read(modelId);
    const before = log.begun.find((one) => isSame(one, tested))?.times ?? 0;
    const others = log.begun.filter((one) => !isSame(one, tested));
    await this.#write(modelId, { ...log, begun: [{ ...tested, times: before + 1 }, ...others].slice(0, 20) });
    return before;
  }

  async record(modelId: string, tested: TestSubject, test: SelfTest): Promise<void> {
    const log = await this.#read(modelId);
    const others = log.entries.filter(
      (entry) =>
        entry.test.model.version !== test.model.version ||
        entry.test.runtime !== test.runtime ||
        entry.test.precision !== test.precision,
    );
    const entries: Entry[] = [{ app: appVersion, ...tested, test }, ...others].slice(0, 20);
    const begun = log.begun.filter((one) => !isSame(one, tested));
    await this.#write(modelId, { ...log, entries, begun });
  }

  async byHand(modelId: string): Promise<Way | undefined> {
    return (await this.#read(modelId)).byHand;
  }

  async chooseByHand(modelId: string, way: Way | undefined): Promise<void> {
    const { byHand: _, ...log } = await this.#read(modelId);
    await this.#write(modelId, way ? { ...log, byHand: way } : log);
  }

  async #read(modelId: string): Promise<Log> {
    const kept = await keptJson(this.#url(modelId), Log);
    return kept.kind === 'found' ? kept.value : { entries: [], begun: [] };
  }

  /** Without room for the verdict the test is merely run again. */
  async #write(modelId: string, log: Log): Promise<void> {
    await keep(this.#url(modelId), JSON.stringify(log), 'application/json').catch(() => undefined);
  }

  readonly #url = (modelId: string): string => `${this.#base}self-tests/${modelId}.json`;
}

const isSame = (one: Omit<TestSubject, 'sha256'> & { readonly sha256: string }, other: TestSubject): boolean =>
  one.sha256 === other.sha256 &&
  one.device === other.device &&
  one.runtime === other.runtime &&
  one.precision === other.precision;
