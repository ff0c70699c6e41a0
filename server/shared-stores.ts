import * as v from 'valibot';
import type { S3Settings } from './blobs/s3-settings.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const Environment = v.object({
  DATABASE_URL: v.optional(
    v.pipe(text, v.regex(/^postgres(ql)?:\/\//, 'DATABASE_URL begins with postgres://')),
  ),
  DATABASE_POOL: v.optional(
    v.pipe(text, v.toNumber(), v.integer(), v.minValue(2, 'DATABASE_POOL is a whole number from 2')),
    '10',
  ),
  S3_ENDPOINT: v.optional(v.pipe(text, v.url('S3_ENDPOINT is an address'))),
  S3_BUCKET: v.optional(text),
  S3_REGION: v.optional(text, 'us-east-1'),
  S3_ACCESS_KEY_ID: v.optional(text),
  S3_SECRET_ACCESS_KEY: v.optional(text),
});

/** What several nodes share. What is absent lies in the node's own folder. */
export interface SharedStores {
  readonly postgres?: { readonly url: string; readonly poolSize: number };
  readonly s3?: S3Settings;
}

/** From the environment; throws with what is wrong with it, never with a secret of it. */
export function sharedStores(environment: NodeJS.ProcessEnv): SharedStores {
  const parsed = v.safeParse(Environment, environment);
  if (!parsed.success) throw new Error(parsed.issues.map(({ message }) => message).join('; '));
  const { DATABASE_URL: url, DATABASE_POOL: poolSize } = parsed.output;
  const s3 = s3Settings(parsed.output);
  return { ...(url !== undefined && { postgres: { url, poolSize } }), ...(s3 && { s3 }) };
}

function s3Settings({
  S3_ENDPOINT: endpoint,
  S3_BUCKET: bucket,
  S3_REGION: region,
  S3_ACCESS_KEY_ID: accessKeyId,
  S3_SECRET_ACCESS_KEY: secretAccessKey,
}: v.InferOutput<typeof Environment>): S3Settings | undefined {
  if (endpoint === undefined) return undefined;
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    throw new Error('S3_ENDPOINT also needs S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY');
  }
  return { endpoint, bucket, region, accessKeyId, secretAccessKey };
}
