import i18next from 'i18next';
import type { Catalogue } from './catalogue.ts';
import type { en } from './en.ts';
import { enFirst } from './en-first.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

/** What a person may choose; each has a whole catalogue of its own. */
export const LANGUAGES = ['en', 'da', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];
/** The pseudo-locale of layout tests: English, accented and a third longer; reached by `?language=en-XA` alone. */
export type SpokenLanguage = Language | 'en-XA';

// Synchronous, since its own English is part of the first screen; the rest and other languages are loaded.
void i18next.init({
  lng: 'en',
  fallbackLng: 'en',
  initAsync: false,
  resources: { en: { translation: enFirst } },
  interpolation: { escapeValue: false },
  returnNull: false,
});

/** A text of the catalogue by its key; the compiler refuses a key that is not there. */
export const t = i18next.t;

export const language = (): string => i18next.language;

let whole: Promise<void> | undefined;

/** English beyond the first screen: before any other screen is shown, and soon after the first. */
export function loadTexts(): Promise<void> {
  whole ??= import('./en.ts').then(
    ({ en }) => void i18next.addResourceBundle('en', 'translation', en, true, true),
    (error: unknown) => {
      whole = undefined;
      throw error;
    },
  );
  return whole;
}

/** What is shown over the first screen, or on it and later than it, once its words are there as well. */
export async function withTexts<Module>(loading: Promise<Module>): Promise<Module> {
  const [loaded] = await Promise.all([loading, loadTexts()]);
  return loaded;
}

const loaders: Readonly<Record<Exclude<SpokenLanguage, 'en'>, () => Promise<Catalogue>>> = {
  da: async () => (await import('./da.ts')).da,
  pt: async () => (await import('./pt.ts')).pt,
  'en-XA': async () => (await import('./pseudo.ts')).pseudo,
};

const loading = new Map<SpokenLanguage, Promise<void>>();

/** Makes a language's texts ready, such as for a report in another language than the screen's. */
export function loadLanguage(wanted: SpokenLanguage): Promise<void> {
  if (wanted === 'en') return loadTexts();
  // i18next cannot be asked: the report adds its own texts to a language whose others were never loaded.
  const before = loading.get(wanted);
  if (before) return before;
  const loaded = loaders[wanted]().then(
    (texts) => void i18next.addResourceBundle(wanted, 'translation', texts, true, true),
  );
  loading.set(wanted, loaded);
  loaded.catch(() => loading.delete(wanted));
  return loaded;
}

/** From now on `t` answers in this language; what is on screen has to be drawn again. */
export async function speak(wanted: SpokenLanguage): Promise<void> {
  if (wanted !== 'en') await loadLanguage(wanted);
  await i18next.changeLanguage(wanted);
}

/** The first of the device's languages that Loupe speaks, else English. */
export function deviceLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const known = LANGUAGES.find((one) => tag.toLowerCase().split('-')[0] === one);
    if (known) return known;
  }
  return 'en';
}

/** Asked for by the address, as in a demo link: `?language=da`. */
export function languageInAddress(search: string): SpokenLanguage | undefined {
  const asked = new URLSearchParams(search).get('language');
  return ([...LANGUAGES, 'en-XA'] as const).find((one) => one === asked);
}

/** For Intl: the device's own region of the language where it has one; Portuguese without one is Europe's. */
export function locale(spoken: string = language()): string {
  const own = typeof navigator === 'undefined' ? [] : navigator.languages;
  return own.find((tag) => tag.split('-')[0] === spoken) ?? (spoken === 'pt' ? 'pt-PT' : spoken);
}
