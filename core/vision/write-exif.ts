import type { DevicePose } from '../contract/records.ts';

export interface ShotFacts {
  /** ms since 1970. */
  readonly takenAt: number;
  /** Of the device's clock against UTC, east positive. */
  readonly offsetMinutes: number;
  readonly software: string;
  readonly pose?: DevicePose | undefined;
}

/** A tag's value by its TIFF type: 1 bytes, 2 text, 4 a pointer, 5 fractions. */
type Value =
  | { readonly type: 1; readonly bytes: readonly number[] }
  | { readonly type: 2; readonly text: string }
  | { readonly type: 4; readonly pointer: number }
  | { readonly type: 5; readonly fractions: readonly (readonly [number, number])[] };
type Directory = readonly (readonly [tag: number, value: Value])[];

/**
 * The JPEG with an Exif segment before all others: when it was taken, and where and in which direction as far
 * as the device knew. The picture's own bytes stay as they are. Source: CIPA DC-008 (Exif 2.32).
 */
export function withExif(jpeg: Uint8Array, facts: ShotFacts): Uint8Array<ArrayBuffer> {
  const block = tiffBlock(facts);
  const length = 2 + 6 + block.length;
  const segment = [0xff, 0xe1, length >> 8, length & 255, ...ascii('Exif\0\0'), ...block];
  const whole = new Uint8Array(jpeg.length + segment.length);
  whole.set(jpeg.subarray(0, 2));
  whole.set(segment, 2);
  whole.set(jpeg.subarray(2), 2 + segment.length);
  return whole;
}

/** Three directories one behind the other: the picture's, Exif's, GPS's; big-endian. */
function tiffBlock(facts: ShotFacts): readonly number[] {
  const [exif, gps] = [photoTags(facts), gpsTags(facts.pose)];
  const main = (exifAt: number, gpsAt: number): Directory => [
    [0x0131, { type: 2, text: facts.software }],
    [0x8769, { type: 4, pointer: exifAt }],
    ...(gps.length > 0 ? [[0x8825, { type: 4, pointer: gpsAt }] as const] : []),
  ];
  const exifAt = 8 + sizeOf(main(0, 0));
  const gpsAt = exifAt + sizeOf(exif);
  return [
    ...ascii('MM'),
    ...u16(42),
    ...u32(8),
    ...directory(main(exifAt, gpsAt), 8),
    ...directory(exif, exifAt),
    ...(gps.length > 0 ? directory(gps, gpsAt) : []),
  ];
}

function photoTags({ takenAt, offsetMinutes }: ShotFacts): Directory {
  const local = new Date(takenAt + offsetMinutes * 60_000).toISOString();
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const east = Math.abs(offsetMinutes);
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${two(east / 60)}:${two(east % 60)}`;
  return [
    [0x9000, { type: 1, bytes: ascii('0232') }],
    [0x9003, { type: 2, text: `${local.slice(0, 10).replaceAll('-', ':')} ${local.slice(11, 19)}` }],
    [0x9011, { type: 2, text: offset }],
    [0x9291, { type: 2, text: local.slice(20, 23) }],
  ];
}

function gpsTags({ position, altitudeM, accuracyM, headingDeg }: DevicePose = {}): Directory {
  const fraction = (value: number, per: number) => [Math.round(value * per), per] as const;
  const one = (tag: number, value: number | undefined): Directory =>
    value === undefined ? [] : [[tag, { type: 5, fractions: [fraction(Math.abs(value), 100)] }]];
  const degrees = (value: number): Value => {
    const size = Math.abs(value);
    // A ten-thousandth of a second is three millimetres.
    return { type: 5, fractions: [[Math.floor(size), 1], [Math.floor((size % 1) * 60), 1], fraction(((size * 60) % 1) * 60, 10_000)] }; // prettier-ignore
  };
  const tags: Directory = [
    ...(position
      ? ([
          [1, { type: 2, text: position.latitude < 0 ? 'S' : 'N' }],
          [2, degrees(position.latitude)],
          [3, { type: 2, text: position.longitude < 0 ? 'W' : 'E' }],
          [4, degrees(position.longitude)],
        ] as const)
      : []),
    ...(altitudeM === undefined ? [] : [[5, { type: 1, bytes: [altitudeM < 0 ? 1 : 0] }] as const]),
    ...one(6, altitudeM),
    ...(headingDeg === undefined ? [] : [[0x10, { type: 2, text: 'T' }] as const]),
    ...one(0x11, headingDeg),
    ...one(0x1f, accuracyM),
  ];
  return tags.length === 0 ? [] : [[0, { type: 1, bytes: [2, 3, 0, 0] }], ...tags];
}

function bytesOf(value: Value): readonly number[] {
  switch (value.type) {
    case 1:
      return value.bytes;
    case 2:
      return [...ascii(value.text), 0];
    case 4:
      return u32(value.pointer);
    case 5:
      return value.fractions.flatMap(([top, bottom]) => [...u32(top), ...u32(bottom)]);
  }
}

const BYTES_EACH = { 1: 1, 2: 1, 4: 4, 5: 8 } as const;

const sizeOf = (tags: Directory): number =>
  2 + 12 * tags.length + 4 + tags.reduce((sum, [, value]) => sum + beyond(bytesOf(value)).length, 0);

/** Up to four bytes lie in the entry itself; more follow the directory, padded to even. */
const beyond = (bytes: readonly number[]): readonly number[] =>
  bytes.length <= 4 ? [] : bytes.length % 2 === 0 ? bytes : [...bytes, 0];

function directory(tags: Directory, at: number): readonly number[] {
  let next = at + 2 + 12 * tags.length + 4;
  const entries = tags.flatMap(([tag, value]) => {
    const bytes = bytesOf(value);
    const far = beyond(bytes);
    const place = far.length > 0 ? u32(next) : [...bytes, 0, 0, 0, 0].slice(0, 4);
    next += far.length;
    return [...u16(tag), ...u16(value.type), ...u32(bytes.length / BYTES_EACH[value.type]), ...place];
  });
  return [...u16(tags.length), ...entries, ...u32(0), ...tags.flatMap(([, value]) => beyond(bytesOf(value)))];
}

const ascii = (text: string): readonly number[] =>
  Array.from(text, (letter) => Math.min(127, letter.charCodeAt(0)));
const u16 = (value: number): readonly number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): readonly number[] => [
  ...u16(Math.floor(value / 65_536)),
  ...u16(value % 65_536),
];
