import * as v from 'valibot';
import type { JournalFile } from './journal.ts';
import type { Vault } from './vault.ts';

const NAME = 'journal';
const SealedLine = v.strictObject({ sealed: v.string() });

/** The journal's lines, sealed while the vault seals; lines from before are read as they are. */
export const sealedJournal = (file: JournalFile, vault: Vault): JournalFile => ({
  append: async (line) => file.append(await sealLine(vault, line)),
  lines: async () => openLines(vault, await file.lines()),
});

export async function sealLine(vault: Vault, line: string): Promise<string> {
  if (!vault.sealingKey) return line;
  const sealed = await vault.seal(new TextEncoder().encode(line), NAME);
  return JSON.stringify({ sealed: toBase64(new Uint8Array(sealed)) });
}

/** Torn lines are left out, as they are where nothing is sealed. */
export async function openLines(vault: Vault, lines: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    lines.map(async (line) => (line.startsWith('{"sealed":') ? openLine(vault, line) : line)),
  );
}

async function openLine(vault: Vault, line: string): Promise<string> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), SealedLine), line);
  const bytes = parsed.success ? fromBase64(parsed.output.sealed) : undefined;
  const open = bytes && (await vault.unsealed(bytes.buffer, NAME));
  return open ? new TextDecoder().decode(open) : '';
}

/** In parts: a call takes only so many arguments. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(parts.join(''));
}

/** Undefined where the text is no base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
