import { SvelteMap } from 'svelte/reactivity';
import type { PackProgress, PackStatus, VisionFailure } from '../../core/contract/vision-worker.ts';
import type { AssetType } from '../../core/contract/records.ts';
import type { SelfTest } from '../../core/contract/runtime.ts';
import type { Vision } from './vision.ts';

export type PackWork =
  | { readonly kind: 'installing'; readonly progress: PackProgress | undefined }
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
  pack(id: string): PackStatus | undefined {
    return this.#packs?.find(({ manifest }) => manifest.id === id);
  }
  work(id: string): PackWork | undefined {
    return this.#work.get(id);
  }

  async load(): Promise<void> {
    const outcome = await this.#vision.packs();
    if (outcome.ok) this.#packs = outcome.value;
    this.#failure = outcome.ok ? undefined : outcome;
  }

  /** Downloads, then proves the pack on this device: a pack counts as ready once its self-test passed. */
  async install(id: string): Promise<void> {
    this.#work.set(id, { kind: 'installing', progress: undefined });
    const outcome = await this.#vision.installPack(id, (progress) =>
      this.#work.set(id, { kind: 'installing', progress }),
    );
    if (!outcome.ok) return this.#end(id, outcome);
    await this.test(id);
  }

  async test(id: string): Promise<void> {
    this.#work.set(id, { kind: 'testing' });
    const outcome = await this.#vision.prepare({ modelId: id });
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

  /** The pack proposed for a kind of asset, of those that can find (not only embed). */
  proposedFor(asset: AssetType): string | undefined {
    const finders = (this.#packs ?? []).filter(({ manifest }) => manifest.task !== 'embed');
    const named = PROPOSED[asset].find((id) => finders.some(({ manifest }) => manifest.id === id));
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
