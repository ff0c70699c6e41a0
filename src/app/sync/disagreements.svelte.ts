import type { CaptureId, FindingId, InspectionId } from '../../../core/contract/ids.ts';
import type { Finding, Review } from '../../../core/contract/records.ts';
import type { InspectionStore } from '../../storage/inspection-store.ts';
import { newId } from '../new-id.ts';
import type { Sync } from './sync.svelte.ts';

type State = Sync['conflicts'][number];
type Rival = NonNullable<State['conflict']>['fields'][string][number];

/** One person's judgement of a finding: the finding as that person left it. */
export interface Side {
  readonly key: string;
  readonly reviewer: string;
  readonly at: number;
  /** Judged on this very device. */
  readonly isOwn: boolean;
  readonly finding: Finding;
}

interface Common {
  readonly key: string;
  readonly entity: State['entity'];
  readonly id: string;
  readonly inspectionId: InspectionId | undefined;
  /** Of the inspection. */
  readonly title: string | undefined;
}

export type Disagreement = Common &
  (
    | { readonly kind: 'disputed'; readonly findingId: FindingId; readonly sides: readonly Side[] }
    | {
        readonly kind: 'fields';
        readonly captureId: CaptureId | undefined;
        readonly fields: readonly { readonly name: string; readonly rivals: readonly Rival[] }[];
      }
    | { readonly kind: 'edited-after-delete'; readonly isGone: boolean }
  );

type Kept = Pick<InspectionStore, 'inspection' | 'reviews'>;

/** Both sides of whatever devices disagree on, and the choice between them. */
export class Disagreements {
  #all = $state.raw<readonly Disagreement[]>();
  readonly #sync: Sync;
  readonly #kept: Kept;
  readonly #reviewer: () => string;

  constructor(sync: Sync, kept: Kept, reviewer: () => string) {
    this.#sync = sync;
    this.#kept = kept;
    this.#reviewer = reviewer;
  }

  /** Undefined until they were read. */
  get all(): readonly Disagreement[] | undefined {
    return this.#all;
  }

  async load(): Promise<void> {
    const read = await Promise.all(this.#sync.conflicts.map((state) => this.#read(state)));
    this.#all = read.flatMap((one) => one ?? []);
  }

  /** Takes one person's judgement; it goes to everybody as this person's own, with both in the history. */
  async chooseSide({ id }: Disagreement, side: Side): Promise<void> {
    const state = this.#state('finding', id);
    const before = await this.#sync.store.record('finding', id);
    if (!state?.conflict || !before) return;
    const now = Date.now();
    const after = { ...before, ...pick(side.finding, Object.keys(state.conflict.fields)), updatedAt: now };
    const review: Review = {
      ...{ schemaV: 1, id: newId('ReviewId'), findingId: before.id, inspectionId: before.inspectionId },
      ...{ reviewer: this.#reviewer(), decision: decisionOf(side.finding), before, after: whole(after) },
      ...{ seconds: 0, createdAt: now },
    };
    const fields = { ...pick(side.finding, Object.keys(state.conflict.fields)), updatedAt: now };
    await this.#sync.settle(state, { kind: 'choose', fields, review });
  }

  async chooseValue(one: Disagreement, chosen: Readonly<Record<string, unknown>>): Promise<void> {
    const state = this.#state(one.entity, one.id);
    if (!state?.conflict) return;
    const shown = Object.entries(state.conflict.fields).map(([name, [first]]) => [
      name,
      first?.value ?? null,
    ]);
    await this.#sync.settle(state, {
      kind: 'choose',
      fields: { ...Object.fromEntries(shown), ...chosen } as never,
    });
  }

  async decideDeletion(one: Disagreement, kind: 'delete' | 'bring-back'): Promise<void> {
    const state = this.#state(one.entity, one.id);
    if (state) await this.#sync.settle(state, { kind });
  }

  #state(entity: State['entity'], id: string): State | undefined {
    return this.#sync.conflicts.find((state) => state.entity === entity && state.id === id);
  }

  async #read(state: State): Promise<Disagreement | undefined> {
    const { conflict, entity, id, key } = state;
    if (!conflict) return undefined;
    const record = (await this.#sync.store.record(entity, id)) ?? state.record;
    const inspectionId = (entity === 'inspection' ? id : record && Reflect.get(record, 'inspectionId')) as
      InspectionId | undefined;
    const inspection = inspectionId && (await this.#kept.inspection(inspectionId));
    const common = { key, entity, id, inspectionId, title: inspection?.title };
    switch (conflict.kind) {
      case 'edited-after-delete':
        return { ...common, kind: conflict.kind, isGone: state.record !== undefined };
      case 'disputed': {
        const finding = await this.#sync.store.record('finding', id);
        if (!finding) return undefined;
        return {
          ...common,
          kind: 'disputed',
          findingId: finding.id,
          sides: await this.#sides(finding, conflict),
        };
      }
      case 'fields': {
        const captureId = record && (Reflect.get(record, 'captureId') as CaptureId | undefined);
        const fields = Object.entries(conflict.fields).map(([name, rivals]) => ({ name, rivals }));
        return { ...common, kind: 'fields', captureId, fields };
      }
    }
  }

  async #sides(finding: Finding, { fields }: NonNullable<State['conflict']>): Promise<readonly Side[]> {
    const reviews = await this.#kept.reviews(finding.id);
    const own = this.#sync.account?.device ?? '';
    const verdicts = (fields['state'] ?? []).filter(({ value }) => value !== 'proposed');
    return verdicts.map((rival) => {
      const review = closest(
        reviews.filter(({ after }) => after.state === rival.value),
        rival.at,
      );
      const entries = Object.entries(fields).map(([name, rivals]) => [
        name,
        (rivals.find(({ device }) => device === rival.device) ?? rivals[0])?.value,
      ]);
      return {
        key: `${rival.device} ${rival.version}`,
        reviewer: review?.reviewer ?? '',
        at: rival.at,
        isOwn: own !== '' && rival.device.startsWith(`${own}/`),
        finding: review?.after ?? whole({ ...finding, ...(Object.fromEntries(entries) as Partial<Finding>) }),
      };
    });
  }
}

/** The server names a value's device and time, a review its person: the nearest with this verdict is theirs. */
function closest(reviews: readonly Review[], at: number): Review | undefined {
  return reviews.toSorted((a, b) => Math.abs(a.createdAt - at) - Math.abs(b.createdAt - at))[0];
}

/** null says that there is none. */
const pick = (finding: Finding, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, (Reflect.get(finding, name) as unknown) ?? null]));

/** A record holds no null. */
const whole = (finding: object): Finding =>
  Object.fromEntries(
    Object.entries(finding).filter(([, value]) => value !== null && value !== undefined),
  ) as Finding;

function decisionOf({ state }: Finding): Review['decision'] {
  switch (state) {
    case 'accepted':
      return 'accept';
    case 'rejected':
      return 'reject';
    case 'not-assessable':
      return 'not-assessable';
    default:
      return 'edit';
  }
}
