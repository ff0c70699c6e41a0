import type { Capture, Inspection } from '../../core/contract/records.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { InspectionImporter, InspectionStore, StorageFailure } from '../storage/inspection-store.ts';
import type { AppUpdate } from './app-update.ts';
import { analysePhotoWith } from './analyse-photo.ts';
import { AnalysisQueue } from './analysis-queue.svelte.ts';
import { drawnFinding, type Drawn } from './draw-finding.ts';
import { failureText } from './failure-text.ts';
import { openDemo, type Wanted } from './demo.ts';
import { Device } from './device.svelte.ts';
import { HandOver } from './hand-over.svelte.ts';
import { InspectionList } from './inspection-list.svelte.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import { JudgeSession } from './judge-session.svelte.ts';
import { KeptInspections } from './kept-inspections.svelte.ts';
import { newInspection, type InspectionForm } from './new-inspection.ts';
import { Notices } from './notices.svelte.ts';
import { PackShelf } from './pack-shelf.svelte.ts';
import { PhotoIntake } from './photo-intake.svelte.ts';
import { PhotoUrls } from './photo-urls.ts';
import { Preferences } from './preferences.svelte.ts';
import type { Router } from './router.svelte.ts';
import { StartReport } from './start-report.svelte.ts';
import { SessionCache } from './session-cache.svelte.ts';
import type { Vision } from './vision.ts';

export interface LoupeParts {
  readonly store: InspectionStore & InspectionImporter;
  /** Asks the browser not to evict; resolves with its answer. */
  readonly requestPersistence: () => Promise<boolean>;
  readonly vision: Vision;
  readonly router: Router;
  readonly update: AppUpdate;
}

/** All that a screen may ask for: the state classes, each once. */
export class Loupe {
  readonly router: Router;
  readonly preferences: Preferences;
  readonly notices = new Notices();
  readonly update: AppUpdate;
  readonly queue: AnalysisQueue;
  readonly photos: PhotoUrls;
  readonly sessions: SessionCache;
  readonly packs: PackShelf;
  readonly device: Device;
  readonly startReport = new StartReport();
  readonly #store: InspectionStore & InspectionImporter;

  constructor({ store, requestPersistence, vision, router, update }: LoupeParts) {
    this.update = update;
    this.#store = store;
    this.router = router;
    this.preferences = new Preferences(store);
    this.queue = new AnalysisQueue(analysePhotoWith(store, vision), ({ inspectionId }) =>
      this.sessions.refresh(inspectionId),
    );
    this.photos = new PhotoUrls(store, vision);
    this.sessions = new SessionCache(store, this.queue);
    this.packs = new PackShelf(vision);
    this.device = new Device(store, vision, requestPersistence);
  }

  /** Photos that wait for a model go on by themselves once there is a network again. */
  resumeOnline(): void {
    addEventListener('online', () => {
      if (this.queue.stopped?.kind === 'pack-unavailable') this.queue.resume();
    });
  }

  inspectionList(): InspectionList {
    return new InspectionList(this.#store);
  }

  keptInspections(): KeptInspections {
    return new KeptInspections(this.#store, this.notices);
  }

  intake(session: InspectionSession): PhotoIntake {
    return new PhotoIntake(session.id, {
      store: this.#store,
      photos: this.photos,
      onSaved: (capture) => session.inspection && this.queue.add([capture], session.inspection.modelId),
    });
  }

  handOver(session: InspectionSession): HandOver {
    return new HandOver(session, this.#store, this.packs);
  }

  judging(session: InspectionSession): JudgeSession {
    return new JudgeSession(session, this.#store, () => this.preferences.inspector);
  }

  /** The demo's inspection, its samples saved and on their way through the model. */
  async openDemo(wanted: Wanted): ReturnType<typeof openDemo> {
    const outcome = await openDemo(this.#store, wanted, (capture, modelId) => {
      this.queue.prefer(capture.inspectionId);
      this.queue.add([capture], modelId);
    });
    if (outcome.ok) await this.sessions.open(outcome.value.id).load();
    return outcome;
  }

  /** Removes every demo inspection; real ones are not touched. */
  async resetDemo(): Promise<void> {
    for (const { inspection } of await this.#store.inspections()) {
      if (!inspection.demo) continue;
      this.queue.cancel(inspection.id);
      await this.#store.deleteInspection(inspection.id);
    }
  }

  async addFinding(session: InspectionSession, capture: Capture, drawn: Drawn): Promise<void> {
    const saved = await this.#store.saveFinding(drawnFinding(capture, drawn));
    if (saved.ok) session.replace(saved.value);
    else this.notices.say(`${failureText(saved).what} ${failureText(saved).todo}`, { tone: 'problem' });
  }

  async begin(form: InspectionForm): Promise<Outcome<Inspection, StorageFailure>> {
    const { inspector, site, campaign } = form;
    this.preferences.remember({ inspector, site, campaign, place: {} });
    return this.#store.saveInspection(newInspection(form));
  }

  /** Whatever was saved and not analysed, in any inspection, is taken up again. */
  async takeUpLeftovers(): Promise<void> {
    for (const { inspection, captures, analysed } of await this.#store.inspections()) {
      if (analysed >= captures) continue;
      const [all, analyses] = await Promise.all([
        this.#store.captures(inspection.id),
        this.#store.analyses(inspection.id),
      ]);
      const done = new Set(analyses.map(({ captureId }) => captureId));
      this.queue.add(
        all.filter(({ id }) => !done.has(id)),
        inspection.modelId,
      );
    }
  }
}
