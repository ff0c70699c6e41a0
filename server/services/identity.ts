import type { Role } from '../../core/contract/roles.ts';

/** On whose behalf a request is carried out, as its token and the device's row say. */
export interface Identity {
  readonly tenant: string;
  readonly device: string;
  /** Whose device it is; null where nobody said so. */
  readonly person: string | null;
  readonly roles: readonly Role[];
}
