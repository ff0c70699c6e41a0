import type { ByteReader } from './byte-reader.ts';

export interface BmffHeader {
  readonly format: 'avif' | 'heic';
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly orientation: number | undefined;
  readonly animated: boolean;
}

const AVIF_BRANDS = ['avif', 'avis'];
const HEIC_BRANDS = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1'];
/** Quarter turns against the clock, as EXIF orientations. */
const TURNS = [1, 8, 3, 6];

export interface BmffBox {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * AVIF and HEIC: the largest picture that the file's properties name, so that the pixel cap sees a grid's
 * whole and not its thumbnail. Source: ISO/IEC 14496-12 boxes, ISO/IEC 23008-12 ispe and irot.
 */
export function readBmffHeader(reader: ByteReader): BmffHeader | undefined {
  if (reader.ascii(4, 4) !== 'ftyp') return undefined;
  const brands = fileBrands(reader);
  const isAvif = brands.some((brand) => AVIF_BRANDS.includes(brand));
  if (!isAvif && !brands.some((brand) => HEIC_BRANDS.includes(brand))) return undefined;
  const properties = propertyBoxes(reader);
  const sizes = properties
    .filter(({ type }) => type === 'ispe')
    .map(({ start }) => ({ width: reader.u32(start + 4), height: reader.u32(start + 8) }))
    .sort((a, b) => (b.width ?? 0) * (b.height ?? 0) - (a.width ?? 0) * (a.height ?? 0));
  const turn = properties.find(({ type }) => type === 'irot');
  return {
    format: isAvif ? 'avif' : 'heic',
    width: sizes[0]?.width,
    height: sizes[0]?.height,
    orientation: turn && TURNS[(reader.u8(turn.start) ?? 0) & 3],
    animated: brands.includes('avis') || brands.includes('msf1'),
  };
}

function fileBrands(reader: ByteReader): readonly string[] {
  const end = Math.min(reader.u32(0) ?? 0, reader.length, 256);
  const brands = [reader.ascii(8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(reader.ascii(at, 4));
  return brands;
}

function propertyBoxes(reader: ByteReader): readonly BmffBox[] {
  const meta = childBox(reader, 0, reader.length, 'meta');
  // meta is a full box: four bytes of version and flags come before its children.
  const properties = meta && childBox(reader, meta.start + 4, meta.end, 'iprp');
  const container = properties && childBox(reader, properties.start, properties.end, 'ipco');
  return container ? [...boxes(reader, container.start, container.end)] : [];
}

export function childBox(reader: ByteReader, from: number, to: number, type: string): BmffBox | undefined {
  for (const box of boxes(reader, from, to)) if (box.type === type) return box;
  return undefined;
}

export function* boxes(reader: ByteReader, from: number, to: number): Generator<BmffBox> {
  for (let at = from; at + 8 <= Math.min(to, reader.length);) {
    const declared = reader.u32(at) ?? 0;
    // 1 announces a 64-bit length, whose upper half must be zero here; 0 reaches to the end.
    const isLong = declared === 1;
    if (isLong && reader.u32(at + 8) !== 0) return;
    const length = declared === 0 ? to - at : isLong ? (reader.u32(at + 12) ?? 0) : declared;
    const head = isLong ? 16 : 8;
    if (length < head) return;
    yield { type: reader.ascii(at + 4, 4), start: at + head, end: Math.min(at + length, to) };
    at += length;
  }
}
