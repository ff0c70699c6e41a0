/**
 * The part of pdfkit 0.20 that the report draws with. The published types bring Node's globals into the page
 * and lack the browser build's own exports.
 */
declare module 'pdfkit' {
  export type Draw = () => void;
  export interface StructureOptions {
    readonly alt?: string;
    readonly lang?: string;
    readonly title?: string;
    /** Of a table's header cell. */
    readonly scope?: 'Row' | 'Column' | 'Both';
    readonly bbox?: readonly [number, number, number, number];
    readonly placement?: 'Block' | 'Inline';
  }
  export interface StructureElement {
    add(child: StructureElement | Draw): this;
    end(): void;
  }
  export interface TextOptions {
    readonly width?: number;
    readonly height?: number;
    readonly align?: 'left' | 'center' | 'right';
    readonly lineGap?: number;
    readonly lineBreak?: boolean;
    readonly ellipsis?: boolean | string;
    readonly features?: readonly string[];
    readonly goTo?: string;
    readonly structParent?: StructureElement;
  }
  export interface Image {
    readonly width: number;
    readonly height: number;
  }
  export interface OutlineItem {
    addItem(title: string): OutlineItem;
  }
  export interface DocumentOptions {
    readonly size?: 'A4';
    readonly margin?: number;
    readonly autoFirstPage?: boolean;
    readonly bufferPages?: boolean;
    readonly pdfVersion?: '1.7';
    readonly subset?: 'PDF/UA';
    readonly tagged?: boolean;
    readonly displayTitle?: boolean;
    readonly lang?: string;
    readonly font?: null;
    readonly info?: Readonly<Record<string, string | Date>>;
  }
  export class PDFDocument {
    constructor(options: DocumentOptions);
    readonly outline: OutlineItem;
    /** Below what `text` drew last. */
    readonly y: number;
    on(event: 'data', listener: (chunk: Uint8Array<ArrayBuffer>) => void): this;
    on(event: 'end', listener: () => void): this;
    addPage(): this;
    end(): void;
    bufferedPageRange(): { readonly start: number; readonly count: number };
    switchToPage(page: number): void;
    addNamedDestination(name: string, fit: 'XYZ', left: number, top: number, zoom: null): void;

    registerFont(name: string, data: ArrayBuffer): this;
    font(name: string): this;
    fontSize(size: number): this;
    text(text: string, x: number, y: number, options?: TextOptions): this;
    heightOfString(text: string, options?: TextOptions): number;
    widthOfString(text: string, options?: TextOptions): number;

    openImage(source: ArrayBuffer): Image;
    image(
      image: Image,
      x: number,
      y: number,
      options: { readonly width: number; readonly height: number },
    ): this;
    goTo(x: number, y: number, width: number, height: number, destination: string): this;

    save(): this;
    restore(): this;
    clip(rule?: 'even-odd'): this;
    translate(x: number, y: number): this;
    scale(factor: number): this;
    rect(x: number, y: number, width: number, height: number): this;
    roundedRect(x: number, y: number, width: number, height: number, radius: number): this;
    circle(x: number, y: number, radius: number): this;
    /** SVG path data. */
    path(data: string): this;
    moveTo(x: number, y: number): this;
    lineTo(x: number, y: number): this;
    bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): this;
    closePath(): this;
    lineWidth(width: number): this;
    lineCap(cap: 'round'): this;
    lineJoin(join: 'round' | 'miter'): this;
    dash(length: number, options: { readonly space: number }): this;
    undash(): this;
    fillColor(colour: string, opacity?: number): this;
    strokeColor(colour: string, opacity?: number): this;
    fill(colour?: string, rule?: 'even-odd'): this;
    stroke(colour?: string): this;
    fillAndStroke(fill: string, stroke: string): this;

    struct(type: string, options?: StructureOptions): StructureElement;
    addStructure(element: StructureElement): this;
    markContent(tag: 'Artifact', options: { readonly type: 'Layout' | 'Pagination' }): this;
    endMarkedContent(): this;
  }
  export default PDFDocument;
}
