import * as v from 'valibot';
import type { PackPart } from '../../core/contract/model-manifest.ts';
import type { PackProgress, VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { fitsBesidePhotos } from '../../core/domain/photo-reserve.ts';

/** Its version changes when what is kept changes form; the shell's caches are none of its business. */
export const PACK_CACHE = 'loupe-packs-v1';

const JSON_LIMIT = 8_000_000;
const ANSWER_LIMIT_MS = 15_000;
/** A connection that gives nothing for so long is gone. */
const STALL_LIMIT_MS = 30_000;

export type FetchedJson<Value> =
  | { readonly kind: 'found'; readonly value: Value }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'unreadable'; readonly detail: string };

type Schema<Value> = v.GenericSchema<unknown, Value>;

/** Reads JSON from the network and keeps what passed the schema. */
export async function fetchJson<Value>(url: string, schema: Schema<Value>): Promise<FetchedJson<Value>> {
  let text: string;
  try {
    const response = await fetch(url, { cache: 'no-cache', signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    if (!response.ok) return { kind: 'unreachable', detail: `${url} answered ${response.status}` };
    text = await response.text();
  } catch (error) {
    return { kind: 'unreachable', detail: messageOf(error) };
  }
  const parsed = parseJson(text, schema);
  if (parsed.kind === 'found') await keep(url, text, 'application/json');
  return parsed;
}

export async function keptJson<Value>(url: string, schema: Schema<Value>): Promise<FetchedJson<Value>> {
  const response = await (await caches.open(PACK_CACHE)).match(url);
  if (!response) return { kind: 'unreachable', detail: `${url} is not kept on this device` };
  return parseJson(await response.text(), schema);
}

function parseJson<Value>(text: string, schema: Schema<Value>): FetchedJson<Value> {
  if (text.length > JSON_LIMIT) return { kind: 'unreadable', detail: `more than ${JSON_LIMIT} characters` };
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (parsed.success) return { kind: 'found', value: parsed.output };
  const issue = parsed.issues[0];
  return { kind: 'unreadable', detail: `${v.getDotPath(issue) ?? 'JSON'}: ${issue.message}` };
}

export function outcomeOf<Value>(modelId: string, found: FetchedJson<Value>): Outcome<Value, VisionFailure> {
  if (found.kind === 'found') return succeed(found.value);
  if (found.kind === 'unreachable') return fail({ kind: 'pack-unavailable', modelId, detail: found.detail });
  return fail({ kind: 'pack-corrupt', modelId, file: 'manifest', detail: found.detail });
}

/** Errors: throws QuotaExceededError where the browser has no room. */
export async function keep(url: string, body: BodyInit, type: string): Promise<void> {
  const cache = await caches.open(PACK_CACHE);
  await cache.put(url, new Response(body, { headers: { 'Content-Type': type } }));
}

/** Reads a file's bytes from where a pack comes from; undefined where their length is not the declared one. */
export type ReadBytes = (signal: AbortSignal | undefined) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/** Fetches one file of a pack, checks length and hash, and keeps it under `url`. */
export async function fetchPart(
  modelId: string,
  url: string,
  file: PackPart,
  read: ReadBytes,
  signal?: AbortSignal,
): Promise<Outcome<null, VisionFailure>> {
  const corrupt = (detail: string) => fail({ kind: 'pack-corrupt', modelId, file: file.path, detail } as const);
  if (!fitsBesidePhotos(file.bytes, await storageEstimate())) {
    return fail({ kind: 'no-space', neededBytes: file.bytes });
  }
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  try {
    bytes = await read(signal);
  } catch (error) {
    if (signal?.aborted) return fail({ kind: 'cancelled' });
    return fail({ kind: 'pack-unavailable', modelId, detail: messageOf(error) });
  }
  if (!bytes) return corrupt(`longer or shorter than ${file.bytes} bytes`);
  if ((await sha256(bytes)) !== file.sha256) return corrupt('its SHA-256 is not the one in the manifest');
  try {
    await keep(url, bytes, 'application/octet-stream');
  } catch {
    return fail({ kind: 'no-space', neededBytes: file.bytes });
  }
  return succeed(null);
}

/** Nothing where the browser does not tell; WebKitGTK has no `navigator.storage` at all. */
const storageEstimate = async (): Promise<StorageEstimate> =>
  (await (navigator.storage as StorageManager | undefined)?.estimate().catch(() => undefined)) ?? {};

/** The body of an address, or undefined where its length is not the declared one. */
export async function readBody(
  url: string,
  file: PackPart,
  onProgress: (progress: PackProgress) => void,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stalled = new AbortController();
  const ended = signal ? AbortSignal.any([stalled.signal, signal]) : stalled.signal;
  // no-store: the pack cache keeps the only copy.
  const response = await fetch(url, { cache: 'no-store', signal: ended });
  if (!response.ok || !response.body) throw new Error(`${file.path} answered ${response.status}`);
  const bytes = new Uint8Array(file.bytes);
  let received = 0;
  const reader = response.body.getReader();
  for (;;) {
    const timer = setTimeout(() => stalled.abort(new Error('the download stalled')), STALL_LIMIT_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) break;
    if (received + value.byteLength > file.bytes) {
      stalled.abort();
      return undefined;
    }
    bytes.set(value, received);
    received += value.byteLength;
    onProgress({ file: file.path, receivedBytes: received, totalBytes: file.bytes });
  }
  return received === file.bytes ? bytes : undefined;
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
