import { t } from '../text/text.ts';
import type { EnrolFailure } from '../../sync/syncer.ts';
import { readEnrolment, spaced, type Enrolment } from './enrolment.ts';
import type { Sync } from './sync.svelte.ts';
import { reasonOf } from './sync-status.ts';

/** A code on its way to make this a device of a company. */
export class Enrolling {
  /** As it was typed or scanned. */
  text = $state('');
  #isBusy = $state(false);
  #problem = $state<string>();
  #other = $state.raw<Extract<Enrolment, { readonly kind: 'elsewhere' }>>();
  readonly #sync: Sync;

  constructor(sync: Sync, code: string | undefined) {
    this.#sync = sync;
    this.text = code === undefined ? '' : spaced(code.replace(/[^0-9A-Za-z]/g, '').toUpperCase());
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }
  /** Why it did not come to it, and what to do. */
  get problem(): string | undefined {
    return this.#problem;
  }
  /** The Loupe that the code belongs to, where it is another. */
  get other(): Extract<Enrolment, { readonly kind: 'elsewhere' }> | undefined {
    return this.#other;
  }

  async connect(name: string): Promise<boolean> {
    if (this.#isBusy) return false;
    const enrolment = readEnrolment(this.text, location.href);
    this.#other = enrolment.kind === 'elsewhere' ? enrolment : undefined;
    this.#problem = undefined;
    switch (enrolment.kind) {
      case 'none':
        this.#problem = t('sync.noCode');
        return false;
      case 'elsewhere':
        this.#problem = t('sync.elsewhere', { host: enrolment.host });
        return false;
      case 'code':
        return this.#enrol(enrolment.code, name);
    }
  }

  async #enrol(code: string, name: string): Promise<boolean> {
    this.#isBusy = true;
    const enrolled = await this.#sync.enrol(code, name).finally(() => (this.#isBusy = false));
    if (!enrolled.ok) this.#problem = problemOf(enrolled);
    return enrolled.ok;
  }
}

function problemOf(failure: EnrolFailure): string {
  switch (failure.kind) {
    case 'unreached': {
      const reason = reasonOf(failure);
      return t(`sync.enrolFailed.${reason === 'asked-to-wait' ? 'no-answer' : reason}`);
    }
    case 'other-company':
    case 'too-old':
      return t(`sync.enrolFailed.${failure.kind}`);
    case 'signed-out':
    case 'too-large':
    case 'refused':
      return t('sync.enrolFailed.unknown-code');
  }
}
