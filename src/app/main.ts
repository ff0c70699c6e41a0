import { mount, unmount } from 'svelte';
import type { LockedStore } from '../storage/lock.ts';
import { openInspectionStore } from '../storage/open-store.ts';
import App from '../ui/App.svelte';
import StartProblem from '../ui/common/StartProblem.svelte';
import { VisionBridge } from '../vision/vision-bridge.ts';
import { AppUpdate } from './app-update.ts';
import { Loupe } from './loupe.svelte.ts';
import { Router } from './router.svelte.ts';
import type { StartTrouble } from './start-trouble.ts';
import { deviceLanguage, languageInAddress, loadTexts, speak } from './text/text.ts';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
const root = target;

// A storage that does not open is told in the device's language; what the user chose is kept in it.
const own = deviceLanguage(navigator.languages);
const asked = languageInAddress(location.search);
await speak(asked ?? own).catch(() => undefined);

/** Tells of a storage that cannot be used; it stands above whatever is on screen. */
async function tell(trouble: StartTrouble, detail?: string): Promise<void> {
  await loadTexts().catch(() => undefined);
  mount(StartProblem, { target: root, props: { trouble, ...(detail !== undefined && { detail }) } });
}

/** A locked store waits for its key; the app begins once a person has given it. */
async function askForKey(locked: LockedStore): Promise<CryptoKey> {
  const [{ default: LockScreen }, { LockGate }] = await Promise.all([
    import('../ui/lock/LockScreen.svelte'),
    import('./lock-gate.svelte.ts'),
    loadTexts(),
  ]);
  const gate = new LockGate(locked, localStorage);
  const screen = mount(LockScreen, { target: root, props: { gate } });
  const key = await gate.opened;
  await unmount(screen);
  return key;
}

const opened = await openInspectionStore({
  onLocked: askForKey,
  onBlocked: () => void tell('blocked'),
  onSuperseded: () => void tell('superseded'),
  onEmptied: () => void tell('emptied'),
});

if (opened.ok) {
  const vision = new VisionBridge({
    packsUrl: new URL('models/', document.baseURI).href,
    officePart: (...wanted) => loupe.packPart(...wanted),
    onGpuGivenUp: () => loupe.giveUpGpu(),
  });
  const { store, startUp } = opened.value;
  const loupe: Loupe = new Loupe({
    store,
    keeper: opened.value,
    lock: opened.value.lock,
    requestPersistence: () => opened.value.requestPersistence(),
    openSync: () => opened.value.openSync(),
    vision,
    router: new Router(window),
    update: new AppUpdate(import.meta.env.PROD ? './service-worker.js' : undefined),
  });
  await loupe.preferences.load();
  await loupe.language.choose(asked ?? loupe.preferences.language ?? own).catch(() => undefined);
  loupe.resumeOnline();
  target.replaceChildren();
  mount(App, { target, props: { loupe } });
  // Help, questions and failures over the first screen speak from it, but the first screen comes first.
  whenIdle(() => void loadTexts().catch(() => undefined));
  // Only then are the lists whole, and only then is it known what was left over.
  void loupe.startReport.await(startUp).then((lines) => {
    if (lines.length > 0) loupe.notices.say(lines.join(' '), { tone: 'problem' });
    loupe.lock.lockWhenAway();
    void loupe.lock.resume();
    // Not before the start's check is through: it may number anew what waits.
    loupe.openSync().catch(() => undefined);
    return loupe.takeUpLeftovers();
  });
} else {
  // A database that an older tab holds is waited for; only a newer Loupe's is refused.
  void tell(
    opened.kind === 'blocked' ? 'superseded' : 'failed',
    'detail' in opened ? opened.detail : opened.kind,
  );
}

/** Safari has no idle callback. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work, 500);
}
