/** Why the storage cannot be used: held by an older tab, taken by a newer one, not opening, or cleared. */
export type StartTrouble = 'blocked' | 'superseded' | 'failed' | 'emptied';
