/** What a CARD.md is made of, as far as our cards use Markdown; anything else stays a paragraph as written. */
export type CardBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly text: Inline }
  | { readonly kind: 'paragraph'; readonly text: Inline }
  | { readonly kind: 'list'; readonly items: readonly Inline[] }
  | {
      readonly kind: 'table';
      readonly head: readonly Inline[];
      readonly rows: readonly (readonly Inline[])[];
    };

export interface Span {
  readonly style: 'plain' | 'strong' | 'code';
  readonly text: string;
}
export type Inline = readonly Span[];

const COMMENT = /<!--[\s\S]*?-->/g;
const MARKED = /(\*\*[^*]+\*\*|`[^`]+`)/;
const ITEM = /^- /;

/** A card's text as blocks, in order. */
export function cardBlocks(markdown: string): readonly CardBlock[] {
  const parts = markdown.replace(COMMENT, '').split(/\n\s*\n/);
  return parts.map((part) => part.trim()).flatMap(blocksOf);
}

/** Of lines without an empty one between them; a heading may stand right above its text. */
function blocksOf(part: string): readonly CardBlock[] {
  if (part === '') return [];
  const lines = part.split('\n');
  const heading = /^(#{1,6}) (.*)$/.exec(lines[0] ?? '');
  if (heading?.[1] !== undefined && heading[2] !== undefined) {
    const first = { kind: 'heading', level: heading[1].length, text: inline(heading[2]) } as const;
    return [first, ...blocksOf(lines.slice(1).join('\n'))];
  }
  if (lines.length > 1 && lines.every((line) => line.startsWith('|'))) return [tableOf(lines)];
  const start = lines.findIndex((line) => ITEM.test(line));
  if (start === 0) return [{ kind: 'list', items: itemsOf(lines) }];
  if (start > 0)
    return [...blocksOf(lines.slice(0, start).join('\n')), ...blocksOf(lines.slice(start).join('\n'))];
  return [{ kind: 'paragraph', text: inline(lines.join(' ')) }];
}

/** A line that does not begin an item goes on with the one above. */
const itemsOf = (lines: readonly string[]): readonly Inline[] =>
  lines
    .join('\n')
    .split(/\n(?=- )/)
    .map((item) => inline(item.replace(ITEM, '').replaceAll(/\n\s*/g, ' ')));

function tableOf(lines: readonly string[]): CardBlock {
  const rows = lines.map((line) =>
    line
      .replaceAll(/^\||\|$/g, '')
      .split('|')
      .map((cell) => inline(cell.trim())),
  );
  return { kind: 'table', head: rows[0] ?? [], rows: rows.slice(2) };
}

function inline(text: string): Inline {
  return text
    .split(MARKED)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece.startsWith('**') && piece.endsWith('**'))
        return { style: 'strong', text: piece.slice(2, -2) };
      if (piece.startsWith('`') && piece.endsWith('`')) return { style: 'code', text: piece.slice(1, -1) };
      return { style: 'plain', text: piece };
    });
}
