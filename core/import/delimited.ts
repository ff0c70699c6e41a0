/** Comma, semicolon (where the comma is the decimal sign) or tab: whichever the first line has most of. */
export function delimiterOf(text: string): string {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const count = (mark: string) => line.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/**
 * Rows of RFC 4180, any line end. Undefined when a quote stays open, since then all that follows it is one
 * cell, or when text stands between a closing quote and the delimiter.
 */
export function readDelimited(text: string, delimiter: string): string[][] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  // A delimiter at the very end is followed by one more cell, which is empty.
  while (at < text.length || row.length > 0) {
    const cell = text[at] === '"' ? quoted(text, at) : plain(text, at, delimiter);
    if (!cell) return undefined;
    row.push(cell.value);
    at = cell.end;
    if (text[at] === delimiter) {
      at += 1;
      continue;
    }
    if (at < text.length && text[at] !== '\r' && text[at] !== '\n') return undefined;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    rows.push(row);
    row = [];
  }
  return rows;
}

interface Cell {
  readonly value: string;
  /** Of what follows it. */
  readonly end: number;
}

function plain(text: string, start: number, delimiter: string): Cell {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { value: text.slice(start, end), end };
}

function quoted(text: string, start: number): Cell | undefined {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return undefined;
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}
