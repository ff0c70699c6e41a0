import * as v from 'valibot';
import { CapturePlace } from '../../core/contract/records.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import { LANGUAGES, type Language } from './text/text.ts';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

const Saved = v.object({
  theme: v.fallback(v.picklist(THEMES), 'light'),
  language: v.fallback(v.optional(v.picklist(LANGUAGES)), undefined),
  thorough: v.fallback(v.boolean(), false),
  inspector: v.fallback(v.string(), ''),
  site: v.fallback(v.string(), ''),
  campaign: v.fallback(v.string(), ''),
  place: v.fallback(CapturePlace, {}),
  packs: v.fallback(v.record(v.string(), v.string()), {}),
});
type Saved = v.InferOutput<typeof Saved>;

const KEY = 'preferences';
const FIRST: Saved = {
  theme: 'light',
  thorough: false,
  inspector: '',
  site: '',
  campaign: '',
  place: {},
  packs: {},
};

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
  /** Undefined until one was chosen: the device's own. */
  get language(): Language | undefined {
    return this.#saved.language;
  }
  /** Looks at every part of large photos, at three times the time. */
  get thorough(): boolean {
    return this.#saved.thorough;
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

  /** Packs chosen for new inspections, by kind of asset. */
  get packs(): Readonly<Record<string, string>> {
    return this.#saved.packs;
  }

  remember(change: Partial<Saved>): void {
    this.#saved = { ...this.#saved, ...change };
    // A preference that could not be kept is asked for again; nothing else depends on it.
    this.#store.saveSetting(KEY, this.#saved).catch(() => undefined);
  }
}
