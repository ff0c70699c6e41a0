import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import { decodePhoto, type CheckedPhoto } from './decode-photo.ts';
import type { Picture } from './picture.ts';

type Decoded = Promise<Outcome<Picture, VisionFailure>>;

/** A photo whose pixels are decoded once they are asked for, and only as many as are needed. */
export class PhotoSource {
  readonly checked: CheckedPhoto;
  #decodings: readonly { readonly scale: number; readonly decoded: Decoded }[] = [];
  #waitedMs = 0;

  constructor(checked: CheckedPhoto) {
    this.checked = checked;
  }

  /** Milliseconds that somebody waited for pixels. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** The photo with at least `scale` of its pixels along each side; it stays open until `close`. */
  async at(scale: number): Decoded {
    const start = performance.now();
    const picture = await this.#decode(scale);
    this.#waitedMs += performance.now() - start;
    return picture;
  }

  /** Begins to decode beside whatever else is done. */
  ahead(scale: number): void {
    void this.#decode(scale);
  }

  async close(): Promise<void> {
    const all = this.#decodings;
    this.#decodings = [];
    for (const { decoded } of all) {
      const picture = await decoded;
      if (picture.ok) picture.value.image.close();
    }
  }

  #decode(scale: number): Decoded {
    const wanted = Math.min(1, scale);
    const held = this.#decodings.find((decoding) => decoding.scale >= wanted);
    if (held) return held.decoded;
    const decoded = decodePhoto(this.checked, wanted);
    this.#decodings = [...this.#decodings, { scale: wanted, decoded }];
    return decoded;
  }
}
