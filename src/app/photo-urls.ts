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

/** By its first brand, since all that reads headers would make the first screen larger. */
const isHeic = async (photo: Blob): Promise<boolean> =>
  /^ftyp(?!avi[fs])/.test(await photo.slice(4, 12).text());

/** A photo's original from the server; undefined where it cannot be had now. */
export type RemotePhoto = (capture: Capture) => Promise<Blob | undefined>;

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
  readonly #remote: RemotePhoto;

  constructor(
    store: Pick<InspectionStore, 'photo' | 'thumbnail' | 'saveThumbnail' | 'capture' | 'updateCapture'>,
    vision: Pick<Vision, 'thumbnail'>,
    remote: RemotePhoto = () => Promise.resolve(undefined),
  ) {
    this.#remote = remote;
    this.#store = store;
    this.#vision = vision;
  }

  photo(id: CaptureId): Promise<string | undefined> {
    return this.#photos.get(id, () => this.readable(id));
  }

  /** A photo that every browser shows: the original, or of a HEIC file a JPEG as large as it. */
  async readable(id: CaptureId): Promise<Blob | undefined> {
    const photo = (await this.#store.photo(id)) ?? (await this.#fromServer(id));
    if (!photo || !(await isHeic(photo))) return photo;
    const made = await this.#vision.thumbnail(photo, Infinity);
    return made.ok ? made.value.blob : photo;
  }

  /** A photo that another device took, or whose file is lost here. */
  async #fromServer(id: CaptureId): Promise<Blob | undefined> {
    const capture = await this.#store.capture(id);
    return capture && this.#remote(capture).catch(() => undefined);
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
    if (!capture) return undefined;
    if (photo) {
      await this.prepare(capture, photo);
      return this.#store.thumbnail(id);
    }
    const copy = await this.#fromServer(id);
    const made = copy && (await this.#vision.thumbnail(copy, THUMBNAIL_SIDE));
    if (!made?.ok) return undefined;
    await this.#store.saveThumbnail(id, made.value.blob);
    return made.value.blob;
  }
}
