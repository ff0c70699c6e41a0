import { Role } from '../../../core/contract/roles.ts';
import type { DeskClient } from '../../sync/desk-client.ts';
import type { Sync } from '../sync/sync.svelte.ts';
import type { DeskLink } from './desk-link.ts';

/** What a code can make of a device. */
export const ROLES = Role.options;

const OFFICE: readonly Role[] = ['reviewer', 'admin', 'publisher'];

/** The office desk in this browser: whether it is one, with which roles, and its way to the server. */
export class Desk implements DeskLink {
  readonly #open: () => Promise<Sync>;
  readonly #current: () => Sync | undefined;

  /** `current` is what `openSync` has opened, and read anew whenever it changes. */
  constructor(openSync: () => Promise<Sync>, current: () => Sync | undefined) {
    this.#open = openSync;
    this.#current = current;
  }

  get #sync(): Sync | undefined {
    return this.#current();
  }

  /** Undefined until it is known. */
  get isOpen(): boolean | undefined {
    return this.#sync && OFFICE.some((role) => this.has(role));
  }
  get isEnrolled(): boolean {
    return this.#sync?.account !== undefined;
  }
  /** The id of this very browser. */
  get device(): string | undefined {
    return this.#sync?.account?.device;
  }
  has(role: Role): boolean {
    return this.#sync?.account?.roles.includes(role) ?? false;
  }

  /** Errors: rejects where the code of sync cannot be loaded. */
  async load(): Promise<void> {
    await this.#open();
  }

  async sync(): Promise<void> {
    await (await this.#open()).round();
  }

  async cursor(): Promise<string | undefined> {
    return (await this.#open()).store.cursor();
  }

  async client(): Promise<DeskClient | undefined> {
    const [sync, { DeskClient }] = await Promise.all([this.#open(), import('../../sync/desk-client.ts')]);
    const api = await sync.client();
    return api && new DeskClient(api);
  }
}
