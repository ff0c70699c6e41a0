import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ENTRY = join(import.meta.dirname, 'node.ts');

/** A server process that can be killed at any moment, and started again on the same port. */
export class NodeProcess {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  url = '';

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
  }

  static async start(folder: string, env: NodeJS.ProcessEnv = {}): Promise<NodeProcess> {
    const node = new NodeProcess(folder, env);
    await node.up();
    return node;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** 0 while it is down. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async up(): Promise<void> {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', ENTRY, this.#folder, this.url === '' ? '0' : String(this.port)],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.#env } },
    );
    this.#child = child;
    let said = '';
    child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
    const [line] = (await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error(`the node ended: ${said}`))),
    ])) as [Buffer];
    this.url = line.toString().trim();
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
