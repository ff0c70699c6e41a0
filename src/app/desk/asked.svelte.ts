import type { DeskAnswer, DeskClient } from '../../sync/desk-client.ts';
import type { DeskLink } from './desk-link.ts';

export type AskTrouble = 'unreached' | 'forbidden' | 'refused';

/** Something that only the server knows: asked for, on its way, here, or not to be had, and why. */
export class Asked<Value> {
  #value = $state.raw<Value>();
  #trouble = $state<AskTrouble>();
  #busy = $state(false);
  readonly #link: Pick<DeskLink, 'client'>;
  readonly #ask: (client: DeskClient) => DeskAnswer<Value>;

  constructor(link: Pick<DeskLink, 'client'>, ask: (client: DeskClient) => DeskAnswer<Value>) {
    this.#link = link;
    this.#ask = ask;
  }

  get value(): Value | undefined {
    return this.#value;
  }
  get trouble(): AskTrouble | undefined {
    return this.#trouble;
  }
  get busy(): boolean {
    return this.#busy;
  }

  async load(): Promise<void> {
    const value = await this.do(this.#ask);
    if (value !== undefined) this.#value = value;
  }

  /** Asks for something else on the way; what is shown stays. Undefined where it failed. */
  async do<Other>(ask: (client: DeskClient) => DeskAnswer<Other>): Promise<Other | undefined> {
    this.#busy = true;
    this.#trouble = undefined;
    try {
      const client = await this.#link.client();
      const answer = client && (await ask(client));
      if (answer?.ok) return answer.value;
      const status = answer?.kind === 'refused' ? answer.problem.status : undefined;
      this.#trouble = status === undefined ? 'unreached' : status === 403 ? 'forbidden' : 'refused';
      return undefined;
    } finally {
      this.#busy = false;
    }
  }
}
