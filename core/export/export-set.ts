import type { Box, Geometry, Size } from '../contract/geometry.ts';
import type { Analysis, Capture, Finding, FindingState, Inspection } from '../contract/records.ts';

/** An inspection's records, as every export takes them. */
export interface ExportSet {
  readonly inspection: Inspection;
  readonly captures: readonly Capture[];
  readonly analyses: readonly Analysis[];
  readonly findings: readonly Finding[];
}

/** What a person has confirmed. */
export const CONFIRMED: readonly FindingState[] = ['accepted', 'edited'];

export interface ExportFinding {
  readonly finding: Finding;
  /** Cut to the photo. */
  readonly box: Box;
}

export interface ExportPhoto {
  readonly capture: Capture;
  /** Pixels with orientation applied, which all coordinates refer to. */
  readonly size: Size;
  /** Made of the capture's id: a name from a camera is neither unique nor safe. */
  readonly fileName: string;
  readonly findings: readonly ExportFinding[];
}

export interface LeftOut {
  readonly id: string;
  readonly reason: 'photo-never-decoded' | 'photo-unknown' | 'outside-the-photo';
}

export interface ExportPlan {
  readonly photos: readonly ExportPhoto[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Photos with their findings of the given states, both oldest first and by id where equal, so that the same
 * records always give the same file; and what could not go along.
 */
export function planExport(set: ExportSet, states: readonly FindingState[] = CONFIRMED): ExportPlan {
  const leftOut: LeftOut[] = [];
  const sizes = new Map<string, Size>(set.analyses.map(({ captureId, photo }) => [captureId, photo]));
  const photos = new Map<string, ExportPhoto & { findings: ExportFinding[] }>();
  for (const capture of inOrder(set.captures)) {
    const size = capture.size ?? sizes.get(capture.id);
    if (size) photos.set(capture.id, { capture, size, fileName: photoFileName(capture), findings: [] });
    else leftOut.push({ id: capture.id, reason: 'photo-never-decoded' });
  }
  for (const finding of inOrder(set.findings)) {
    if (!states.includes(finding.state)) continue;
    const photo = photos.get(finding.captureId);
    const box = photo && cutToPhoto(boundingBox(finding.geometry), photo.size);
    if (photo && box) photo.findings.push({ finding, box });
    else leftOut.push({ id: finding.id, reason: photo ? 'outside-the-photo' : 'photo-unknown' });
  }
  return { photos: [...photos.values()], leftOut };
}

const inOrder = <Item extends { readonly createdAt: number; readonly id: string }>(items: readonly Item[]) =>
  [...items].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'image/heif': 'heif',
  'image/avif': 'avif',
  'image/tiff': 'tif',
  'image/bmp': 'bmp',
};

export const photoFileName = ({ id, mediaType }: Pick<Capture, 'id' | 'mediaType'>): string =>
  `${id}.${EXTENSIONS[mediaType] ?? 'jpg'}`;

export function boundingBox(geometry: Geometry): Box {
  if (geometry.kind !== 'polygon') return geometry.box;
  const xs = geometry.points.map(([x]) => x);
  const ys = geometry.points.map(([, y]) => y);
  const [x, y] = [xs.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.min(a, b))];
  return {
    x,
    y,
    width: xs.reduce((a, b) => Math.max(a, b)) - x,
    height: ys.reduce((a, b) => Math.max(a, b)) - y,
  };
}

/** The part of a box inside the photo; undefined when there is none. */
export function cutToPhoto(box: Box, { width, height }: Size): Box | undefined {
  const [left, top] = [Math.max(0, box.x), Math.max(0, box.y)];
  const [right, bottom] = [Math.min(width, box.x + box.width), Math.min(height, box.y + box.height)];
  if (!(right > left && bottom > top)) return undefined;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
