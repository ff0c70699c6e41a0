import type { Size } from '../../core/contract/geometry.ts';

/** A film that plays nowhere: single frames are taken out of it. */
export class FilmFrames {
  readonly #video: HTMLVideoElement;
  readonly #url: string;

  private constructor(video: HTMLVideoElement, url: string) {
    this.#video = video;
    this.#url = url;
  }

  /** Undefined where this browser cannot read the film. */
  static async open(file: Blob): Promise<FilmFrames | undefined> {
    const video = document.createElement('video');
    const url = URL.createObjectURL(file);
    video.muted = true;
    video.playsInline = true;
    video.preload = 'auto';
    const film = new FilmFrames(video, url);
    const ready = heard(video, 'loadeddata');
    video.src = url;
    if ((await ready) && video.videoWidth > 0) {
      // Films recorded in a browser do not say how long they are until somebody looked at their end.
      if (!Number.isFinite(video.duration)) await film.#seek(1e7);
      if (Number.isFinite(video.duration)) return film;
    }
    film.close();
    return undefined;
  }

  get durationS(): number {
    return this.#video.duration;
  }
  get size(): Size {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  /** The frame at this second, no longer than `longestSide`. Errors: throws where the film ends in the middle. */
  async at(second: number, longestSide = Infinity): Promise<ImageBitmap> {
    if (!(await this.#seek(second))) throw new Error(`the film cannot be read at ${second.toFixed(1)} s`);
    const { width, height } = this.size;
    const shrink = Math.min(1, longestSide / Math.max(width, height));
    return createImageBitmap(this.#video, {
      resizeWidth: Math.max(1, Math.round(width * shrink)),
      resizeHeight: Math.max(1, Math.round(height * shrink)),
      resizeQuality: 'medium',
    });
  }

  close(): void {
    this.#video.removeAttribute('src');
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  #seek(second: number): Promise<boolean> {
    const sought = heard(this.#video, 'seeked');
    this.#video.currentTime = second;
    return sought;
  }
}

/** Whether the event comes; false where the film turns out to be unreadable. */
function heard(video: HTMLVideoElement, name: 'loadeddata' | 'seeked'): Promise<boolean> {
  return new Promise((resolve) => {
    const end = new AbortController();
    const settle = (value: boolean) => () => {
      end.abort();
      resolve(value);
    };
    video.addEventListener(name, settle(true), { signal: end.signal });
    video.addEventListener('error', settle(false), { signal: end.signal });
  });
}

/** A frame as a JPEG. Closes it. */
export async function jpegOf(frame: ImageBitmap, quality: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas for the frame');
  context.drawImage(frame, 0, 0);
  frame.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality });
}
