import type { Size } from '../../core/contract/geometry.ts';
import { THUMBNAIL_SIDE } from './photo-urls.ts';

export interface Shot {
  readonly file: File;
  readonly thumbnail: Blob;
  readonly size: Size;
}

/** Why there is no picture: each wants another word of help. */
export type CameraProblem = 'none' | 'refused' | 'busy' | 'insecure';

const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 4096 }, height: { ideal: 3072 } },
};

const JPEG_QUALITY = 0.95;

// lib.dom does not know the torch of Media Capture Extensions.
type WithTorch = MediaTrackCapabilities & { readonly torch?: boolean };

/** The device's camera while its screen is open. */
export class Camera {
  #stream = $state.raw<MediaStream>();
  #problem = $state<CameraProblem>();
  #torch = $state<'absent' | 'off' | 'on'>('absent');
  #closed = false;

  get stream(): MediaStream | undefined {
    return this.#stream;
  }
  get problem(): CameraProblem | undefined {
    return this.#problem;
  }
  get torch(): 'absent' | 'off' | 'on' {
    return this.#torch;
  }

  async open(): Promise<void> {
    this.#problem = undefined;
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!media) {
      this.#problem = 'insecure';
      return;
    }
    try {
      const stream = await media.getUserMedia(WANTED);
      if (this.#closed) return stop(stream);
      this.#stream = stream;
      const abilities = stream.getVideoTracks()[0]?.getCapabilities() as WithTorch | undefined;
      this.#torch = abilities?.torch === true ? 'off' : 'absent';
    } catch (error) {
      this.#problem = problemOf(error);
    }
  }

  async toggleTorch(): Promise<void> {
    const next = this.#torch === 'on' ? 'off' : 'on';
    const light = { torch: next === 'on' } as MediaTrackConstraintSet;
    await this.#stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [light] });
    this.#torch = next;
  }

  /** The running picture as a JPEG in the camera's own resolution, and small, so that it is seen at once. */
  async shoot(video: HTMLVideoElement): Promise<Shot> {
    const size = { width: video.videoWidth, height: video.videoHeight };
    const taken = new Date();
    const [photo, thumbnail] = await Promise.all([
      jpegOf(video, size, 1),
      jpegOf(video, size, Math.min(1, THUMBNAIL_SIDE / Math.max(size.width, size.height))),
    ]);
    const name = `loupe-${taken.toISOString().replace(/[:.]/g, '-').slice(0, 23)}.jpg`;
    return {
      file: new File([photo], name, { type: 'image/jpeg', lastModified: taken.getTime() }),
      thumbnail,
      size,
    };
  }

  close(): void {
    this.#closed = true;
    if (this.#stream) stop(this.#stream);
    this.#stream = undefined;
  }
}

function jpegOf(video: HTMLVideoElement, { width, height }: Size, scale: number): Promise<Blob> {
  if (width === 0) throw new Error('the camera shows no picture yet');
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas for the photo');
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'none';
}
