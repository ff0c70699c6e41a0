import { SvelteMap } from 'svelte/reactivity';
import type { Way } from '../../core/contract/runtime.ts';
import type { PackStatus, StageTimes, VisionFailure } from '../../core/contract/vision-worker.ts';
import { fetchSample, readSamples } from './samples.ts';
import type { Vision } from './vision.ts';

export interface MeasuredPhoto {
  readonly times: StageTimes;
  readonly megapixels: number;
  readonly tiles: number;
}

export type WayWork =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'failed'; readonly failure: VisionFailure }
  | { readonly kind: 'measured'; readonly photo: MeasuredPhoto | undefined };

/** Tries every way of running a pack, one after the other: golden self-test, time, and a whole photo. */
export class Measuring {
  readonly #ways = new SvelteMap<string, WayWork>();
  #running = $state.raw<string>();
  readonly #vision: Vision;
  readonly #changed: () => Promise<void>;

  constructor(vision: Vision, changed: () => Promise<void>) {
    this.#vision = vision;
    this.#changed = changed;
  }

  /** The pack that is being measured. */
  get running(): string | undefined {
    return this.#running;
  }
  work(id: string, way: Way): WayWork | undefined {
    return this.#ways.get(keyOf(id, way));
  }

  async measure({ manifest: { id, task }, ways }: PackStatus): Promise<void> {
    if (this.#running) return;
    this.#running = id;
    const photo = task === 'embed' ? undefined : await samplePhoto();
    for (const way of ways) {
      this.#ways.set(keyOf(id, way), { kind: 'measuring' });
      this.#ways.set(keyOf(id, way), await this.#measureOne(id, way, photo));
      await this.#changed();
    }
    this.#running = undefined;
  }

  async #measureOne(modelId: string, { runtime, precision }: Way, photo: Blob | undefined): Promise<WayWork> {
    const prepared = await this.#vision.prepare({ modelId, runtime, precision, again: true });
    if (!prepared.ok) return { kind: 'failed', failure: prepared };
    if (!photo) return { kind: 'measured', photo: undefined };
    const request = { modelId, runtime, precision, photo, name: SAMPLE };
    const result = await this.#vision.analyse(request);
    if (!result.ok) return { kind: 'failed', failure: result };
    const { times, tiles, photo: size } = result.value;
    return {
      kind: 'measured',
      photo: { times, tiles, megapixels: (size.width * size.height) / 1e6 },
    };
  }
}

const keyOf = (id: string, { runtime, precision }: Way): string => `${id} ${runtime} ${precision}`;

const SAMPLE = 'blade-trailing-side';

/** Undefined where the samples are not there: the self-test alone is then what is known. */
async function samplePhoto(): Promise<Blob | undefined> {
  const samples = await readSamples();
  const sample = samples.ok ? samples.value.find(({ id }) => id === SAMPLE) : undefined;
  const photo = sample && (await fetchSample(sample.file));
  return photo?.ok ? photo.value : undefined;
}
