import type { ShapeDraft } from '../../app/shape-draft.svelte.ts';
import { historyKey, isTyping, shapeKeys } from '../shape/shape-keys.ts';

/** What keys do while a finding is judged. */
export interface JudgeKeys {
  /** By the key as it is pressed, letters in lower case. */
  readonly does: Readonly<Record<string, () => unknown>>;
  readonly walk: (step: 'undo' | 'redo') => unknown;
  /** While a shape is drawn, keys draw. */
  readonly draft: ShapeDraft | undefined;
  readonly keepShape: () => void;
  readonly dropShape: () => void;
}

export function judgeKey(event: KeyboardEvent, keys: JudgeKeys): void {
  const { target } = event;
  const grading = target instanceof HTMLInputElement && event.key.startsWith('Arrow');
  if (isTyping(event) || grading || event.altKey) return;
  if (keys.draft) {
    if (event.key === 'Escape') keys.dropShape();
    else if (event.key === 'Enter' && !(target instanceof HTMLButtonElement)) keys.keepShape();
    else shapeKeys(event, keys.draft);
    return;
  }
  const step = historyKey(event);
  if (step) {
    event.preventDefault();
    keys.walk(step);
  }
  if (event.ctrlKey || event.metaKey) return;
  keys.does[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.();
}
