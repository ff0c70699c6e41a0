import { storeShapes, type StoreName } from './schema.ts';
import type { Vault } from './vault.ts';

/**
 * A sealed row keeps its key and what its indexes need in the open: ids, times, states and hashes. All the
 * rest is in `sealed`: length of the JSON, JSON, and the row's bytes where it has some.
 */
interface SealedRow {
  readonly sealed: ArrayBuffer;
  readonly [field: string]: unknown;
}

export const isSealedRow = (row: unknown): row is SealedRow =>
  typeof row === 'object' && row !== null && Reflect.get(row, 'sealed') instanceof ArrayBuffer;

export async function sealRow(vault: Vault, store: StoreName, row: unknown): Promise<unknown> {
  if (isSealedRow(row)) return row;
  const fields = Object.entries(row as object);
  const open = openFields(store);
  const sealed = await vault.seal(encode(fields), nameOf(store, row));
  return { ...Object.fromEntries(fields.filter(([name]) => open.has(name))), sealed };
}

/** The row as it is where it does not open: its schema then refuses it, and it is set aside like any other. */
export async function unsealRow(vault: Vault, store: StoreName, row: unknown): Promise<unknown> {
  if (!isSealedRow(row)) return row;
  const bytes = await vault.unsealed(row.sealed, nameOf(store, row));
  return bytes ? decode(bytes) : row;
}

const nameOf = (store: StoreName, row: unknown): string =>
  `${store}/${String(Reflect.get(row as object, storeShapes[store].keyPath))}`;

function openFields(store: StoreName): ReadonlySet<string> {
  const { keyPath, indexes } = storeShapes[store];
  const indexed: readonly (string | readonly string[])[] = Object.values(indexes);
  return new Set([keyPath, ...indexed.flat()]);
}

function encode(fields: readonly (readonly [string, unknown])[]): Uint8Array<ArrayBuffer> {
  const bytes = fields.find(([, value]) => value instanceof ArrayBuffer);
  const plain = fields.filter((field) => field !== bytes);
  const json = new TextEncoder().encode(
    JSON.stringify({ row: Object.fromEntries(plain), ...(bytes && { bytes: bytes[0] }) }),
  );
  const tail = bytes?.[1] instanceof ArrayBuffer ? new Uint8Array(bytes[1]) : new Uint8Array();
  const whole = new Uint8Array(4 + json.length + tail.length);
  new DataView(whole.buffer).setUint32(0, json.length);
  whole.set(json, 4);
  whole.set(tail, 4 + json.length);
  return whole;
}

function decode(whole: ArrayBuffer): unknown {
  const end = 4 + new DataView(whole).getUint32(0);
  // Sealed by `encode` and authenticated since; the row itself is parsed by its schema.
  const { row, bytes } = JSON.parse(new TextDecoder().decode(whole.slice(4, end))) as {
    row: object;
    bytes?: string;
  };
  return bytes === undefined ? row : { ...row, [bytes]: whole.slice(end) };
}
