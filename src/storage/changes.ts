import * as v from 'valibot';
import { InspectionId } from '../../core/contract/ids.ts';
import type { StoreChange } from './inspection-store.ts';

const Message = v.object({
  entity: v.picklist(['inspection', 'capture', 'analysis', 'finding']),
  inspectionId: InspectionId,
});

/** Tells this tab's listeners, and those of every other tab, what was committed. */
export class Changes {
  readonly #listeners = new Set<(change: StoreChange) => void>();
  readonly #channel: BroadcastChannel | undefined;

  /** Without a name it stays within this store, for the in-memory one. */
  constructor(channelName?: string) {
    if (channelName === undefined || !('BroadcastChannel' in globalThis)) return;
    this.#channel = new BroadcastChannel(channelName);
    this.#channel.addEventListener('message', (event: MessageEvent<unknown>) => {
      const change = v.safeParse(Message, event.data);
      if (change.success) this.#deliver(change.output);
    });
  }

  tell(...changes: readonly StoreChange[]): void {
    for (const change of changes) {
      this.#deliver(change);
      this.#channel?.postMessage(change);
    }
  }

  listen(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#channel?.close();
    this.#listeners.clear();
  }

  #deliver(change: StoreChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
