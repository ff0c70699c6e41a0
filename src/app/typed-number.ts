/** A number of 0 and more as people type it, with comma or point; undefined for anything else. */
export function typedNumber(raw: string): number | undefined {
  const text = raw.trim().replace(',', '.');
  return /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined;
}
