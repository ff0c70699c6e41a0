/** Controls, bidi marks and overrides, zero-width space and joiners of words: invisible and able to deceive. */
const INVISIBLE =
  // eslint-disable-next-line no-control-regex -- finding control characters is its purpose
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g;

/**
 * Text that any reader shows as it is: well-formed Unicode (a lone surrogate becomes U+FFFD), nothing
 * invisible. Tab and line breaks stay; so does markup, which is text here and for its reader to escape.
 */
export const plainText = (text: string): string =>
  Array.from(text, (character) => (/^[\uD800-\uDFFF]$/.test(character) ? '\uFFFD' : character))
    .join('')
    .replace(INVISIBLE, '');

/** The last part of a path, of either slash, as a file name that is safe on every system. */
export function safeFileName(name: string, fallback: string): string {
  const last = plainText(name).split(/[/\\]/).at(-1) ?? '';
  const safe = last.replace(/[<>:"|?*\t\r\n]/g, '_').replace(/^[. ]+|[. ]+$/g, '');
  const short = Array.from(safe).slice(0, 100).join('');
  return short === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? fallback : short;
}

/** ISO 8601 in UTC; undefined for a time that no calendar holds. */
export function isoTime(wall: number): string | undefined {
  const date = new Date(wall);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
