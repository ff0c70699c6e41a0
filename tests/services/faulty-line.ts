import { once } from 'node:events';
import { createServer, Socket, type AddressInfo, type Server } from 'node:net';

export const LINE_FAULTS = [
  /** Connections are reset as they are made. */
  'refused',
  /** The server has done its work; its answer never comes. */
  'answer-lost',
  /** Half of an answer, then a reset. */
  'answer-cut',
  /** Half of a request, then a reset. */
  'request-cut',
  /** Nothing goes through, and nothing says so. */
  'black-hole',
  /** Every piece comes late. */
  'slow',
] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

const SLOW_MS = 15;

/**
 * A real line to one of several servers in turn, on a port of its own: a balancer without manners. `fault` happens
 * to whatever is sent while it is set, also on connections that were made before.
 */
export class FaultyLine {
  fault: LineFault | undefined;
  cuts = 0;
  readonly #targets: readonly number[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #next = 0;

  constructor(targets: readonly number[]) {
    this.#targets = targets;
    this.#server = createServer((client) => this.#connect(client));
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Every connection there is, at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #connect(client: Socket): void {
    if (this.fault === 'refused') {
      this.cuts++;
      client.resetAndDestroy();
      return;
    }
    const target = this.#targets[this.#next++ % this.#targets.length] ?? 0;
    const upstream = new Socket().connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    const cutBoth = (): void => {
      this.cuts++;
      client.resetAndDestroy();
      upstream.destroy();
    };
    client.on('data', (piece: Buffer) => this.#request(piece, upstream, cutBoth));
    upstream.on('data', (piece: Buffer) => this.#answer(piece, client, cutBoth));
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  }

  #request(piece: Buffer, upstream: Socket, cutBoth: () => void): void {
    switch (this.fault) {
      case 'refused':
        return cutBoth();
      case 'request-cut':
        upstream.write(piece.subarray(0, piece.length / 2), cutBoth);
        return;
      case 'black-hole':
        return;
      case 'slow':
        setTimeout(() => upstream.write(piece), SLOW_MS);
        return;
      default:
        upstream.write(piece);
    }
  }

  #answer(piece: Buffer, client: Socket, cutBoth: () => void): void {
    switch (this.fault) {
      case 'answer-lost':
        return cutBoth();
      case 'answer-cut':
        client.write(piece.subarray(0, piece.length / 2), cutBoth);
        return;
      case 'black-hole':
        return;
      case 'slow':
        setTimeout(() => client.write(piece), SLOW_MS);
        return;
      default:
        client.write(piece);
    }
  }
}
