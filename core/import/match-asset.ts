import type { ListedAsset } from './asset-row.ts';

/**
 * The asset that a scanned code or a typed name means: by tag, or by serial of the asset or one of its
 * components; of a link, its last part and its parameters count. Undefined where none or several fit.
 */
export function matchAsset(assets: readonly ListedAsset[], code: string): ListedAsset | undefined {
  for (const name of namesIn(code)) {
    const found = assets.filter((asset) => namesOf(asset).includes(plain(name)));
    if (found.length === 1) return found[0];
  }
  return undefined;
}

/** What the code calls the asset, for one that no list knows. */
export const nameInCode = (code: string): string => namesIn(code).at(0)?.trim() ?? '';

/** Assets whose tag, site, serial or maker holds every word, in the list's order. */
export function searchAssets(assets: readonly ListedAsset[], words: string): readonly ListedAsset[] {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return assets.filter(({ site, asset, operator, country }) => {
    const text = [asset.tag, site, asset.serial, asset.maker, asset.model, operator, country].join(' ');
    return wanted.every((word) => text.toLocaleLowerCase().includes(word));
  });
}

const namesOf = ({ asset, components }: ListedAsset): string[] =>
  [asset.tag, asset.serial, ...components.map(({ serial }) => serial)]
    .filter((name) => name !== undefined)
    .map(plain);

/** Core has no URL class: a link is taken apart as far as its names need it. */
function namesIn(code: string): string[] {
  const text = code.trim();
  const link = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/i.exec(text);
  if (!link) return [text];
  const [, path = '', query = ''] = link;
  const last = path.split('/').filter(Boolean).at(-1);
  const values = query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [...(last === undefined ? [] : [last]), ...values.filter(Boolean)].map(decoded).concat(text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** "WTG 07" and "wtg-07" are one name. */
const plain = (name: string): string => name.toLocaleLowerCase().replace(/[\s_-]+/g, '');
