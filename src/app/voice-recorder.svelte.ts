import type { VoiceMemo } from '../../core/contract/records.ts';

/** Long enough for a note, short enough to lie in a record. */
const MOST_SECONDS = 60;
const BITS_PER_SECOND = 24_000;

export type RecorderState = 'idle' | 'recording' | 'refused' | 'absent';

/** Speaks instead of typing with gloves: one memo at a time. */
export class VoiceRecorder {
  #state = $state<RecorderState>('idle');
  #seconds = $state(0);
  #recorder: MediaRecorder | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  readonly #onMemo: (memo: VoiceMemo) => void;

  constructor(onMemo: (memo: VoiceMemo) => void) {
    this.#onMemo = onMemo;
    if (typeof MediaRecorder === 'undefined') this.#state = 'absent';
  }

  get state(): RecorderState {
    return this.#state;
  }
  get seconds(): number {
    return this.#seconds;
  }

  async start(): Promise<void> {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    const stream = await media?.getUserMedia({ audio: true }).catch(() => undefined);
    if (!stream) {
      this.#state = 'refused';
      return;
    }
    const mimeType = ['audio/webm;codecs=opus', 'audio/mp4'].find((type) =>
      MediaRecorder.isTypeSupported(type),
    );
    const recorder = new MediaRecorder(stream, {
      audioBitsPerSecond: BITS_PER_SECOND,
      ...(mimeType !== undefined && { mimeType }),
    });
    const parts: Blob[] = [];
    const startedAt = performance.now();
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      clearInterval(this.#clock);
      for (const track of stream.getTracks()) track.stop();
      this.#state = 'idle';
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      void this.#hand(new Blob(parts, { type: recorder.mimeType }), seconds);
    };
    this.#recorder = recorder;
    this.#seconds = 0;
    this.#state = 'recording';
    recorder.start();
    this.#clock = setInterval(() => {
      this.#seconds = Math.floor((performance.now() - startedAt) / 1000);
      if (this.#seconds >= MOST_SECONDS) this.stop();
    }, 200);
  }

  /** What was spoken is kept. */
  stop(): void {
    if (this.#recorder?.state === 'recording') this.#recorder.stop();
  }

  async #hand(sound: Blob, seconds: number): Promise<void> {
    if (sound.size === 0) return;
    this.#onMemo({ mediaType: sound.type, seconds, audio: await base64(sound) });
  }
}

/** The sound of a memo, to be played. */
export function memoBlob({ audio, mediaType }: VoiceMemo): Blob {
  return new Blob([Uint8Array.from(atob(audio), (sign) => sign.charCodeAt(0))], { type: mediaType });
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  // One call takes so many arguments and no more.
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
