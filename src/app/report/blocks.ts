import type { Sheet } from './sheet.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';

/** Heading of a part of the report; its bookmark too. */
export function heading(sheet: Sheet, text: string): void {
  sheet.doc.outline.addItem(text);
  sheet.tag('H1', () => {
    sheet.y += sheet.text(text, PAGE.margin, sheet.y, CONTENT, { size: SIZE.title, weight: 'semibold' }) + 10;
  });
}

export function subheading(sheet: Sheet, text: string, before = 14): void {
  // With room for the first line under it.
  sheet.ensure(before + 38);
  sheet.y += before;
  sheet.tag('H2', () => {
    sheet.y += sheet.text(text, PAGE.margin, sheet.y, CONTENT, { size: SIZE.lead, weight: 'semibold' }) + 5;
  });
}

export function paragraph(sheet: Sheet, text: string, colour: string = COLOUR.ink): void {
  const height = sheet.measure(text, CONTENT);
  sheet.ensure(height);
  sheet.tag('P', () => {
    sheet.y += sheet.text(text, PAGE.margin, sheet.y, CONTENT, { colour }) + 4;
  });
}

export interface Field {
  readonly name: string;
  readonly value: string;
  /** Quiet, where the value says that there is none. */
  readonly quiet?: boolean;
}

/** Name above value, in columns, row by row; returns the height. */
export function fields(
  sheet: Sheet,
  list: readonly Field[],
  {
    x,
    y,
    width,
    columns,
  }: { readonly x: number; readonly y: number; readonly width: number; readonly columns: number },
): number {
  const gap = 16;
  const column = (width - gap * (columns - 1)) / columns;
  let top = y;
  sheet.group('L', () => {
    for (let row = 0; row < list.length; row += columns) {
      const heights = list
        .slice(row, row + columns)
        .map((field, index) => drawField(sheet, field, x + index * (column + gap), top, column));
      top += Math.max(...heights) + 8;
    }
  });
  return top - y;
}

function drawField(sheet: Sheet, { name, value, quiet }: Field, x: number, y: number, width: number): number {
  let height = 0;
  sheet.group('LI', () => {
    sheet.tag('Lbl', () => {
      height = sheet.text(name, x, y, width, { size: SIZE.small, colour: COLOUR.soft });
    });
    sheet.tag('LBody', () => {
      height += sheet.text(value, x, y + height + 0.5, width, {
        weight: quiet ? 'regular' : 'semibold',
        colour: quiet ? COLOUR.soft : COLOUR.ink,
        lines: 3,
      });
    });
  });
  return height;
}

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
}

export interface Cell {
  readonly height: number;
  readonly draw: (x: number, y: number) => void;
}

/** Text as a table's cell. */
export function textCell(
  sheet: Sheet,
  text: string,
  { width, align = 'left' }: Column,
  style: Parameters<Sheet['text']>[4] = {},
): Cell {
  const all = { size: SIZE.small, align, ...style };
  return {
    height: sheet.measure(text, width - 8, all),
    draw: (x, y) => {
      sheet.text(text, x, y, width - 8, all);
    },
  };
}

const PAD = 5;

/** A table whose head is repeated on every page; a row is never torn. */
export function table(sheet: Sheet, columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
  sheet.group('Table', () => {
    tableHead(sheet, columns, true);
    for (const row of rows) {
      const height = Math.max(...row.map((cell) => cell.height)) + 2 * PAD;
      if (sheet.y + height > PAGE.bottom) {
        sheet.newPage();
        tableHead(sheet, columns, false);
      }
      tableRow(sheet, columns, row, height);
    }
  });
  sheet.y += 6;
}

function tableHead(sheet: Sheet, columns: readonly Column[], first: boolean): void {
  const titles = (draw: (title: Column, x: number) => void) => {
    let x = PAGE.margin;
    for (const column of columns) {
      draw(column, x);
      x += column.width;
    }
  };
  const put = ({ title, width, align = 'left' }: Column, x: number) => {
    sheet.text(title, x, sheet.y, width - 8, { size: SIZE.small, weight: 'semibold', align, lines: 1 });
  };
  // Heads repeated on later pages are no content.
  if (first) {
    sheet.group('TR', () => {
      titles((column, x) => {
        sheet.tag('TH', () => put(column, x), { scope: 'Column' });
      });
    });
  } else sheet.artifact(() => titles(put));
  sheet.y += 15;
  rule(sheet, COLOUR.strong, 0.9);
}

function tableRow(sheet: Sheet, columns: readonly Column[], row: readonly Cell[], height: number): void {
  sheet.group('TR', () => {
    let x = PAGE.margin;
    row.forEach((cell, index) => {
      const left = x;
      sheet.tag('TD', () => cell.draw(left, sheet.y + PAD));
      x += columns[index]?.width ?? 0;
    });
  });
  sheet.y += height;
  rule(sheet, COLOUR.line, 0.5);
}

export function rule(sheet: Sheet, colour: string, thick: number): void {
  sheet.artifact(() => {
    sheet.doc.save().lineWidth(thick).strokeColor(colour);
    sheet.doc
      .moveTo(PAGE.margin, sheet.y)
      .lineTo(PAGE.margin + CONTENT, sheet.y)
      .stroke();
    sheet.doc.restore();
  });
}
