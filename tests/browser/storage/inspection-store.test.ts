import { describeStore } from '../../unit/storage/store-suite.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { openInspectionStore, type OpenStore } from '../../../src/storage/open-store.ts';

for (const photoFiles of ['opfs', 'indexeddb'] as const) {
  describeStore(`inspection store with photos in ${photoFiles}`, async () => {
    const name = `test-${crypto.randomUUID()}`;
    const stores: OpenStore[] = [];
    const open = async () => {
      const opened = unwrap(await openInspectionStore({ name, photoFiles }));
      stores.push(opened);
      return opened.store;
    };
    return {
      store: await open(),
      reopen: open,
      close: async () => {
        for (const opened of stores) opened.close();
        indexedDB.deleteDatabase(name);
        const root = await navigator.storage.getDirectory();
        // The ended worker may still hold its journal for a moment.
        await root.removeEntry(`${name}-photos`, { recursive: true }).catch(() => undefined);
      },
    };
  });
}
