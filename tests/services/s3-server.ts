import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig, type S3Settings } from '../../server/blobs/s3-settings.ts';
import { freePort } from './postgres-server.ts';

/** Where .ci/run puts S3Proxy. */
const LIBRARIES = resolve(import.meta.dirname, '../../.cache/s3proxy');
export const hasS3 = (): boolean => existsSync(join(LIBRARIES, 's3proxy-2.6.0.jar'));
export const NO_S3 = 'S3Proxy is not installed: what needs S3 is skipped (see .ci/run)';

/** A real S3 server, S3Proxy, over a temporary folder: checks signatures, keeps its data over a kill. */
export class S3Server {
  readonly settings: S3Settings;
  readonly #folder: string;
  readonly port: number;
  #process: ChildProcess | undefined;
  #count = 0;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    this.settings = {
      endpoint: `http://127.0.0.1:${port}`,
      ...{ bucket: 'loupe', region: 'us-east-1', accessKeyId: 'loupe', secretAccessKey: 'a secret of tests' },
    };
  }

  static async start(): Promise<S3Server> {
    const folder = await mkdtemp(join(tmpdir(), 'loupe-s3-'));
    const server = new S3Server(folder, await freePort());
    const { accessKeyId, secretAccessKey, endpoint } = server.settings;
    await mkdir(join(folder, 'data'));
    const properties = {
      's3proxy.endpoint': endpoint,
      's3proxy.authorization': 'aws-v4',
      's3proxy.identity': accessKeyId,
      's3proxy.credential': secretAccessKey,
      'jclouds.provider': 'filesystem-nio2',
      'jclouds.identity': 'unused',
      'jclouds.credential': 'unused',
      'jclouds.filesystem.basedir': join(folder, 'data'),
    };
    const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(folder, 's3.properties'), lines.join(''));
    await server.up();
    return server;
  }

  /** Settings of a new, empty bucket. */
  async newBucket(): Promise<S3Settings> {
    const settings = { ...this.settings, bucket: `loupe-${++this.#count}` };
    const client = new S3Client(clientConfig(settings));
    await client.send(new CreateBucketCommand({ Bucket: settings.bucket }));
    client.destroy();
    return settings;
  }

  async up(): Promise<void> {
    const child = spawn(
      'java',
      [
        ...['-Xmx256m', '-cp', join(LIBRARIES, '*'), 'org.gaul.s3proxy.Main'],
        ...['--properties', join(this.#folder, 's3.properties')],
      ],
      { stdio: 'ignore' },
    );
    this.#process = child;
    for (let tries = 0; ; tries++) {
      if (child.exitCode !== null) throw new Error(`S3Proxy ended with ${child.exitCode}`);
      const isUp = await fetch(this.settings.endpoint).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      if (tries > 600) throw new Error('S3Proxy did not start');
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** SIGKILL. */
  async down(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.down();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
