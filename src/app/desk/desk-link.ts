import type { DeskClient } from '../../sync/desk-client.ts';

/** What the desk needs of the sync that runs in this browser as on a tablet. */
export interface DeskLink {
  /** One round, to its end. */
  sync(): Promise<unknown>;
  /** Up to where this browser has pulled. */
  cursor(): Promise<string | undefined>;
  /** Undefined where this browser is not enrolled. */
  client(): Promise<DeskClient | undefined>;
}
