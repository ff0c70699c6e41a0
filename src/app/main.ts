import { mount } from 'svelte';
import { openInspectionStore } from '../storage/open-store.ts';
import App from '../ui/App.svelte';
import StartProblem from '../ui/common/StartProblem.svelte';
import { VisionBridge } from '../vision/vision-bridge.ts';
import { AppUpdate } from './app-update.ts';
import { Loupe } from './loupe.svelte.ts';
import { Router } from './router.svelte.ts';
import type { StartTrouble } from './start-trouble.ts';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

/** Tells of a storage that cannot be used; it stands above whatever is on screen. */
const tell = (trouble: StartTrouble, detail?: string) =>
  void mount(StartProblem, { target, props: { trouble, ...(detail !== undefined && { detail }) } });

const opened = await openInspectionStore({
  onBlocked: () => tell('blocked'),
  onSuperseded: () => tell('superseded'),
  onEmptied: () => tell('emptied'),
});

if (opened.ok) {
  const vision = new VisionBridge({ packsUrl: new URL('models/', document.baseURI).href });
  const { store, startUp } = opened.value;
  const loupe = new Loupe({
    store,
    requestPersistence: () => opened.value.requestPersistence(),
    vision,
    router: new Router(window),
    update: new AppUpdate(import.meta.env.PROD ? './service-worker.js' : undefined),
  });
  await loupe.preferences.load();
  loupe.resumeOnline();
  target.replaceChildren();
  mount(App, { target, props: { loupe } });
  // Only then are the lists whole, and only then is it known what was left over.
  void loupe.startReport.await(startUp).then((lines) => {
    if (lines.length > 0) loupe.notices.say(lines.join(' '), { tone: 'problem' });
    return loupe.takeUpLeftovers();
  });
} else {
  tell(opened.kind === 'blocked' ? 'blocked' : 'failed', 'detail' in opened ? opened.detail : opened.kind);
}
