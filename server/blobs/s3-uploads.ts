import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3Store, type Options as S3StoreOptions } from '@tus/s3-store';
import { ERRORS, type Upload } from '@tus/server';
import { asUnavailable, clientConfig, isAbsent, type S3Settings } from './s3-settings.ts';
import type { UploadStore } from './upload-store.ts';

/** Keeps nothing: what S3 says counts. */
const forgetful: NonNullable<S3StoreOptions['cache']> = {
  get: () => Promise.resolve(undefined),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(),
};

/** The library takes every failure for an upload that is not there, and a tablet would begin it anew. */
class TruthfulStore extends S3Store {
  override async getUpload(id: string): Promise<Upload> {
    try {
      await this.client.headObject({ Bucket: this.bucket, Key: `${id}.info` });
    } catch (error) {
      // What the upload library throws and expects is no Error.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw isAbsent(error) ? ERRORS.FILE_NOT_FOUND : asUnavailable(error);
    }
    return super.getUpload(id);
  }

  close(): void {
    this.client.destroy();
  }
}

/** S3 takes no less than 5 MiB as a part that is not the last. */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * Uploads as multipart uploads of the bucket, so that whichever node is asked goes on with one. What is less than
 * a part waits as an object of its own. A whole one is brought here to be hashed and looked at.
 */
export class S3Uploads implements UploadStore {
  readonly datastore: TruthfulStore;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #folder: string;

  /** `folder` holds what is being looked at, and nothing that must outlast the process. */
  constructor(settings: S3Settings, folder: string, lifeMs: number) {
    this.datastore = new TruthfulStore({
      partSize: PART_BYTES,
      expirationPeriodInMilliseconds: lifeMs,
      // Few compatible stores know tags; expired uploads are listed instead.
      useTags: false,
      // Another node may have gone on with it meanwhile.
      cache: forgetful,
      s3ClientConfig: { ...clientConfig(settings), bucket: settings.bucket },
    });
    this.#client = new S3Client(clientConfig(settings));
    this.#bucket = settings.bucket;
    this.#folder = folder;
  }

  async fetch({ id }: Upload): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const file = join(this.#folder, randomUUID());
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: id }));
      await pipeline(Body as Readable, createWriteStream(file));
      return file;
    } catch (error) {
      await rm(file, { force: true });
      throw asUnavailable(error);
    }
  }

  async forget({ id }: Upload): Promise<void> {
    for (const Key of [id, `${id}.part`, `${id}.info`]) {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
    }
  }

  close(): void {
    this.#client.destroy();
    this.datastore.close();
  }
}
