import type { PDFDocument, StructureElement, StructureOptions, TextOptions } from 'pdfkit';
import { plainText } from '../../../core/export/plain-text.ts';
import { COLOUR, CONTENT, PAGE, SIZE } from './style.ts';

export interface TextStyle {
  readonly size?: number;
  readonly weight?: 'regular' | 'semibold';
  readonly colour?: string;
  readonly align?: 'left' | 'center' | 'right';
  /** Lines after which the text is cut with an ellipsis. */
  readonly lines?: number;
  readonly goTo?: string;
}

const LINE = 1.32;

/**
 * One PDF in the making: a cursor down the page, text in the report's type, and structure. All that is drawn is
 * either tagged, so that a screen reader finds it in order, or an artifact; tagged PDF allows no third.
 */
export class Sheet {
  readonly doc: PDFDocument;
  y: number = PAGE.top;
  readonly #open: StructureElement[] = [];

  constructor(doc: PDFDocument) {
    this.doc = doc;
    const root = doc.struct('Document');
    doc.addStructure(root);
    this.#open.push(root);
  }

  /** Closes structure and document. */
  end(): void {
    this.#open.pop()?.end();
    this.doc.end();
  }

  newPage(): void {
    this.doc.addPage();
    this.y = PAGE.top;
  }

  /** Goes to the next page unless `height` fits on this one. */
  ensure(height: number): void {
    if (this.y + height > PAGE.bottom) this.newPage();
  }

  /** What `draw` tags becomes children of one element. */
  group(type: 'Sect' | 'Table' | 'TR' | 'L' | 'LI', draw: () => void): void {
    const element = this.doc.struct(type);
    this.#open.at(-1)?.add(element);
    this.#open.push(element);
    draw();
    this.#open.pop();
    element.end();
  }

  tag(type: string, draw: () => void, options: StructureOptions = {}): void {
    const element = this.doc.struct(type, options);
    this.#open.at(-1)?.add(element);
    element.add(draw);
    element.end();
  }

  /** Lines, fields and repeats that a screen reader leaves out. */
  artifact(draw: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.doc.markContent('Artifact', { type });
    draw();
    this.doc.endMarkedContent();
  }

  /** Draws text with its top at `y` and returns its height. */
  text(text: string, x: number, y: number, width: number, style: TextStyle = {}): number {
    const clean = plainText(text);
    const options = this.#style(clean, width, style);
    this.doc.fillColor(style.colour ?? COLOUR.ink).text(clean, x, y, options);
    return this.doc.y - y;
  }

  /** Height that `text` would take. */
  measure(text: string, width: number, style: TextStyle = {}): number {
    const clean = plainText(text);
    const { height: limit, ...options } = this.#style(clean, width, style);
    const height = this.doc.heightOfString(clean, options);
    return limit === undefined ? height : Math.min(height, limit);
  }

  widthOf(text: string, style: TextStyle = {}): number {
    const clean = plainText(text);
    const { features } = this.#style(clean, CONTENT, style);
    return this.doc.widthOfString(clean, { features });
  }

  #style(
    text: string,
    width: number,
    { size = SIZE.body, weight = 'regular', align = 'left', lines, goTo }: TextStyle,
  ) {
    this.doc.font(weight).fontSize(size);
    // Inter's own line is 1.21 high.
    const lineGap = size * (LINE - 1.21);
    return {
      width,
      align,
      lineGap,
      // Figures of one width keep "8.1" from closing up; they would tear hyphens apart.
      features: /\d/.test(text) && !text.includes('-') ? ['tnum'] : [],
      ...(lines === undefined ? {} : { height: size * LINE * lines + 1, ellipsis: '…' }),
      ...(goTo === undefined ? {} : { goTo }),
    } satisfies TextOptions;
  }
}
