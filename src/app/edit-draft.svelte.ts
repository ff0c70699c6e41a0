import type { FindingEdit } from '../../core/domain/review-finding.ts';

/** Changes to a finding that are not decided yet, each of which can be taken back and made again. */
export class EditDraft {
  #edit = $state.raw<FindingEdit>({});
  #past = $state.raw<readonly FindingEdit[]>([]);
  #future = $state.raw<readonly FindingEdit[]>([]);

  get edit(): FindingEdit {
    return this.#edit;
  }
  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** One step, which goes back to where it was before all of `edit`. */
  change(edit: FindingEdit): void {
    this.#past = [...this.#past, this.#edit];
    this.#future = [];
    this.#edit = { ...this.#edit, ...edit };
  }

  drop(): void {
    this.#edit = {};
    this.#past = [];
    this.#future = [];
  }

  /** False where there is nothing to take back. */
  undo(): boolean {
    const before = this.#past.at(-1);
    if (!before) return false;
    this.#future = [...this.#future, this.#edit];
    this.#past = this.#past.slice(0, -1);
    this.#edit = before;
    return true;
  }

  /** False where nothing was taken back. */
  redo(): boolean {
    const after = this.#future.at(-1);
    if (!after) return false;
    this.#past = [...this.#past, this.#edit];
    this.#future = this.#future.slice(0, -1);
    this.#edit = after;
    return true;
  }
}
