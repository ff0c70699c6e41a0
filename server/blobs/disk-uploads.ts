import { FileStore } from '@tus/file-store';
import type { Upload } from '@tus/server';
import type { UploadStore } from './upload-store.ts';

/** Uploads as files of one folder. */
export class DiskUploads implements UploadStore {
  readonly datastore: FileStore;

  constructor(folder: string, lifeMs: number) {
    this.datastore = new FileStore({ directory: folder, expirationPeriodInMilliseconds: lifeMs });
  }

  fetch({ id, storage }: Upload): Promise<string> {
    if (storage === undefined) return Promise.reject(new Error(`upload ${id} lies nowhere`));
    return Promise.resolve(storage.path);
  }

  async forget({ id }: Upload): Promise<void> {
    await this.datastore.configstore.delete(id);
  }
}
