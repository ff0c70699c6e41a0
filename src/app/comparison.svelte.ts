import type { CaptureId, FindingId } from '../../core/contract/ids.ts';
import type { Finding } from '../../core/contract/records.ts';
import { growthCm } from '../../core/measure/growth.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import { farness, readEarlierCampaign, type EarlierCampaign, type EarlierPhoto } from './earlier-campaign.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import type { JudgeSession } from './judge-session.svelte.ts';

/** As many as a person looks through. */
const OFFERED = 12;

/** One finding beside what the last campaign saw there. */
export class Comparison {
  #campaign = $state.raw<EarlierCampaign>();
  #isRead = $state(false);
  #chosenId = $state<CaptureId>();
  readonly #session: InspectionSession;
  readonly #judging: JudgeSession;
  readonly #findingId: FindingId;

  constructor(session: InspectionSession, judging: JudgeSession, findingId: FindingId) {
    this.#session = session;
    this.#judging = judging;
    this.#findingId = findingId;
  }

  get isRead(): boolean {
    return this.#isRead;
  }
  get campaign(): EarlierCampaign | undefined {
    return this.#campaign;
  }
  get finding(): Finding | undefined {
    return this.#session.finding(this.#findingId);
  }
  /** Photos of the last campaign, the nearest place first; the one with the linked finding before all. */
  readonly photos: readonly EarlierPhoto[] = $derived.by(() => {
    const place = this.finding?.place ?? {};
    const linked = this.finding?.previousFindingId;
    const isLinked = ({ findings }: EarlierPhoto) => findings.some(({ id }) => id === linked);
    return (this.#campaign?.photos ?? [])
      .map((photo) => ({ photo, far: isLinked(photo) ? -1 : farness(place, photo.capture.place) }))
      .toSorted((a, b) => a.far - b.far)
      .slice(0, OFFERED)
      .map(({ photo }) => photo);
  });
  readonly chosen: EarlierPhoto | undefined = $derived(
    this.photos.find(({ capture }) => capture.id === this.#chosenId) ?? this.photos[0],
  );
  readonly linked: Finding | undefined = $derived(
    this.chosen?.findings.find(({ id }) => id === this.finding?.previousFindingId),
  );

  async load(store: InspectionStore): Promise<void> {
    const { inspection } = this.#session;
    if (inspection) this.#campaign = await readEarlierCampaign(store, inspection);
    this.#isRead = true;
  }

  choose(id: CaptureId): void {
    this.#chosenId = id;
  }

  /** The same damage, seen again: kept as a person's decision, with its growth where both were measured. */
  async link(previous: Finding | undefined): Promise<void> {
    const finding = this.finding;
    if (!finding) return;
    this.#judging.begin(finding.id);
    this.#judging.change({
      previousFindingId: previous?.id,
      growthCm: previous && growthCm(previous, finding),
    });
    await this.#judging.accept();
  }
}
