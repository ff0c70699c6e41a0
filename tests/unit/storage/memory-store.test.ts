import { MemoryRecords } from '../../../src/storage/memory-records.ts';
import { openMemoryStore } from '../../../src/storage/memory-store.ts';
import { describeStore } from './store-suite.ts';

describeStore('inspection store in memory', () => {
  const records = new MemoryRecords();
  const open = () => openMemoryStore({ records });
  return Promise.resolve({
    store: open(),
    reopen: () => Promise.resolve(open()),
    close: () => Promise.resolve(),
  });
});
