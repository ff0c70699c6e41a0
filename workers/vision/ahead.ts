import type { PhotoAhead } from '../../core/contract/vision-worker.ts';
import { checkPhoto } from './decode-photo.ts';
import { PhotoSource } from './photo-source.ts';

/** A photo that takes more than this is decoded when its turn comes: two of them may be too much for a tablet. */
const MOST_PIXELS = 16e6;

interface Held {
  readonly key: string;
  readonly source: Promise<PhotoSource | undefined>;
}

/** The photo that comes next, decoded while the model runs over the one before it. */
export class Ahead {
  #held: Held | undefined;

  /** `scaleFor` says how much of the photo's size its first tiles need. */
  begin({ key, photo, name }: PhotoAhead<Blob>, scaleFor: (source: PhotoSource) => number): void {
    this.drop();
    this.#held = { key, source: open(photo, name, scaleFor).catch(() => undefined) };
  }

  /** The photo that was begun under this key, once; undefined where there is none. The caller closes it. */
  async take(key: string | undefined): Promise<PhotoSource | undefined> {
    if (key === undefined || this.#held?.key !== key) return undefined;
    const { source } = this.#held;
    this.#held = undefined;
    return source;
  }

  drop(): void {
    void this.#held?.source.then((source) => source?.close());
    this.#held = undefined;
  }
}

async function open(
  photo: Blob,
  name: string,
  scaleFor: (source: PhotoSource) => number,
): Promise<PhotoSource | undefined> {
  const checked = await checkPhoto(photo, name);
  if (!checked.ok) return undefined;
  const source = new PhotoSource(checked.value);
  const { width, height } = checked.value.size;
  const scale = Math.min(1, scaleFor(source));
  if (width * height * scale ** 2 <= MOST_PIXELS) source.ahead(scale);
  return source;
}
