/** What may have the focus without opening an on-screen keyboard. */
const STOPS = 'a[href], button, summary, input[type=radio], input[type=checkbox], [tabindex]';

/** A control and what it stands in, the nearest first. */
type Path = readonly HTMLElement[];

/**
 * A control that has the focus may go away or be switched off by its own press: then the focus goes to what took
 * its place, and never to nowhere, from where a keyboard would begin at the top again. Returns what ends it.
 */
export function keepFocus(document: Document): () => void {
  let last: Path = [];
  /** Where one stood before a dialog opened. */
  let outside: Path = [];
  let byPointer = false;

  function look(): void {
    const [control] = last;
    if (!control || !isLost(control)) return;
    const now = document.activeElement;
    // The browser itself takes it from a control that is switched off, but only some frames later.
    if (now !== document.body && now !== control) return;
    const place = stopNear(last) ?? stopNear(outside);
    const next = place ?? document.querySelector<HTMLElement>('h1[tabindex]');
    next?.focus({ preventScroll: byPointer });
  }
  function onFocus({ target }: FocusEvent): void {
    if (!(target instanceof HTMLElement)) return;
    last = pathOf(target);
    if (!target.closest('[role=dialog]')) outside = last;
  }
  const onKey = () => (byPointer = false);
  const onPointer = () => (byPointer = true);
  const observer = new MutationObserver(() => requestAnimationFrame(look));
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
  document.addEventListener('focusin', onFocus);
  document.addEventListener('keydown', onKey, true);
  document.addEventListener('pointerdown', onPointer, true);
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', onFocus);
    document.removeEventListener('keydown', onKey, true);
    document.removeEventListener('pointerdown', onPointer, true);
  };
}

const isLost = (control: HTMLElement): boolean => !control.isConnected || control.matches(':disabled');

function pathOf(control: HTMLElement): Path {
  const path: HTMLElement[] = [];
  for (
    let at: HTMLElement | null = control;
    at && at.id !== 'app' && at.tagName !== 'BODY';
    at = at.parentElement
  )
    path.push(at);
  return path;
}

/** In the nearest place that is still there: the one next step, else what follows the control, else the first. */
function stopNear([control, ...places]: Path): HTMLElement | undefined {
  if (control?.isConnected && !isLost(control)) return control;
  for (const place of places.filter(({ isConnected }) => isConnected)) {
    const stops = [...place.querySelectorAll<HTMLElement>(STOPS)].filter(
      (stop) => stop.tabIndex >= 0 && !stop.matches(':disabled') && stop.checkVisibility(),
    );
    const after = stops.find((stop) => control && isBefore(control, stop));
    const stop = stops.find(({ classList }) => classList.contains('primary')) ?? after ?? stops[0];
    if (stop) return stop;
  }
  return undefined;
}

/** In the page's order; false where the first is not in it any more. */
const isBefore = (first: Node, second: Node): boolean =>
  first.isConnected && (first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
