import type { Catalogue } from './catalogue.ts';
import { en } from './en.ts';

const ACCENTED: Readonly<Record<string, string>> = {
  a: 'å', c: 'ç', e: 'é', g: 'ğ', i: 'ï', n: 'ñ', o: 'ø', s: 'š', u: 'ü', y: 'ý', z: 'ž',
  A: 'Å', C: 'Ç', E: 'É', G: 'Ğ', I: 'Î', N: 'Ñ', O: 'Ø', S: 'Š', U: 'Ü', Y: 'Ý', Z: 'Ž',
}; // prettier-ignore

/** A third longer, as German or Portuguese are than English, by words that may break. */
const PADDING = ' løngér téxt';

/** A text as a translator might hand it back: accents above and below, longer, its gaps whole. */
export function pseudoText(text: string): string {
  const accented = text
    .split(/(\{\{\w+\}\})/)
    .map((part) =>
      part.startsWith('{{') ? part : part.replace(/\p{L}/gu, (letter) => ACCENTED[letter] ?? letter),
    )
    .join('');
  const more = Math.ceil(text.length / 3);
  return `${accented}${PADDING.repeat(Math.ceil(more / PADDING.length))
    .slice(0, more)
    .trimEnd()}`;
}

type Tree = { readonly [key: string]: string | Tree };

const pseudoTree = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === 'string' ? pseudoText(value) : pseudoTree(value),
    ]),
  );

// The tree keeps its shape, which the type of a mapped tree cannot say.
export const pseudo = pseudoTree(en) as unknown as Catalogue;
