import { keptKey } from './kept-key.ts';
import { chooseTarget } from './save-file.ts';

export type RescueWork =
  | { readonly kind: 'working'; readonly files: number; readonly bytes: number }
  | { readonly kind: 'done'; readonly files: number; readonly bytes: number }
  | { readonly kind: 'failed'; readonly detail: string };

/**
 * Everything that is kept here, as one zip, without the inspection store: it works when the database does
 * not. Photos are read one after the other.
 */
export class Rescue {
  #work = $state.raw<RescueWork>();
  #abort: AbortController | undefined;

  get work(): RescueWork | undefined {
    return this.#work;
  }

  async save(): Promise<void> {
    this.cancel();
    const { signal } = (this.#abort = new AbortController());
    let [files, bytes] = [0, 0];
    const tell = (kind: 'working' | 'done') => {
      if (!signal.aborted) this.#work = { kind, files, bytes };
    };
    try {
      const name = `loupe-rescue-${new Date().toISOString().slice(0, 10)}.zip`;
      const target = await chooseTarget(name, 'application/zip');
      if (!target) return;
      tell('working');
      const [{ rescueFiles }, { makeZip }] = await Promise.all([
        import('../storage/rescue.ts'),
        import('client-zip'),
      ]);
      const counted = async function* () {
        for await (const file of rescueFiles(undefined, keptKey())) {
          files += 1;
          bytes += file.input.size;
          tell('working');
          yield file;
        }
      };
      await target.write(makeZip(counted()), signal);
      tell('done');
    } catch (error) {
      if (signal.aborted) return;
      this.#work = { kind: 'failed', detail: error instanceof Error ? error.message : String(error) };
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#work = undefined;
  }
}
