import type { SignOffRequest } from '../../../core/contract/desk.ts';
import type { InspectionId } from '../../../core/contract/ids.ts';
import { Decision } from '../../../core/contract/records.ts';
import type { DeskLink } from './desk-link.ts';

export const DECISIONS = Decision.options;

export type SignOffTrouble = 'changed' | 'not-handed-over' | 'unreached' | 'refused';

const TROUBLES: Readonly<Record<number, SignOffTrouble>> = { 409: 'not-handed-over', 412: 'changed' };

/** The office's decision on one inspection, from the question to the server's answer. */
export class SigningOff {
  decision = $state<Decision>();
  note = $state('');
  #state = $state<'asking' | 'sending' | 'sent'>('asking');
  #trouble = $state<SignOffTrouble>();
  #seen: string | undefined;
  readonly #id: InspectionId;
  readonly #link: DeskLink;

  constructor(id: InspectionId, link: DeskLink) {
    this.#id = id;
    this.#link = link;
  }

  get state(): 'asking' | 'sending' | 'sent' {
    return this.#state;
  }
  get trouble(): SignOffTrouble | undefined {
    return this.#trouble;
  }
  /** What goes back has to say why. */
  get needsNote(): boolean {
    return this.decision !== undefined && this.decision !== 'approved' && this.note.trim() === '';
  }

  /** Begins a decision. What is shown from here on is what is decided on. */
  async ask(decision: Decision): Promise<void> {
    this.decision = decision;
    this.#trouble = undefined;
    this.#state = 'asking';
    // What was judged at this desk goes first, or it would come as a change after the decision.
    await this.#link.sync();
    this.#seen = await this.#link.cursor();
  }

  drop(): void {
    this.decision = undefined;
    this.#trouble = undefined;
  }

  async send(): Promise<void> {
    const { decision, note } = this;
    if (decision === undefined || this.needsNote || this.#state === 'sending') return;
    this.#state = 'sending';
    this.#seen ??= await this.#link.cursor();
    this.#trouble = await this.#decide({ decision, note: note.trim(), seen: this.#seen ?? '' });
    this.#state = this.#trouble === undefined ? 'sent' : 'asking';
    // Also after a refusal: the newest has to be on screen.
    await this.#link.sync();
    if (this.#trouble === undefined) {
      this.decision = undefined;
      this.note = '';
    }
    this.#seen = await this.#link.cursor();
  }

  async #decide(request: SignOffRequest): Promise<SignOffTrouble | undefined> {
    const client = await this.#link.client();
    const answer = await client?.signOff(this.#id, request);
    if (answer === undefined || (!answer.ok && answer.kind !== 'refused')) return 'unreached';
    if (answer.ok) return undefined;
    return TROUBLES[answer.problem.status] ?? 'refused';
  }
}
