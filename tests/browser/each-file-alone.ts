import { beforeAll } from 'vitest';

/** The files share one origin: none finds the packs that another changed. */
beforeAll(async () => {
  await caches.delete('loupe-packs-v1');
});
