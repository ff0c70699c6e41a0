/** Ms of silence after which nobody is taken to be there. */
export const PATIENCE_MS = 30_000;
/** What a line carries that is still worth waiting for, in bytes a ms: 32 kbit/s. */
const LEAST_RATE = 4;

export interface Answer {
  readonly response: Response;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Patience {
  readonly patienceMs: number;
  /** Of the request's body: how far it is on its way is not told, so it is given its time at once. */
  readonly sentBytes: number;
}

/**
 * An answer with all its bytes. It is given up after silence, not after a time: a page of changes takes minutes on
 * a slow line, and a black hole never answers. Errors: rejects when given up, and as `fetch` does.
 */
export async function wholeAnswer(
  send: (signal: AbortSignal) => Promise<Response>,
  { patienceMs, sentBytes }: Patience,
): Promise<Answer> {
  const abort = new AbortController();
  let watch: ReturnType<typeof setTimeout> | undefined;
  const wait = (ms: number): void => {
    clearTimeout(watch);
    watch = setTimeout(() => abort.abort(new DOMException('nobody answers', 'TimeoutError')), ms);
  };
  try {
    wait(patienceMs + sentBytes / LEAST_RATE);
    const response = await send(abort.signal);
    const chunks: Uint8Array[] = [];
    const reader = response.body?.getReader();
    for (;;) {
      wait(patienceMs);
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) break;
      chunks.push(value);
    }
    return { response, bytes: joined(chunks) };
  } finally {
    clearTimeout(watch);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
