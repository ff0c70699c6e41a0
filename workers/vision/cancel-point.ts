/** Often enough for a person who waits, seldom enough to cost nothing. */
const LISTEN_EVERY_MS = 50;

/**
 * Where a job may stop. A WASM run and what follows it are microtasks only, so that a cancel would wait until
 * the end of the job unless the thread is given up now and then.
 */
export class CancelPoint {
  readonly #cancelled: () => boolean;
  #listenedAt = performance.now();

  constructor(cancelled: () => boolean) {
    this.#cancelled = cancelled;
  }

  async reached(): Promise<boolean> {
    if (performance.now() - this.#listenedAt > LISTEN_EVERY_MS) {
      await yieldToMessages();
      this.#listenedAt = performance.now();
    }
    return this.#cancelled();
  }
}

/** A message to ourselves comes without the four milliseconds of a nested timer. */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
