import type { SyncState } from './syncer.ts';

/** How often it is asked what others did, while nothing waits here. */
const IDLE_MS = 60_000;
/** A person who judges saves every few seconds: sent together. */
const SETTLE_MS = 1500;
/** A round that threw, such as a database that is being closed: not again at once. */
const AFTER_ERROR_MS = 10_000;

export interface LoopDeps {
  /** One round; see Syncer. */
  readonly round: (signal: AbortSignal) => Promise<SyncState>;
  /** Ms until a round that reached nobody is worth trying again. */
  readonly pauseMs: () => number;
  /** Nothing waits for its pause any more. */
  readonly hurry: () => Promise<void>;
  /** Ms until what waits may be sent; undefined where nothing waits. */
  readonly dueInMs: () => Promise<number | undefined>;
  readonly onNext?: (at: number | undefined) => void;
  readonly now?: () => number;
}

/**
 * When rounds are made: at the start, after saves, when somebody asks, when the network seems to be back, and by
 * a clock that is slower the longer nobody was reached.
 */
export class SyncLoop {
  readonly #deps: LoopDeps;
  #wake: (() => void) | undefined;
  #asked = 0;
  #isPaused = false;
  #saved: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: LoopDeps) {
    this.#deps = deps;
  }

  /** Rounds until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wakeUp());
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const before = this.#asked;
      const pause = this.#isPaused ? Infinity : await this.#round(signal);
      // Asked for while the round was on its way: it may have come too late for it.
      if (!isOver() && this.#asked === before) await this.#sleep(pause);
    }
    clearTimeout(this.#saved);
  }

  /** A round now, whatever is waited for; not while a person has paused it. */
  async now(): Promise<void> {
    await this.#deps.hurry();
    this.#ask();
  }

  /** Something was saved: a round soon, unless it has to wait anyway. */
  saved(): void {
    clearTimeout(this.#saved);
    this.#saved = setTimeout(() => {
      void this.#deps.dueInMs().then((ms) => ms === 0 && this.#ask());
    }, SETTLE_MS);
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#ask();
  }

  async #round(signal: AbortSignal): Promise<number> {
    const { round, pauseMs, dueInMs } = this.#deps;
    try {
      const state = await round(signal);
      if (state === 'unreached') return pauseMs();
      // Until an app is newer, or somebody enrols this device, no round comes to anything.
      if (state !== 'idle') return IDLE_MS;
      return Math.min(IDLE_MS, (await dueInMs()) ?? IDLE_MS);
    } catch {
      return AFTER_ERROR_MS;
    }
  }

  #ask(): void {
    this.#asked++;
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
  }

  async #sleep(ms: number): Promise<void> {
    const { onNext, now = Date.now } = this.#deps;
    onNext?.(Number.isFinite(ms) ? now() + ms : undefined);
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (Number.isFinite(ms)) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wake = undefined;
    onNext?.(undefined);
  }
}
