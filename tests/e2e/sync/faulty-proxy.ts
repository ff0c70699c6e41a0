import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to a request on its way to the API; the app itself always gets through. */
export type Fault =
  /** It arrives, its answer does not. */
  | { readonly kind: 'answer-dropped' }
  | { readonly kind: 'twice' }
  /** Cut after so many bytes of its body. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** So many bytes of its body arrive, and then nobody answers any more. */
  | { readonly kind: 'black-hole'; readonly afterBytes: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number; readonly roundTripMs: number }
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'cut-json' };

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly offset: string | undefined;
}

/** Stands between tablet and server, at the address that the tablet knows. */
export class FaultyProxy implements AsyncDisposable {
  /** Chosen for each request; undefined lets it through. */
  fault: (passed: Passed) => Fault | undefined = () => undefined;
  /** What was asked for, faults or not. */
  readonly seen: Passed[] = [];
  readonly #server: Server;
  readonly #port: number;
  readonly #models: boolean;

  private constructor(target: string, models: boolean) {
    this.#models = models;
    this.#port = Number(new URL(target).port);
    this.#server = createServer((request, response) => {
      // A tablet that is gone wants no answer.
      void this.#pass(request, response).catch(() => response.destroy());
    });
  }

  /** Without `models` there are none: what is under test is no finding. */
  static async start(target: string, { models = false } = {}): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target, models);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.startsWith('/models/') && !this.#models) return void response.writeHead(404).end();
    if (!path.startsWith('/v1/')) return this.#forward(request, response, await bodyOf(request));
    const passed = {
      method: request.method ?? '',
      path,
      offset: request.headers['upload-offset']?.toString(),
    };
    this.seen.push(passed);
    const fault = this.fault(passed);
    switch (fault?.kind) {
      case undefined:
        return this.#forward(request, response, await bodyOf(request));
      case 'answered':
        await bodyOf(request);
        return void response.writeHead(fault.status, fault.headers).end(fault.body);
      case 'answer-dropped':
        await this.#answer(request, await bodyOf(request));
        return void response.destroy();
      case 'twice': {
        const body = await bodyOf(request);
        await this.#forward(request, response, body);
        // Late, too; its proof was used, so that the server does not even look at it.
        await this.#answer(request, body);
        return;
      }
      case 'cut-json': {
        const { status, headers, body } = await this.#answer(request, await bodyOf(request));
        const { 'content-length': _length, ...others } = headers;
        return void response.writeHead(status, others).end(body.subarray(0, body.length / 2));
      }
      case 'slow': {
        await sleep(fault.roundTripMs);
        const body = await bodyOf(request, fault.bytesPerSecond);
        const answer = await this.#answer(request, body);
        response.writeHead(answer.status, answer.headers);
        for (let at = 0; at < answer.body.length; at += 1024) {
          response.write(answer.body.subarray(at, at + 1024));
          await sleep((1000 * 1024) / fault.bytesPerSecond);
        }
        return void response.end();
      }
      case 'reset':
      case 'black-hole':
        return this.#cut(request, response, fault);
    }
  }

  async #forward(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const answer = await this.#answer(request, body);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  #answer(request: IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: Record<string, string | string[]>; body: Buffer }>(
      (resolve, reject) => {
        const { method, url, headers } = request;
        const onward = ask({ port: this.#port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
          bodyOf(answer).then(
            (read) =>
              resolve({
                status: answer.statusCode ?? 0,
                headers: Object.fromEntries(
                  Object.entries(answer.headers).filter(
                    (entry): entry is [string, string | string[]] =>
                      entry[1] !== undefined && entry[0] !== 'transfer-encoding' && entry[0] !== 'connection',
                  ),
                ),
                body: read,
              }),
            reject,
          );
        });
        onward.on('error', reject).end(body);
      },
    );
  }

  /** Lets some of the body through; then the line is cut, or goes silent until the tablet gives up. */
  async #cut(
    request: IncomingMessage,
    response: ServerResponse,
    { kind, afterBytes }: Extract<Fault, { kind: 'reset' | 'black-hole' }>,
  ): Promise<void> {
    const { method, url, headers } = request;
    const onward = ask({ port: this.#port, host: '127.0.0.1', method, path: url, headers });
    onward.on('error', () => undefined);
    let left = afterBytes;
    await new Promise<void>((resolve) => {
      request.on('data', (chunk: Buffer) => {
        if (left > 0) onward.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) resolve();
      });
      request.on('end', resolve);
    });
    if (kind === 'black-hole') await new Promise((resolve) => response.on('close', resolve));
    // What was passed on is read by the server before it sees the end of it.
    onward.socket?.end();
    response.destroy();
  }
}

async function bodyOf(message: IncomingMessage, bytesPerSecond = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (Number.isFinite(bytesPerSecond)) await sleep((1000 * chunk.length) / bytesPerSecond);
  }
  return Buffer.concat(chunks);
}
