import type { Size } from '../../core/contract/geometry.ts';
import type { DevicePose, Quality } from '../../core/contract/records.ts';
import { measureQuality } from '../../core/quality/measure-quality.ts';
import { withExif } from '../../core/vision/write-exif.ts';
import { VERSION } from './about.ts';
import { THUMBNAIL_SIDE } from './photo-urls.ts';
import { smallGray } from './small-gray.ts';

export interface Shot {
  readonly file: File;
  readonly thumbnail: Blob;
  readonly size: Size;
  readonly quality: Quality;
}

/** Why there is no picture: each wants another word of help. */
export type CameraProblem = 'none' | 'refused' | 'busy' | 'insecure';

const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 4096 }, height: { ideal: 3072 } },
};

const JPEG_QUALITY = 0.95;

// lib.dom does not know torch and zoom of Media Capture Extensions.
type Abilities = MediaTrackCapabilities & {
  readonly torch?: boolean;
  readonly zoom?: { readonly min: number; readonly max: number; readonly step: number };
};

export interface Zoom {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
}

/** The device's camera while its screen is open. */
export class Camera {
  #stream = $state.raw<MediaStream>();
  #problem = $state<CameraProblem>();
  #torch = $state<'absent' | 'off' | 'on'>('absent');
  #zoom = $state.raw<Zoom>();
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

  /** The lens's own zoom; undefined where the device has none. */
  get zoom(): Zoom | undefined {
    return this.#zoom;
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
      const track = stream.getVideoTracks()[0];
      const { torch, zoom } = abilitiesOf(track);
      this.#torch = torch === true ? 'off' : 'absent';
      if (zoom && zoom.max > zoom.min) {
        const { zoom: value } = track?.getSettings() as { readonly zoom?: number };
        this.#zoom = { min: zoom.min, max: zoom.max, step: zoom.step || 0.1, value: value ?? zoom.min };
      }
    } catch (error) {
      this.#problem = problemOf(error);
    }
  }

  async toggleTorch(): Promise<void> {
    const next = this.#torch === 'on' ? 'off' : 'on';
    await this.#apply({ torch: next === 'on' });
    this.#torch = next;
  }

  async zoomTo(value: number): Promise<void> {
    const { min, max } = this.#zoom ?? { min: value, max: value };
    const wanted = Math.min(max, Math.max(min, value));
    if (this.#zoom) this.#zoom = { ...this.#zoom, value: wanted };
    await this.#apply({ zoom: wanted });
  }

  async #apply(wish: { readonly torch: boolean } | { readonly zoom: number }): Promise<void> {
    const [track] = this.#stream?.getVideoTracks() ?? [];
    await track?.applyConstraints({ advanced: [wish as MediaTrackConstraintSet] });
  }

  /**
   * The running picture as a JPEG in the camera's own resolution, with time, place and direction in its Exif, and
   * small, so that it is seen at once.
   */
  async shoot(video: HTMLVideoElement, pose: DevicePose | undefined): Promise<Shot> {
    const size = { width: video.videoWidth, height: video.videoHeight };
    const taken = new Date();
    const [photo, thumbnail] = await Promise.all([
      jpegOf(video, size, 1),
      jpegOf(video, size, Math.min(1, THUMBNAIL_SIDE / Math.max(size.width, size.height))),
    ]);
    const name = `loupe-${taken.toISOString().replace(/[:.]/g, '-').slice(0, 23)}.jpg`;
    return {
      file: new File([await told(photo, taken, pose)], name, {
        type: 'image/jpeg',
        lastModified: taken.getTime(),
      }),
      thumbnail,
      size,
      quality: measureQuality(smallGray(video, size), undefined),
    };
  }

  close(): void {
    this.#closed = true;
    if (this.#stream) stop(this.#stream);
    this.#stream = undefined;
  }
}

async function told(
  photo: Blob,
  taken: Date,
  pose: DevicePose | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  return withExif(new Uint8Array(await photo.arrayBuffer()), {
    takenAt: taken.getTime(),
    offsetMinutes: -taken.getTimezoneOffset(),
    software: `Loupe ${VERSION}`,
    pose,
  });
}

function jpegOf(video: HTMLVideoElement, { width, height }: Size, scale: number): Promise<Blob> {
  if (width === 0) throw new Error('the camera shows no picture yet');
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas for the photo');
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
}

/** Firefox has no such method. */
const abilitiesOf = (track: MediaStreamTrack | undefined): Abilities =>
  track && 'getCapabilities' in track ? track.getCapabilities() : {};

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'none';
}
