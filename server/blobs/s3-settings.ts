import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { Unavailable } from '../repositories/database.ts';

/** How an S3-compatible store is reached. */
export interface S3Settings {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const CONNECT_MS = 3000;
/** Without a byte. */
const SILENCE_MS = 20_000;

export const clientConfig = (settings: S3Settings): S3ClientConfig => ({
  endpoint: settings.endpoint,
  region: settings.region,
  credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
  // Names of buckets as hosts need a wildcard in the DNS, which few stores of one's own have.
  forcePathStyle: true,
  // Newer checksums by default are not known to every compatible store; where one is needed, it is given.
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  maxAttempts: 3,
  requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SILENCE_MS },
});

/** What the store answers when something is not there, by name of the error. */
const ABSENT: readonly string[] = ['NoSuchKey', 'NotFound'];

export const isAbsent = (error: unknown): boolean => error instanceof Error && ABSENT.includes(error.name);

/** The store's own refusal stays what it is; no answer, or a 5xx, may pass. */
export function asUnavailable(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { $metadata: metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = metadata?.httpStatusCode;
  const isRefusal = status !== undefined && (status < 500 || status === 501) && status !== 429;
  if (isRefusal) return error;
  return new Unavailable(`object store: ${error.message}`, { cause: error });
}
