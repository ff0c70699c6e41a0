/** What was typed, scanned or opened to make this a device of a server. */
export type Enrolment =
  | { readonly kind: 'code'; readonly code: string }
  /** An invitation to a Loupe at another address. What is kept here belongs to this one. */
  | { readonly kind: 'elsewhere'; readonly url: string; readonly host: string }
  | { readonly kind: 'none' };

/** Letters and digits of a code; its groups are only for reading. */
const LEAST_LETTERS = 8;
const MOST_LETTERS = 40;

/**
 * `here` is the app's own address. A link is `<address of the app>#/sync?code=…`; the code alone will do where the
 * address is known, which it is once the app is open.
 */
export function readEnrolment(text: string, here: string): Enrolment {
  const link = linkOf(text.trim());
  const said = (link ? codeIn(link) : text).trim();
  if (!/^[0-9A-Za-z\s-]*$/.test(said)) return { kind: 'none' };
  const code = said.toUpperCase().replace(/[\s-]/g, '');
  if (code.length < LEAST_LETTERS || code.length > MOST_LETTERS) return { kind: 'none' };
  if (link && link.origin !== new URL(here).origin) {
    return { kind: 'elsewhere', url: link.href, host: link.host };
  }
  return { kind: 'code', code };
}

function linkOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

const codeIn = ({ hash, search }: URL): string =>
  new URLSearchParams(hash.split('?')[1]).get('code') ?? new URLSearchParams(search).get('code') ?? '';

/** As it is read out: groups of four. */
export const spaced = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1-');
