import type { Exif } from '../contract/records.ts';
import { exifItemBlock } from './bmff-exif.ts';
import { ByteReader } from './byte-reader.ts';
import { jpegExifBlock } from './jpeg-segments.ts';
import { readTiff, type TiffDirectory } from './tiff-tags.ts';

/**
 * What a JPEG's Exif segment says of time, place, direction and camera; undefined where it has none.
 * Facts that are damaged or out of range are left out; never throws. The time is ISO 8601, with an offset
 * only where the camera wrote one. Source: CIPA DC-008 (Exif 2.32).
 */
export function readExif(bytes: Uint8Array): Exif | undefined {
  const block = jpegExifBlock(new ByteReader(bytes));
  return block && factsOf(block);
}

/** The same of the Exif item of a HEIC or AVIF file, whose own properties, not Exif, say how it is turned. */
export function readExifItem(bytes: Uint8Array): Exif | undefined {
  const { orientation: _ofTheSensor, ...facts } = factsOf(exifItemBlock(bytes)) ?? {};
  return Object.keys(facts).length > 0 ? facts : undefined;
}

function factsOf(block: ByteReader): Exif | undefined {
  const main = readTiff(block);
  if (!main) return undefined;
  const photo = main.directory(0x8769);
  const gps = main.directory(0x8825);
  return known({
    takenAt: takenAt(photo),
    latitude: gps && degrees(gps, 2, 1, 'S', 90),
    longitude: gps && degrees(gps, 4, 3, 'W', 180),
    altitudeM: gps && altitude(gps),
    directionDeg: inRange(gps?.number(17), 0, 360),
    camera: camera(main),
    focalLength35mm: inRange(photo?.number(0xa405), 1, 10_000),
    orientation: inRange(main.number(0x0112), 1, 8),
  });
}

type Maybe<Record> = { readonly [Key in keyof Record]: Record[Key] | undefined };

/** Leaves out what is not known, as exactOptionalPropertyTypes wants it. */
function known(facts: Maybe<Required<Exif>>): Exif {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function takenAt(photo: TiffDirectory | undefined): string | undefined {
  const match = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(photo?.text(0x9003) ?? '');
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const inCalendar =
    Number(year) > 0 && Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  if (!inCalendar || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const offset = /^[+-]\d\d:\d\d$/.exec(photo?.text(0x9011) ?? '')?.[0] ?? '';
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`;
}

function degrees(
  gps: TiffDirectory,
  valueTag: number,
  signTag: number,
  negative: string,
  limit: number,
): number | undefined {
  const [whole, minutes = 0, seconds = 0] = gps.numbers(valueTag) ?? [];
  if (whole === undefined) return undefined;
  const size = whole + minutes / 60 + seconds / 3600;
  return inRange(gps.text(signTag) === negative ? -size : size, -limit, limit);
}

function altitude(gps: TiffDirectory): number | undefined {
  const metres = gps.number(6);
  if (metres === undefined) return undefined;
  return inRange(gps.number(5) === 1 ? -metres : metres, -12_000, 100_000);
}

function camera(main: TiffDirectory): string | undefined {
  const maker = main.text(0x010f);
  const model = main.text(0x0110);
  if (!model) return maker;
  return !maker || model.startsWith(maker) ? model : `${maker} ${model}`;
}

const inRange = (value: number | undefined, low: number, high: number): number | undefined =>
  value !== undefined && value >= low && value <= high ? value : undefined;
