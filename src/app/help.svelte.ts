/** Help where one stands: of the screen one is on, or the tour of a day. Never opens by itself. */
export class Help {
  #shown = $state<'screen' | 'tour'>();

  get shown(): 'screen' | 'tour' | undefined {
    return this.#shown;
  }

  show(what: 'screen' | 'tour'): void {
    this.#shown = what;
  }

  close(): void {
    this.#shown = undefined;
  }
}
