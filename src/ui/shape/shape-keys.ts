import type { ShapeDraft } from '../../app/shape-draft.svelte.ts';

const TOOLS = { b: 'box', o: 'polygon', p: 'brush', e: 'eraser' } as const;

/** Whether the key is typed into a field or moves a slider. */
export const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && target.type !== 'radio' && target.type !== 'checkbox');

/** Ctrl+Z takes back, with Shift or as Ctrl+Y does again; undefined for any other key. */
export function historyKey(event: KeyboardEvent): 'undo' | 'redo' | undefined {
  if (!event.ctrlKey && !event.metaKey) return undefined;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' ? 'redo' : undefined;
}

/** Tools by letter, undo and redo. Returns whether the key was one of them. */
export function shapeKeys(event: KeyboardEvent, draft: ShapeDraft): boolean {
  const step = historyKey(event);
  if (step) {
    event.preventDefault();
    draft[step]();
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return false;
  const key = event.key.toLowerCase();
  if (!(key in TOOLS)) return false;
  draft.choose(TOOLS[key as keyof typeof TOOLS]);
  return true;
}
