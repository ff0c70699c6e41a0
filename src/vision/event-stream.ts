import type { AnalysisEvent } from '../../core/contract/vision-worker.ts';

/**
 * The events of one job. They come through a port of their own, so that the result may overtake the last
 * of them; waiting for it here costs no message back and forth.
 */
export class EventStream {
  /** Resolves once the event of the last tile was heard. */
  readonly last: Promise<void>;
  #resolve: () => void = () => undefined;
  readonly #tell: (event: AnalysisEvent) => void;

  constructor(tell: (event: AnalysisEvent) => void) {
    this.#tell = tell;
    this.last = new Promise((resolve) => (this.#resolve = resolve));
  }

  readonly hear = (event: AnalysisEvent): void => {
    this.#tell(event);
    if (event.kind === 'tile' && event.done === event.tiles) this.#resolve();
  };
}
