import type { CaptureId, FindingId } from '../../core/contract/ids.ts';
import type { OfficePart, PackStatus } from '../../core/contract/vision-worker.ts';
import type { Capture, Inspection, Scale } from '../../core/contract/records.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { InspectionImporter, InspectionStore, StorageFailure } from '../storage/inspection-store.ts';
import type { Lock } from '../storage/lock.ts';
import type { AppUpdate } from './app-update.ts';
import type { BundleSource } from './bundle/write-bundle.ts';
import { annotated, type Annotation } from './annotate.ts';
import { analysePhotoWith } from './analyse-photo.ts';
import { AnalysisQueue } from './analysis-queue.svelte.ts';
import type { Comparison } from './comparison.svelte.ts';
import type { Drawn } from './draw-finding.ts';
import { earlierCampaigns } from './earlier-campaign.ts';
import { Explaining } from './explaining.svelte.ts';
import { failureText } from './failure-text.ts';
import { openDemo, type Wanted } from './demo.ts';
import { Deletions } from './deletions.svelte.ts';
import { DeviceLock } from './device-lock.svelte.ts';
import { Desk } from './desk/desk.ts';
import type { FieldStore } from './desk/field-record.svelte.ts';
import { Device } from './device.svelte.ts';
import { Help } from './help.svelte.ts';
import type { FilmSearch } from './film-search.svelte.ts';
import type { HandOverParts } from './hand-over.svelte.ts';
import { InspectionList } from './inspection-list.svelte.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import { JudgeSession } from './judge-session.svelte.ts';
import { LiveFindings } from './live-findings.svelte.ts';
import { KeptInspections, type StoreKeeper } from './kept-inspections.svelte.ts';
import { newInspection, type InspectionForm } from './new-inspection.ts';
import { Notices } from './notices.svelte.ts';
import { PackShelf } from './pack-shelf.svelte.ts';
import { PhotoCheck } from './photo-check.svelte.ts';
import type { IntakeParts } from './photo-intake.svelte.ts';
import { PhotoUrls } from './photo-urls.ts';
import { Preferences } from './preferences.svelte.ts';
import type { Router } from './router.svelte.ts';
import { Language } from './spoken-language.svelte.ts';
import { StartReport } from './start-report.svelte.ts';
import { SessionCache } from './session-cache.svelte.ts';
import type { Disagreements } from './sync/disagreements.svelte.ts';
import { SyncDoor } from './sync/sync-door.svelte.ts';
import type { Sync, SyncParts } from './sync/sync.svelte.ts';
import { t } from './text/text.ts';
import type { Vision } from './vision.ts';

export interface LoupeParts {
  readonly store: InspectionStore & InspectionImporter;
  readonly keeper: StoreKeeper;
  readonly lock: Lock;
  /** Asks the browser not to evict; resolves with its answer. */
  readonly requestPersistence: () => Promise<boolean>;
  readonly openSync: () => Promise<SyncParts['store']>;
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
  /** Every deletion on any screen: with undo, and with a question where nothing else holds it. */
  readonly deletions: Deletions;
  readonly lock: DeviceLock;
  readonly startReport = new StartReport();
  readonly language = new Language();
  readonly help = new Help();
  readonly desk = new Desk(
    () => this.openSync(),
    () => this.sync,
  );
  readonly #sync: SyncDoor;
  readonly #keeper: StoreKeeper;
  readonly #vision: Vision;
  readonly #store: InspectionStore & InspectionImporter;

