import { SvelteMap } from 'svelte/reactivity';
import type { PackProgress, PackStatus, VisionFailure } from '../../core/contract/vision-worker.ts';
import type { RefusedRelease } from '../../core/contract/release.ts';
import type { AssetType } from '../../core/contract/records.ts';
import type { SelfTest, Way } from '../../core/contract/runtime.ts';
import { Measuring } from './measuring.svelte.ts';
import type { Vision } from './vision.ts';

export type PackWork =
  | {
      readonly kind: 'installing';
      readonly progress: PackProgress | undefined;
      readonly cancel: () => void;
    }
  | { readonly kind: 'verifying' | 'testing' | 'removing' }
  | { readonly kind: 'failed'; readonly failure: VisionFailure };

/** Packs by the assets that they were made for; the first that this deployment offers is proposed. */
const PROPOSED: Readonly<Record<AssetType, readonly string[]>> = {
  turbine: ['blade-damage'],
  bridge: ['surface-crack', 'corrosion'],
  tank: ['corrosion', 'steel-surface'],
  building: ['surface-crack'],
  other: ['surface-crack', 'corrosion', 'blade-damage'],
};

/** Model packs that are offered here, what is kept of them, and what is being done with each. */
export class PackShelf {
  #packs = $state.raw<readonly PackStatus[]>();
  #failure = $state.raw<VisionFailure>();
  #refused = $state.raw<readonly RefusedRelease[]>([]);
  readonly #work = new SvelteMap<string, PackWork>();
  readonly #vision: Vision;

  constructor(vision: Vision) {
    this.#vision = vision;
  }

  /** Undefined until they were listed. */
  get packs(): readonly PackStatus[] | undefined {
    return this.#packs;
  }
  get failure(): VisionFailure | undefined {
    return this.#failure;
  }
  /** Releases of the office that this device did not take. */
  get refused(): readonly RefusedRelease[] {
    return this.#refused;
  }
  pack(id: string): PackStatus | undefined {
    return this.#packs?.find(({ manifest }) => manifest.id === id);
  }
  work(id: string): PackWork | undefined {
    return this.#work.get(id);
  }

  async load(): Promise<void> {
    const [outcome] = await Promise.all([this.#vision.packs(), this.loadRefused()]);
    if (outcome.ok) this.#packs = outcome.value;
    this.#failure = outcome.ok ? undefined : outcome;
  }

  async loadRefused(): Promise<void> {
    this.#refused = await this.#vision.refusedReleases();
  }

  /** Downloads, then proves the pack on this device: a pack counts as ready once its self-test passed. */
  async install(id: string): Promise<void> {
    const stop = new AbortController();
    const cancel = () => stop.abort();
    this.#work.set(id, { kind: 'installing', progress: undefined, cancel });
    const outcome = await this.#vision.installPack(
      id,
      (progress) => this.#work.set(id, { kind: 'installing', progress, cancel }),
      stop.signal,
    );
    if (!outcome.ok) return this.#end(id, outcome);
    await this.test(id);
  }

  async test(id: string): Promise<void> {
    this.#work.set(id, { kind: 'testing' });
    const outcome = await this.#vision.prepare({ modelId: id, again: true });
    await this.#end(id, outcome.ok ? undefined : outcome);
  }

  async verify(id: string): Promise<void> {
    this.#work.set(id, { kind: 'verifying' });
    const outcome = await this.#vision.verifyPack(id);
    await this.#end(id, outcome.ok ? undefined : outcome);
  }

  async remove(id: string): Promise<void> {
    this.#work.set(id, { kind: 'removing' });
    await this.#vision.removePack(id);
    await this.#end(id, undefined);
  }

  /** Another try with a release that failed here. */
  async takeAgain(id: string): Promise<void> {
    this.#work.set(id, { kind: 'testing' });
    await this.#vision.installRelease(id, true);
    await this.#end(id, undefined);
  }

  /** Its CARD.md; undefined where it is not kept and not to be reached. */
  readCard(id: string): Promise<string | undefined> {
    return this.#vision.readCard(id);
  }

  /** From now on the pack runs in this way; undefined: in the fastest that passed. */
  async chooseWay(id: string, way: Way | undefined): Promise<void> {
    await this.#vision.chooseWay(id, way);
    await this.load();
  }

  measuring(): Measuring {
    return new Measuring(this.#vision, () => this.load());
  }

  /** The pack for a kind of asset, of those that can find (not only embed): the chosen one where it is offered. */
  proposedFor(asset: AssetType, chosen?: string): string | undefined {
    const finders = (this.#packs ?? []).filter(({ manifest }) => manifest.task !== 'embed');
    const named = [chosen ?? '', ...PROPOSED[asset]].find((id) =>
      finders.some(({ manifest }) => manifest.id === id),
    );
    return named ?? finders[0]?.manifest.id;
  }

  async #end(id: string, failure: VisionFailure | undefined): Promise<void> {
    if (failure && failure.kind !== 'cancelled') this.#work.set(id, { kind: 'failed', failure });
    else this.#work.delete(id);
    await this.load();
  }
}

/** The newest verdict of a pack on this device. */
export const newestSelfTest = (pack: PackStatus): SelfTest | undefined =>
  pack.selfTests.toSorted((a, b) => b.at - a.at)[0];
