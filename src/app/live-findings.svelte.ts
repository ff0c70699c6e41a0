import type { Size } from '../../core/contract/geometry.ts';
import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import { afterLook, isWarm, NO_PACE, restMs, type Pace } from '../../core/vision/pace.ts';
import { NO_TRACKS, trackFrame, type Track, type Tracking } from '../../core/vision/track.ts';
import type { Vision } from './vision.ts';

/** More pixels than the models' inputs show nothing more in one look. */
const LONGEST_SIDE = 1280;
/** A look that takes longer behind another job is told of: a photo's analysis goes first. */
const WAITING_MS = 2500;
/** Share of the newest look in the shown rate. */
const SMOOTH = 0.2;

/**
 * Findings on a running picture. Always the newest frame: the next is taken only when the last was answered,
 * so that nothing queues; tracked between frames, so that nothing flickers; slower when the device warms up.
 */
export class LiveFindings {
  #state = $state<'off' | 'starting' | 'waiting' | 'on'>('off');
  #failure = $state.raw<VisionFailure>();
  #tracking = $state.raw<Tracking>(NO_TRACKS);
  #size = $state.raw<Size>({ width: 1, height: 1 });
  #pace = $state.raw<Pace>(NO_PACE);
  #perSecond = $state(0);
  #run = 0;
  readonly #vision: Pick<Vision, 'look' | 'pending'>;
  readonly #modelId: () => string | undefined;

  constructor(vision: Pick<Vision, 'look' | 'pending'>, modelId: () => string | undefined) {
    this.#vision = vision;
    this.#modelId = modelId;
  }

  get state(): 'off' | 'starting' | 'waiting' | 'on' {
    return this.#state;
  }
  /** Why it went off by itself. */
  get failure(): VisionFailure | undefined {
    return this.#failure;
  }
  /** What is shown, in pixels of `size`. */
  get tracks(): readonly Track[] {
    return this.#tracking.tracks.filter(({ shown }) => shown);
  }
  get size(): Size {
    return this.#size;
  }
  get perSecond(): number {
    return this.#perSecond;
  }
  get warm(): boolean {
    return isWarm(this.#pace);
  }

  start(video: HTMLVideoElement): void {
    if (this.#state !== 'off') return;
    this.#failure = undefined;
    this.#state = 'starting';
    void this.#watch(video, ++this.#run);
  }

  stop(): void {
    this.#run++;
    this.#state = 'off';
    this.#tracking = NO_TRACKS;
    this.#pace = NO_PACE;
    this.#perSecond = 0;
  }

  async #watch(video: HTMLVideoElement, run: number): Promise<void> {
    const frames = new FreshFrames(video);
    while (run === this.#run) {
      await frames.next();
      const begun = performance.now();
      const found = await this.#look(video, run);
      if (run !== this.#run) return;
      if (!found.ok) {
        this.stop();
        this.#failure = found;
        return;
      }
      const now = performance.now();
      this.#size = found.value.size;
      this.#tracking = trackFrame(this.#tracking, found.value.findings, now);
      // The first look loads the model, and one that had to wait says nothing of the device.
      if (this.#state === 'on') this.#pace = afterLook(this.#pace, found.value.times.total);
      this.#state = 'on';
      await sleep(restMs(this.#pace));
      const perSecond = 1000 / (performance.now() - begun);
      this.#perSecond += (perSecond - this.#perSecond) * (this.#perSecond === 0 ? 1 : SMOOTH);
    }
  }

  async #look(video: HTMLVideoElement, run: number): ReturnType<Vision['look']> {
    const modelId = this.#modelId();
    if (modelId === undefined)
      return { ok: false, kind: 'pack-unavailable', modelId: '', detail: 'no model' };
    const shrink = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight, 1));
    const frame = await createImageBitmap(video, {
      resizeWidth: Math.max(1, Math.round(video.videoWidth * shrink)),
      resizeHeight: Math.max(1, Math.round(video.videoHeight * shrink)),
    });
    const late = setTimeout(() => {
      const behind = this.#vision.pending > 1;
      if (behind && run === this.#run && this.#state === 'on') this.#state = 'waiting';
    }, WAITING_MS);
    try {
      return await this.#vision.look({ modelId, frame });
    } finally {
      clearTimeout(late);
    }
  }
}

/** Tells of frames that were shown since the last was taken, so that nobody waits for one that is there. */
class FreshFrames {
  readonly #video: HTMLVideoElement;
  #shown: Promise<unknown> = Promise.resolve();

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** Resolves once there is a frame that was not taken; at once where the browser does not tell of frames. */
  async next(): Promise<void> {
    // A picture that stands still, as a paused video's, is no reason to wait for ever.
    await Promise.race([this.#shown, sleep(1000)]);
    this.#shown =
      'requestVideoFrameCallback' in this.#video
        ? new Promise((resolve) => this.#video.requestVideoFrameCallback(resolve))
        : sleep(0);
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
