import { language, speak, type SpokenLanguage } from './text/text.ts';

/** The language on screen. Whoever draws texts draws them again when it changes. */
export class Language {
  #current = $state(language());

  get current(): string {
    return this.#current;
  }

  async choose(wanted: SpokenLanguage): Promise<void> {
    await speak(wanted);
    document.documentElement.lang = wanted;
    this.#current = wanted;
  }
}
