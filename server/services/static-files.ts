import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = /^text\/|json|javascript|svg|wasm|x-icon/;
const MIN_BYTES_TO_COMPRESS = 1024;

export type Encoding = 'br' | 'gzip' | 'identity';

export interface StaticFile {
  readonly path: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** SHA-256 of the content: two builds with the same bytes revalidate as the same file. */
  readonly etag: string;
  readonly compressible: boolean;
}

const compressors = {
  // 5 of 11: within 5 % of the smallest, and 14 MB of WASM take half a second instead of half a minute.
  br: (raw: Buffer) => promisify(brotliCompress)(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (raw: Buffer) => promisify(gzip)(raw),
};

/** The files below one folder. What was read is kept until the file on disk changes. */
export class StaticFiles {
  readonly #root: string;
  readonly #found = new Map<string, { readonly stamp: string; readonly file: Promise<StaticFile> }>();
  readonly #compressed = new Map<string, Promise<Buffer>>();

  constructor(root: string) {
    this.#root = resolve(root);
  }

  /** The file for a request's path, or undefined: never a link, never a file outside the folder. */
  async find(urlPath: string): Promise<StaticFile | undefined> {
    const path = this.#locate(urlPath);
    if (path === undefined) return undefined;
    const status = await lstat(path).catch(() => undefined);
    if (!status?.isFile()) return undefined;
    const stamp = `${status.mtimeMs}-${status.size}`;
    const known = this.#found.get(path);
    if (known?.stamp === stamp) return known.file;
    const file = describe(path, status.size);
    this.#found.set(path, { stamp, file });
    file.catch(() => this.#found.delete(path));
    return file;
  }

  async body(file: StaticFile, encoding: Encoding): Promise<Uint8Array<ArrayBuffer> | ReadableStream> {
    if (encoding === 'identity') return Readable.toWeb(createReadStream(file.path)) as ReadableStream;
    const key = `${encoding} ${file.etag}`;
    let packed = this.#compressed.get(key);
    if (!packed) {
      packed = readFile(file.path).then(compressors[encoding]);
      this.#compressed.set(key, packed);
      packed.catch(() => this.#compressed.delete(key));
    }
    return new Uint8Array(await packed);
  }

  #locate(urlPath: string): string | undefined {
    let decoded: string;
    try {
      decoded = decodeURIComponent(urlPath);
    } catch {
      return undefined;
    }
    if (/[\0\\]/.test(decoded)) return undefined;
    const path = join(this.#root, decoded.endsWith('/') ? `${decoded}index.html` : decoded);
    // A name that starts with a dot is the build's own business.
    if (!path.startsWith(this.#root + sep) || path.slice(this.#root.length).includes('/.')) return undefined;
    return path;
  }
}

async function describe(path: string, bytes: number): Promise<StaticFile> {
  const mediaType = MEDIA_TYPES[extname(path)] ?? 'application/octet-stream';
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return {
    path,
    mediaType,
    bytes,
    etag: hash.digest('base64url').slice(0, 27),
    compressible: COMPRESSIBLE.test(mediaType) && bytes >= MIN_BYTES_TO_COMPRESS,
  };
}
