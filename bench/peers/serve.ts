import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { once } from 'node:events';
import { isolationHeaders } from '../../config/headers.ts';

const MODULES = join(import.meta.dirname, '../node_modules');
/** The app's own: LiteRT is the same library in both. */
const ROOT_MODULES = join(import.meta.dirname, '../../node_modules');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** Why the peers cannot be measured here; undefined where they can. */
export const missingPeers = (): string | undefined =>
  existsSync(join(MODULES, '@huggingface/transformers'))
    ? undefined
    : 'run `ONNXRUNTIME_NODE_INSTALL=skip npm ci --prefix bench --ignore-scripts` first';

/** A pack's weights, in the formats that the peers read. */
export interface PeerModels {
  readonly onnx: string;
  readonly tflite: string;
}

/** The peers' pages with their libraries, isolated as our app is, so that they have threads as well. */
export async function servePeers({ onnx, tflite }: PeerModels) {
  const nested = join(MODULES, '@huggingface/transformers/node_modules/onnxruntime-web/dist');
  const folders: Readonly<Record<string, string>> = {
    '/peers/': import.meta.dirname,
    '/ort/': join(MODULES, 'onnxruntime-web/dist'),
    '/litert/': join(ROOT_MODULES, '@litertjs/core'),
    '/wasm-utils/': join(ROOT_MODULES, '@litertjs/wasm-utils'),
    '/transformers/': join(MODULES, '@huggingface/transformers/dist'),
    '/transformers-ort/': existsSync(nested) ? nested : join(MODULES, 'onnxruntime-web/dist'),
  };
  const bodyOf = async (path: string): Promise<Buffer | string | undefined> => {
    if (path === '/model.onnx' || path === '/hub/pack/onnx/model.onnx') return readFile(onnx);
    if (path === '/model.tflite') return readFile(tflite);
    if (path === '/hub/pack/config.json') return JSON.stringify({ model_type: 'yolox', architectures: [] });
    const page = /^\/(\w+)\.html$/.exec(path)?.[1];
    if (page)
      return `<!doctype html><input type="file" /><script type="module" src="/peers/${page}.js"></script>`;
    // A worker has no import map.
    if (path === '/litert/dist/index.js') {
      const library = await readFile(join(ROOT_MODULES, '@litertjs/core/dist/index.js'), 'utf8');
      return library.replaceAll('"@litertjs/wasm-utils"', '"/wasm-utils/dist/index.js"');
    }
    const [prefix, folder] = Object.entries(folders).find(([start]) => path.startsWith(start)) ?? [];
    return prefix && folder
      ? readFile(join(folder, normalize(path.slice(prefix.length)))).catch(() => undefined)
      : undefined;
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    void bodyOf(pathname).then((body) => {
      const type = pathname.endsWith('.html')
        ? 'text/html'
        : (TYPES[extname(pathname)] ?? 'application/octet-stream');
      response
        .writeHead(body === undefined ? 404 : 200, { ...isolationHeaders, 'content-type': type })
        .end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://localhost:${address.port}`, stop: () => server.close() };
}
