import type { QualityFlag } from '../../core/contract/records.ts';
import { measureQuality } from '../../core/quality/measure-quality.ts';
import { smallGray } from './small-gray.ts';

/** Between looks, in ms; and a look takes at most this share of the time, whatever the device. */
const EVERY_MS = 400;
const SHARE = 0.1;

/** What is wrong with the running picture, looked at now and then. */
export class LiveQuality {
  #flags = $state.raw<readonly QualityFlag[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  get flags(): readonly QualityFlag[] {
    return this.#flags;
  }

  watch(video: HTMLVideoElement): void {
    this.stop();
    const look = () => {
      const start = performance.now();
      const size = { width: video.videoWidth, height: video.videoHeight };
      if (size.width > 0 && !document.hidden) {
        this.#flags = measureQuality(smallGray(video, size), undefined).flags;
      }
      this.#timer = setTimeout(look, Math.max(EVERY_MS, (performance.now() - start) / SHARE));
    };
    look();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