  constructor(parts: LoupeParts) {
    const { store, keeper, lock, requestPersistence, vision, router, update } = parts;
    this.update = update;
    this.#store = store;
    this.#keeper = keeper;
    this.#vision = vision;
    this.lock = new DeviceLock(lock, this.notices);
    this.deletions = new Deletions(store, keeper, this.notices);
    this.router = router;
    this.preferences = new Preferences(store);
    this.queue = new AnalysisQueue(
      analysePhotoWith(store, vision, () => this.preferences.thorough),
      ({ inspectionId }) => this.sessions.refresh(inspectionId),
    );
    this.#sync = new SyncDoor(async () => {
      const [{ Sync }, syncStore] = await Promise.all([import('./sync/sync.svelte.ts'), parts.openSync()]);
      const url = new URL('./', document.baseURI).href.replace(/[#?].*$/, '');
      const isSealed = () => this.lock.state !== 'off';
      const models = {
        shelf: this.packs,
        onInstalled: (pack: PackStatus) => this.#tellOf(pack),
      };
      return new Sync({ store: syncStore, kept: store, url, isSealed, vision, models }).start();
    });
    this.photos = new PhotoUrls(store, vision, async (capture) =>
      (await this.#sync.open()).remotePhotos.get(capture),
    );
    this.sessions = new SessionCache(store, this.queue);
    this.packs = new PackShelf(vision);
    this.device = new Device(store, vision, requestPersistence);
  }

  /** Photos that wait for a model go on by themselves once there is a network again. */
  resumeOnline(): void {
    addEventListener('online', () => {
      if (this.queue.stopped?.kind === 'pack-unavailable') this.queue.resume();
      // Offline at the first visit, its code may not have been there.
      this.openSync().catch(() => undefined);
    });
  }

  /** Where the worker gets what the office released. */
  async packPart(...wanted: Parameters<OfficePart>): ReturnType<OfficePart> {
    return (await this.#sync.open()).packPart(...wanted);
  }

  #tellOf({ manifest: { title: pack, version } }: PackStatus): void {
    this.notices.say(t('models.office.now', { pack, version }));
  }

  giveUpGpu(): void {
    this.device.giveUpGpu();
    this.notices.say(t('device.gpuGivenUp'), { tone: 'problem' });
  }

  /** Undefined until it was loaded, behind the first screen. */
  get sync(): Sync | undefined {
    return this.#sync.current;
  }

  openSync(): Promise<Sync> {
    return this.#sync.open();
  }

  async disagreements(): Promise<Disagreements> {
    const [{ Disagreements }, sync] = await Promise.all([
      import('./sync/disagreements.svelte.ts'),
      this.#sync.open(),
    ]);
    return new Disagreements(sync, this.#store, () => this.preferences.inspector);
  }

  /** Where a screen keeps what belongs to this device and no inspection. */
  get settings(): Pick<InspectionStore, 'setting' | 'saveSetting'> {
    return this.#store;
  }

  inspectionList(): InspectionList {
    return new InspectionList(this.#store);
  }

  keptInspections(): KeptInspections {
    return new KeptInspections(this.#store, this.#keeper, this.notices);
  }

  /** Records of every inspection, for figures over all of them. */
  get fieldStore(): FieldStore {
    return this.#store;
  }

  /** What an export reads, photos of other devices from the server. */
  bundleSource(): BundleSource {
    const store = this.#store;
    const elsewhere = async (id: CaptureId): Promise<Blob | undefined> => {
      const capture = await store.capture(id);
      return capture && (await this.#sync.open()).remotePhotos.get(capture);
    };
    return {
      inspection: (id) => store.inspection(id),
      captures: (id) => store.captures(id),
      analyses: (id) => store.analyses(id),
      findings: (id) => store.findings(id),
      reviews: (id) => store.reviews(id),
      photo: async (id) => (await store.photo(id)) ?? elsewhere(id).catch(() => undefined),
    };
  }

  photoCheck(): PhotoCheck {
    return new PhotoCheck(this.#keeper);
  }

  /** What a screen gives its PhotoIntake; the class itself comes with the screen. */
  intakeParts(session: InspectionSession): IntakeParts {
    return {
      store: this.#store,
      photos: this.photos,
      onSaved: (capture) => session.inspection && this.queue.add([capture], session.inspection.modelId),
    };
  }

  /** Findings on the camera's running picture, by the inspection's model. */
  live(session: InspectionSession): LiveFindings {
    return new LiveFindings(this.#vision, () => session.inspection?.modelId);
  }

  /** Damage in a film, by the inspection's model. */
  async filmSearch(file: File, session: InspectionSession): Promise<FilmSearch> {
    const { FilmSearch } = await import('./film-search.svelte.ts');
    return new FilmSearch(file, this.#vision, () => session.inspection?.modelId);
  }

  explaining(): Explaining {
    return new Explaining(this.#store, this.#vision);
  }

  /** What a screen gives its HandOver. */
  handOverParts(session: InspectionSession): HandOverParts {
    const { packs, photos, notices } = this;
    return { session, store: this.#store, packs, photos, notices };
  }

  judging(session: InspectionSession): JudgeSession {
    return new JudgeSession(session, this.#store, () => this.preferences.inspector);
  }

  /** A finding beside the last campaign's photos. */
  async comparison(session: InspectionSession, findingId: FindingId): Promise<Comparison> {
    const { Comparison } = await import('./comparison.svelte.ts');
    const comparison = new Comparison(session, this.judging(session), findingId);
    await comparison.load(this.#store);
    return comparison;
  }

  async hasEarlierCampaign(inspection: Inspection): Promise<boolean> {
    const all = await this.#store.inspections();
    const withPhotos = all.filter(({ captures }) => captures > 0).map((one) => one.inspection);
    return earlierCampaigns(withPhotos, inspection).length > 0;
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
    const { drawnFinding } = await import('./draw-finding.ts');
    const saved = await this.#store.saveFinding(drawnFinding(capture, drawn));
    if (saved.ok) session.replace(saved.value);
    else this.notices.say(`${failureText(saved).what} ${failureText(saved).todo}`, { tone: 'problem' });
  }

  async saveScale(session: InspectionSession, capture: Capture, scale: Scale | undefined): Promise<boolean> {
    const { saveScale } = await import('./save-scale.ts');
    const saved = await saveScale(this.#store, capture, session.findingsOf(capture.id), scale);
    if (saved.ok) for (const finding of saved.value) session.replace(finding);
    else this.notices.say(`${failureText(saved).what} ${failureText(saved).todo}`, { tone: 'problem' });
    return saved.ok;
  }

  /** What a person says of a photo; an empty note or no memo takes it away. */
  async annotate(id: CaptureId, said: Annotation): Promise<void> {
    const capture = await this.#store.capture(id);
    if (!capture) return;
    const saved = await this.#store.updateCapture(annotated(capture, said));
    if (!saved.ok)
      this.notices.say(`${failureText(saved).what} ${failureText(saved).todo}`, { tone: 'problem' });
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
      const [all, elsewhere] = await Promise.all([
        this.#store.captures(inspection.id),
        this.#store.elsewhere(inspection.id),
      ]);
      // Last, since what is analysed meanwhile leaves the queue: taken up again, its open findings would be replaced.
      const analyses = await this.#store.analyses(inspection.id);
      const done = new Set([...analyses.map(({ captureId }) => captureId), ...elsewhere]);
      this.queue.add(
        all.filter(({ id }) => !done.has(id)),
        inspection.modelId,
      );
    }
  }
}
