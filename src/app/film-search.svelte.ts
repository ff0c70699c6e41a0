import type { Size } from '../../core/contract/geometry.ts';
import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import { afterFrame, bestMoments, lookTimes, newFilm } from '../../core/vision/film.ts';
import type { Track } from '../../core/vision/track.ts';
import { FilmFrames, jpegOf } from './film-frames.ts';
import type { Vision } from './vision.ts';

/** More pixels than the models' inputs show nothing more in one look. */
const LONGEST_SIDE = 1280;
const CROP_SIDE = 640;
const JPEG_QUALITY = 0.95;

export interface FilmDamage {
  readonly track: Track;
  /** The frame with the surest sight, small; a data URL's owner is nobody, so it needs no freeing. */
  readonly picture: string;
}

export type FilmProblem = VisionFailure | { readonly kind: 'unreadable-film'; readonly name: string };

/**
 * Looks at a film in steps and links what is found over time: one entry a damage, however many frames show it.
 * Frames at their surest are then kept as photos, in the film's full resolution.
 */
export class FilmSearch {
  #state = $state<'looking' | 'done' | 'keeping'>('looking');
  #problem = $state.raw<FilmProblem>();
  #done = $state(0);
  #looks = $state(0);
  #damages = $state.raw<readonly FilmDamage[]>([]);
  #size = $state.raw<Size>({ width: 1, height: 1 });
  #stopped = false;
  #stepMs = 0;
  readonly #file: File;
  readonly #vision: Pick<Vision, 'look'>;
  readonly #modelId: () => string | undefined;

  constructor(file: File, vision: Pick<Vision, 'look'>, modelId: () => string | undefined) {
    this.#file = file;
    this.#vision = vision;
    this.#modelId = modelId;
  }

  get name(): string {
    return this.#file.name;
  }
  get state(): 'looking' | 'done' | 'keeping' {
    return this.#state;
  }
  get problem(): FilmProblem | undefined {
    return this.#problem;
  }
  /** Looks done of all. */
  get progress(): { readonly done: number; readonly looks: number } {
    return { done: this.#done, looks: this.#looks };
  }
  get damages(): readonly FilmDamage[] {
    return this.#damages;
  }
  /** Of the frames that were looked at: what the findings' boxes are measured in. */
  get size(): Size {
    return this.#size;
  }
  /** Frames that show all damages. */
  get moments(): readonly number[] {
    return bestMoments(
      this.#damages.map(({ track }) => track),
      this.#stepMs,
    );
  }

  async run(): Promise<void> {
    const film = await FilmFrames.open(this.#file);
    if (!film) {
      this.#end({ kind: 'unreadable-film', name: this.#file.name });
      return;
    }
    try {
      this.#end(await this.#look(film));
    } catch {
      this.#end({ kind: 'unreadable-film', name: this.#file.name });
    } finally {
      film.close();
    }
  }

  /** What was found so far stays. */
  stop(): void {
    this.#stopped = true;
  }

  /** The frames of `moments` as photos, in order. */
  async photos(): Promise<readonly File[]> {
    this.#state = 'keeping';
    const film = await FilmFrames.open(this.#file);
    try {
      const files: File[] = [];
      for (const moment of film ? this.moments : []) {
        const frame = await film?.at(moment / 1000);
        if (frame) files.push(this.#photo(await jpegOf(frame, JPEG_QUALITY), moment));
      }
      return files;
    } finally {
      film?.close();
      this.#state = 'done';
    }
  }

  #photo(jpeg: Blob, momentMs: number): File {
    const stem = this.#file.name.replace(/\.\w+$/, '');
    const second = (momentMs / 1000).toFixed(1).padStart(6, '0').replace('.', '-');
    return new File([jpeg], `${stem}-${second}s.jpg`, {
      type: 'image/jpeg',
      lastModified: this.#file.lastModified + momentMs,
    });
  }

  async #look(frames: FilmFrames): Promise<FilmProblem | undefined> {
    const modelId = this.#modelId();
    if (modelId === undefined) return { kind: 'pack-unavailable', modelId: '', detail: 'no model' };
    const times = lookTimes(frames.durationS);
    this.#looks = times.length;
    this.#stepMs = (frames.durationS * 1000) / Math.max(1, times.length);
    let film = newFilm(times);
    for (const second of times) {
      if (this.#stopped) return undefined;
      const frame = await frames.at(second, LONGEST_SIDE);
      const picture = await createImageBitmap(frame, { resizeWidth: Math.min(CROP_SIDE, frame.width) });
      const found = await this.#vision.look({ modelId, frame });
      if (!found.ok) {
        picture.close();
        return found;
      }
      this.#size = found.value.size;
      film = afterFrame(film, found.value.findings, second);
      await this.#show(film.seen, second * 1000, picture);
      this.#done++;
    }
    return undefined;
  }

  /** A damage is pictured by its surest frame: a new one where this frame is it. */
  async #show(seen: readonly Track[], nowMs: number, picture: ImageBitmap): Promise<void> {
    const fresh = seen.some(({ best }) => best.atMs === nowMs);
    const url = fresh ? await dataUrl(await jpegOf(picture, 0.8)) : '';
    if (!fresh) picture.close();
    const before = new Map(this.#damages.map(({ track, picture: old }) => [track.id, old]));
    this.#damages = seen.map((track) => ({
      track,
      picture: track.best.atMs === nowMs ? url : (before.get(track.id) ?? url),
    }));
  }

  #end(problem: FilmProblem | undefined): void {
    this.#problem = problem;
    this.#state = 'done';
  }
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => reject(new Error('the frame cannot be read back'));
    reader.readAsDataURL(blob);
  });
}
