import i18next from 'i18next';
import { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

// Synchronous, since the first language is part of the first screen; others are added when chosen.
void i18next.init({
  lng: 'en',
  fallbackLng: 'en',
  initAsync: false,
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
  returnNull: false,
});

/** A text of the catalogue by its key; the compiler refuses a key that is not there. */
export const t = i18next.t;

export const language = (): string => i18next.language;
