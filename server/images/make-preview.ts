import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PIXEL_LIMIT } from '../../core/vision/pixel-limit.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';

export interface PreviewLimits {
  /** Ms after which the decoder is killed. */
  readonly timeMs: number;
  /** Resident memory in bytes at which it is killed, looked at where the system tells it (Linux). */
  readonly memoryBytes: number;
  readonly pixels: number;
}

export const PREVIEW_SIDE = 1600;
export const PREVIEW_LIMITS: PreviewLimits = { timeMs: 30_000, memoryBytes: 1.5e9, pixels: PIXEL_LIMIT };
const AT_ONCE = 2;
const MOST_WAITING = 50;
const MOST_BYTES = 8 * 1024 * 1024;
const LOOK_EVERY_MS = 50;

export type PreviewFailure = { readonly kind: 'undecodable' | 'limit' | 'busy' };
type Preview = Outcome<Uint8Array<ArrayBuffer>, PreviewFailure>;

/** Makes small pictures of foreign photos, each in a process of its own, and few at once. */
export class Previews {
  readonly #limits: PreviewLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: Partial<PreviewLimits> = {}) {
    this.#limits = { ...PREVIEW_LIMITS, ...limits };
  }

  async make(photo: ReadableStream<Uint8Array>): Promise<Preview> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) return fail({ kind: 'busy' });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    try {
      return await decode(photo, this.#limits);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}

/** What breaks a decoder breaks a process that holds no secret, no database and no file. */
function decode(photo: ReadableStream<Uint8Array>, limits: PreviewLimits): Promise<Preview> {
  const script = fileURLToPath(new URL('preview-child.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      ...['--max-old-space-size=128', '--import', import.meta.resolve('tsx'), script],
      ...[String(PREVIEW_SIDE), String(limits.pixels)],
    ],
    { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] },
  );
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isKilled = false;
    const kill = (): void => {
      isKilled = true;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(kill, limits.timeMs);
    const watch = setInterval(() => {
      void residentBytes(child.pid).then((resident) => resident > limits.memoryBytes && kill());
    }, LOOK_EVERY_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) kill();
      else chunks.push(chunk);
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    Readable.fromWeb(photo as never)
      .on('error', kill)
      .pipe(child.stdin);
    child.on('error', kill);
    child.on('close', (code) => {
      clearTimeout(timer);
      clearInterval(watch);
      if (isKilled) resolve(fail({ kind: 'limit' }));
      else
        resolve(
          code === 0 && bytes > 0
            ? succeed(new Uint8Array(Buffer.concat(chunks)))
            : fail({ kind: 'undecodable' }),
        );
    });
  });
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
