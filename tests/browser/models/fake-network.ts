import { vi } from 'vitest';

const BASE = 'https://packs.test/models/';

/** Answers for the addresses of a pack deployment; what is not listed is unreachable. */
export class FakeNetwork {
  readonly base = BASE;
  readonly asked: string[] = [];
  readonly #answers = new Map<string, () => Response>();

  constructor() {
    vi.stubGlobal('fetch', async (url: string) => {
      this.asked.push(url.replace(BASE, ''));
      const answer = this.#answers.get(url);
      if (!answer) throw new TypeError('Failed to fetch');
      return answer();
    });
  }

  serve(path: string, body: BodyInit | (() => Response)): void {
    this.#answers.set(BASE + path, typeof body === 'function' ? body : () => new Response(body));
  }

  serveJson(path: string, value: unknown): void {
    this.serve(path, JSON.stringify(value));
  }

  goOffline(): void {
    this.#answers.clear();
  }
}
