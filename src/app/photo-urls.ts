import type { CaptureId } from '../../core/contract/ids.ts';
import type { Capture } from '../../core/contract/records.ts';
import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import type { Vision } from './vision.ts';

/** Longest side in pixels: a 240 px card at twice the density. */
export const THUMBNAIL_SIDE = 512;
const KEPT_THUMBNAILS = 600;
const KEPT_PHOTOS = 3;

/** Promises of object URLs; the oldest are revoked, and a failed one is asked for again. */
class UrlCache {
  readonly #urls = new Map<CaptureId, Promise<string | undefined>>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(id: CaptureId, load: () => Promise<Blob | undefined>): Promise<string | undefined> {
    const known = this.#urls.get(id);
    this.#urls.delete(id);
    const url = known ?? load().then((blob) => blob && URL.createObjectURL(blob));
    this.#urls.set(id, url);
    url.then(
      (found) => found === undefined && this.#urls.delete(id),
      () => this.#urls.delete(id),
    );
    this.#trim();
    return url;
  }

  #trim(): void {
    for (const [id, url] of this.#urls) {
      if (this.#urls.size <= this.#limit) return;
      this.#urls.delete(id);
      void url.then((found) => found !== undefined && URL.revokeObjectURL(found));
    }
  }
}

/** URLs of kept photos for `<img>`. A missing thumbnail is made in the worker, once, and kept. */
export class PhotoUrls {
  readonly #thumbnails = new UrlCache(KEPT_THUMBNAILS);
  readonly #photos = new UrlCache(KEPT_PHOTOS);
  readonly #making = new Map<CaptureId, Promise<Blob | undefined>>();
  readonly #store: Pick<
    InspectionStore,
    'photo' | 'thumbnail' | 'saveThumbnail' | 'capture' | 'updateCapture'
  >;
  readonly #vision: Pick<Vision, 'thumbnail'>;

  constructor(
    store: Pick<InspectionStore, 'photo' | 'thumbnail' | 'saveThumbnail' | 'capture' | 'updateCapture'>,
    vision: Pick<Vision, 'thumbnail'>,
  ) {
    this.#store = store;
    this.#vision = vision;
  }

  photo(id: CaptureId): Promise<string | undefined> {
    return this.#photos.get(id, () => this.#store.photo(id));
  }

  thumbnail(id: CaptureId): Promise<string | undefined> {
    return this.#thumbnails.get(id, async () => (await this.#store.thumbnail(id)) ?? this.#makeOnce(id));
  }

  /** Keeps a thumbnail that came with its photo. */
  keepThumbnail(id: CaptureId, thumbnail: Blob): Promise<void> {
    void this.#thumbnails.get(id, () => Promise.resolve(thumbnail));
    return this.#store.saveThumbnail(id, thumbnail);
  }

  /** Makes and keeps the thumbnail of a photo just saved; the failure says why it cannot be read. */
  async prepare(capture: Capture, photo: Blob): Promise<VisionFailure | undefined> {
    const made = await this.#vision.thumbnail(photo, THUMBNAIL_SIDE);
    if (!made.ok) return made;
    await this.#store.saveThumbnail(capture.id, made.value.blob);
    if (capture.size === undefined) {
      await this.#store.updateCapture({ ...capture, size: made.value.size });
    }
    return undefined;
  }

  #makeOnce(id: CaptureId): Promise<Blob | undefined> {
    const known = this.#making.get(id);
    if (known) return known;
    const making = this.#make(id).finally(() => this.#making.delete(id));
    this.#making.set(id, making);
    return making;
  }

  async #make(id: CaptureId): Promise<Blob | undefined> {
    const [capture, photo] = await Promise.all([this.#store.capture(id), this.#store.photo(id)]);
    if (!capture || !photo) return undefined;
    await this.prepare(capture, photo);
    return this.#store.thumbnail(id);
  }
}
