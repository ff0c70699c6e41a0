import type { Route } from './route.ts';
import type { Catalogue } from './text/catalogue.ts';

type Kind = Route['kind'];

/** Keys as they stand on the keyboard; what they do is in the catalogue under `key`. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: keyof Catalogue['key'];
}

const EVERYWHERE: readonly Shortcut[] = [
  { keys: ['?'], does: 'help' },
  { keys: ['Alt', '←'], does: 'back' },
];
const HISTORY: readonly Shortcut[] = [
  { keys: ['Ctrl', 'Z'], does: 'undo' },
  { keys: ['Ctrl', 'Shift', 'Z'], does: 'redo' },
];
const SHAPE: readonly Shortcut[] = [
  { keys: ['B', 'O', 'P', 'E'], does: 'tools' },
  { keys: ['←', '→', '↑', '↓'], does: 'handles' },
];

const BY_SCREEN: Partial<Record<Kind, readonly Shortcut[]>> = {
  judge: [
    { keys: ['A'], does: 'accept' },
    { keys: ['F'], does: 'fix' },
    { keys: ['R'], does: 'reject' },
    { keys: ['X'], does: 'skip' },
    { keys: ['T'], does: 'type' },
    { keys: ['0', '…', '5'], does: 'grade' },
    { keys: ['C'], does: 'compare' },
    { keys: ['←', '→'], does: 'step' },
    { keys: ['+', '−'], does: 'zoom' },
    ...HISTORY,
    ...SHAPE,
    { keys: ['Enter'], does: 'keep' },
    { keys: ['Esc'], does: 'drop' },
  ],
  mark: [...SHAPE, ...HISTORY],
};

/** What the keyboard does on a screen, then what it does on all. */
export const shortcutsOf = (kind: Kind): readonly Shortcut[] => [...(BY_SCREEN[kind] ?? []), ...EVERYWHERE];
