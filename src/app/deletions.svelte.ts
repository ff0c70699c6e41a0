import type { InspectionId } from '../../core/contract/ids.ts';
import type { Capture, Finding } from '../../core/contract/records.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { InspectionStore, Restore, StorageFailure } from '../storage/inspection-store.ts';
import type { OpenStore } from '../storage/open-store.ts';
import { onlyHere } from './only-here.ts';
import { failureText } from './failure-text.ts';
import type { Notices } from './notices.svelte.ts';
import { t } from './text/text.ts';

/** Asked before anything is deleted that is kept nowhere else. */
export interface DeletionQuestion {
  readonly kind: 'inspection' | 'photo';
  readonly title: string;
  /** That are nowhere else. */
  readonly photos: number;
  readonly answer: (isMeant: boolean) => void;
}

type Store = Pick<InspectionStore, 'deleteInspection' | 'deletePhoto' | 'deleteFinding'>;
type Keeper = Pick<OpenStore, 'keptInspections' | 'waitingOf'>;

/**
 * Deleting, with undo. What no server has confirmed is asked about first; each method resolves with whether
 * it was deleted.
 */
export class Deletions {
  #question = $state.raw<DeletionQuestion>();
  readonly #store: Store;
  readonly #keeper: Keeper;
  readonly #notices: Notices;

  constructor(store: Store, keeper: Keeper, notices: Notices) {
    this.#store = store;
    this.#keeper = keeper;
    this.#notices = notices;
  }

  get question(): DeletionQuestion | undefined {
    return this.#question;
  }

  async inspection(id: InspectionId, title: string): Promise<boolean> {
    const kept = (await this.#keeper.keptInspections()).find(({ inspectionId }) => inspectionId === id);
    const photosOnlyHere = kept ? onlyHere(kept) : 0;
    const isOnlyHere = photosOnlyHere + (kept?.waiting ?? 0) > 0;
    if (isOnlyHere && !(await this.#ask('inspection', title, photosOnlyHere))) return false;
    return this.#delete(() => this.#store.deleteInspection(id), t('notice.inspectionDeleted', { title }));
  }

  async photo({ id, fileName }: Pick<Capture, 'id' | 'fileName'>): Promise<boolean> {
    const isOnlyHere = (await this.#keeper.waitingOf(id)) > 0;
    if (isOnlyHere && !(await this.#ask('photo', fileName, 1))) return false;
    return this.#delete(() => this.#store.deletePhoto(id), t('notice.photoDeleted', { title: fileName }));
  }

  /** One that a person drew. It is a moment's work, so undo is enough. */
  finding({ id }: Pick<Finding, 'id'>): Promise<boolean> {
    return this.#delete(() => this.#store.deleteFinding(id), t('notice.findingDeleted'));
  }

  #ask(kind: DeletionQuestion['kind'], title: string, photos: number): Promise<boolean> {
    this.#question?.answer(false);
    return new Promise((resolve) => {
      const answer = (isMeant: boolean): void => {
        this.#question = undefined;
        resolve(isMeant);
      };
      this.#question = { kind, title, photos, answer };
    });
  }

  async #delete(work: () => Promise<Outcome<Restore, StorageFailure>>, said: string): Promise<boolean> {
    const outcome = await work();
    if (outcome.ok) this.#notices.say(said, { undo: () => this.bringBack(outcome.value) });
    else this.#complain(outcome);
    return outcome.ok;
  }

  async bringBack(restore: Restore): Promise<void> {
    this.#notices.dismiss();
    try {
      await restore();
    } catch {
      this.#notices.say(t('notice.notBroughtBack'), { tone: 'problem' });
    }
  }

  #complain(failure: StorageFailure): void {
    const { what, todo } = failureText(failure);
    this.#notices.say(`${what} ${todo}`, { tone: 'problem' });
  }
}
