export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'problem';
  /** Takes the thing back that the notice tells of. */
  readonly undo?: () => unknown;
}

/** Long enough to read and reach (WCAG 2.2.1); a pointer or focus on the notice stops the clock. */
const SHOWN_MS = 15_000;

/** The one line at the bottom that says what was just done and offers to take it back. */
export class Notices {
  #current = $state.raw<Notice>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = 1;

  get current(): Notice | undefined {
    return this.#current;
  }

  say(text: string, options: { readonly undo?: () => unknown; readonly tone?: Notice['tone'] } = {}): void {
    const { undo, tone = 'plain' } = options;
    this.#current = { id: this.#next++, text, tone, ...(undo && { undo }) };
    this.release();
  }

  hold(): void {
    clearTimeout(this.#timer);
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.dismiss(), SHOWN_MS);
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.#current = undefined;
  }

  async undo(): Promise<void> {
    const undo = this.#current?.undo;
    this.dismiss();
    await undo?.();
  }
}
