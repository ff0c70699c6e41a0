import { vi } from 'vitest';

const BASE = 'https://packs.test/models/';

type Answer = (signal?: AbortSignal) => Response;

/** Answers for the addresses of a pack deployment; what is not listed is unreachable. */
export class FakeNetwork {
  readonly base = BASE;
  readonly asked: string[] = [];
  readonly #answers = new Map<string, Answer>();

  constructor() {
    vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
      this.asked.push(url.replace(BASE, ''));
      const answer = this.#answers.get(url);
      if (!answer) throw new TypeError('Failed to fetch');
      return answer(init?.signal ?? undefined);
    });
  }

  serve(path: string, body: BodyInit | Answer): void {
    this.#answers.set(BASE + path, typeof body === 'function' ? body : () => new Response(body));
  }

  serveJson(path: string, value: unknown): void {
    this.serve(path, JSON.stringify(value));
  }

  goOffline(): void {
    this.#answers.clear();
  }
}
