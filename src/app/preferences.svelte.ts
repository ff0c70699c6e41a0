import * as v from 'valibot';
import { CapturePlace } from '../../core/contract/records.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

const Saved = v.object({
  theme: v.fallback(v.picklist(THEMES), 'light'),
  inspector: v.fallback(v.string(), ''),
  site: v.fallback(v.string(), ''),
  campaign: v.fallback(v.string(), ''),
  place: v.fallback(CapturePlace, {}),
});
type Saved = v.InferOutput<typeof Saved>;

const KEY = 'preferences';
const FIRST: Saved = { theme: 'light', inspector: '', site: '', campaign: '', place: {} };

/** What this device remembers of its user, so that nothing is typed twice. */
export class Preferences {
  #saved = $state.raw<Saved>(FIRST);
  readonly #store: Pick<InspectionStore, 'setting' | 'saveSetting'>;

  constructor(store: Pick<InspectionStore, 'setting' | 'saveSetting'>) {
    this.#store = store;
  }

  async load(): Promise<void> {
    const parse = (raw: unknown) => {
      const parsed = v.safeParse(Saved, raw);
      return parsed.success ? parsed.output : undefined;
    };
    // Preferences that cannot be read are no reason not to start.
    this.#saved = (await this.#store.setting(KEY, parse).catch(() => undefined)) ?? FIRST;
  }

  get theme(): Theme {
    return this.#saved.theme;
  }
  get inspector(): string {
    return this.#saved.inspector;
  }
  get site(): string {
    return this.#saved.site;
  }
  get campaign(): string {
    return this.#saved.campaign;
  }
  get place(): CapturePlace {
    return this.#saved.place;
  }

  remember(change: Partial<Saved>): void {
    this.#saved = { ...this.#saved, ...change };
    // A preference that could not be kept is asked for again; nothing else depends on it.
    this.#store.saveSetting(KEY, this.#saved).catch(() => undefined);
  }
}
