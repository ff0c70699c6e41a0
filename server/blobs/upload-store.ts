import type { DataStore, Upload } from '@tus/server';

/** Where uploads under way lie, for tus, and how one that is whole becomes a file that can be looked at. */
export interface UploadStore {
  readonly datastore: DataStore;
  /** Path of a local file with all bytes of an upload. Its caller moves or removes it. */
  fetch(upload: Upload): Promise<string>;
  /** Removes what is left of an upload, its file aside. Doing it again is harmless. */
  forget(upload: Upload): Promise<void>;
}
