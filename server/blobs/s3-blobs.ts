import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { GetObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Sha256 } from '../../core/contract/ids.ts';
import type { BlobStore, ByteRange } from './blob-store.ts';
import { asUnavailable, clientConfig, isAbsent, type S3Settings } from './s3-settings.ts';

/** Photos as objects `photos/<tenant>/<sha256>` of one bucket, which all nodes share. */
export class S3Blobs implements BlobStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(settings: S3Settings) {
    this.#client = new S3Client(clientConfig(settings));
    this.#bucket = settings.bucket;
  }

  async publish(tenant: string, sha256: Sha256, file: string): Promise<void> {
    const { size } = await stat(file);
    const put = new PutObjectCommand({
      ...this.#place(tenant, sha256),
      Body: createReadStream(file),
      ContentLength: size,
    });
    // Signed with the hash, which every store compares with what arrives: bytes spoiled on the way are not kept.
    put.middlewareStack.add(
      (next) => (step) => {
        const { headers } = step.request as { readonly headers: Record<string, string> };
        headers['x-amz-content-sha256'] = sha256;
        return next(step);
      },
      { step: 'build' },
    );
    try {
      await this.#client.send(put);
    } catch (error) {
      throw asUnavailable(error);
    }
    await rm(file, { force: true });
  }

  async open(
    tenant: string,
    sha256: Sha256,
    range?: ByteRange,
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({
          ...this.#place(tenant, sha256),
          ...(range && { Range: `bytes=${range.first}-${range.last}` }),
        }),
      );
      return Body?.transformToWebStream() as ReadableStream<Uint8Array> | undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw asUnavailable(error);
    }
  }

  async check(): Promise<void> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }));
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  close(): void {
    this.#client.destroy();
  }

  #place(tenant: string, sha256: Sha256): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: `photos/${tenant}/${sha256}` };
  }
}
