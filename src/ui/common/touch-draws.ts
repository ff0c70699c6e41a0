/**
 * An attachment for what is drawn on: a touch there draws and does nothing else. Otherwise Chromium takes the end of
 * a quick stroke for a fling, even where nothing scrolls, and swallows the next tap to stop it; and the click that
 * follows a tap presses what the tap has just opened, as the fourth point of a box opens the choice of types.
 */
export function touchDraws(element: Element): () => void {
  const prevent = (event: Event) => {
    const isEnd = event.type === 'touchend';
    const isControl = event.target instanceof Element && event.target.closest('button, a') !== null;
    if (event.cancelable && !(isEnd && isControl)) event.preventDefault();
  };
  // Svelte's touch handlers are passive and could not.
  element.addEventListener('touchmove', prevent, { passive: false });
  element.addEventListener('touchend', prevent, { passive: false });
  return () => {
    element.removeEventListener('touchmove', prevent);
    element.removeEventListener('touchend', prevent);
  };
}
