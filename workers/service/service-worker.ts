import { clientsClaim } from 'workbox-core';
import {
  addPlugins,
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
  type PrecacheEntry,
} from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';
import { isolate } from './isolate.ts';
import { isRuntimeBinary, isRuntimeUrl } from './runtime-files.ts';

declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: readonly (PrecacheEntry | string)[];
};
/** Names of this build's runtime files; see config/vite-service-worker.ts. */
declare const __RUNTIME_FILES__: readonly string[];

const RUNTIME_CACHE = 'loupe-runtime-v1';
/** What the page has just downloaded is asked for by its ETag, and not downloaded again. */
const revalidated = {
  requestWillFetch: async ({ request }: { request: Request }) => new Request(request, { cache: 'no-cache' }),
};
const isolation = { handlerWillRespond: async ({ response }: { response: Response }) => isolate(response) };

// The shell: everything that the build wrote but runtimes and model packs.
addPlugins([isolation, revalidated]);
precacheAndRoute([...self.__WB_MANIFEST]);
cleanupOutdatedCaches();
registerRoute(
  ({ request, url, sameOrigin }) => sameOrigin && request.mode === 'navigate' && isShell(url),
  createHandlerBoundToURL('index.html'),
);

// Runtimes: 14 to 27 MB each, so only the one that this device loads is kept, when it is first loaded.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && isRuntimeUrl(url),
  new CacheFirst({
    cacheName: RUNTIME_CACHE,
    plugins: [
      { cacheWillUpdate: async ({ response }) => (isRuntimeBinary(response) ? response : null) },
      isolation,
    ],
  }),
);

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldRuntimes());
});

// A first visit is controlled at once; an update waits until the page, asked by a person, says so.
clientsClaim();
self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const data: unknown = event.data;
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING') {
    event.waitUntil(self.skipWaiting());
  }
});

/** The page's addresses are relative: below a deeper path it would not find its files. */
function isShell(url: URL): boolean {
  const { pathname: scope } = new URL(self.registration.scope);
  if (!url.pathname.startsWith(scope)) return false;
  const page = url.pathname.slice(scope.length);
  return !page.includes('/') && page !== 'pipeline.html';
}

async function dropOldRuntimes(): Promise<void> {
  const cache = await caches.open(RUNTIME_CACHE);
  for (const request of await cache.keys()) {
    const name = new URL(request.url).pathname.split('/').pop() ?? '';
    if (!__RUNTIME_FILES__.includes(name)) await cache.delete(request);
  }
}
