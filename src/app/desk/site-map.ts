import type { InspectionStatus, Position } from '../../../core/contract/records.ts';
import type { InspectionSummary } from '../../storage/inspection-store.ts';
import { STATUS_ORDER } from './desk-rows.ts';

/** A place with inspections: what stands within a few metres is one mark. */
export interface MapMark {
  readonly key: string;
  readonly position: Position;
  readonly summaries: readonly InspectionSummary[];
  /** Of the inspection that most needs the office. */
  readonly status: InspectionStatus;
}

/** Degrees seen: a rectangle on a plate carree whose east-west degrees are shortened by the middle's latitude. */
export interface MapView {
  readonly west: number;
  readonly north: number;
  readonly width: number;
  readonly height: number;
}

/** About 11 m. */
const SAME_DEGREES = 1e-4;
/** About 2 km: one turbine alone is not shown with no country around it. */
const LEAST_SPAN = 0.02;

export function mapMarks(summaries: readonly InspectionSummary[]): readonly MapMark[] {
  const groups = new Map<string, InspectionSummary[]>();
  for (const summary of summaries) {
    const { position } = summary.inspection;
    if (!position) continue;
    const key = [position.latitude, position.longitude]
      .map((degrees) => Math.round(degrees / SAME_DEGREES))
      .join(' ');
    groups.set(key, [...(groups.get(key) ?? []), summary]);
  }
  return [...groups].flatMap(([key, own]) => {
    const position = own[0]?.inspection.position;
    const statuses = own.map(({ inspection }) => inspection.status);
    const status = STATUS_ORDER.find((one) => statuses.includes(one)) ?? 'draft';
    return position ? [{ key, position, summaries: own, status }] : [];
  });
}

/** All marks with a margin, in the shape (width to height) of the picture. */
export function viewOf(marks: readonly MapMark[], shape: number): MapView {
  const lats = marks.map(({ position }) => position.latitude);
  const lons = marks.map(({ position }) => position.longitude);
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const middle = { latitude: (south + north) / 2, longitude: (west + east) / 2 };
  const squeeze = squeezeAt(middle.latitude);
  const height = Math.max((north - south) * 1.4, ((east - west) * 1.4 * squeeze) / shape, LEAST_SPAN);
  return around(middle, height, shape);
}

/** How many degrees of latitude one of longitude is as long as. */
export const squeezeAt = (latitude: number): number => Math.max(0.05, Math.cos((latitude * Math.PI) / 180));

/** Zooms about the middle; above 1 comes nearer. */
export function zoomed(view: MapView, by: number): MapView {
  const middle = {
    latitude: view.north - view.height / 2,
    longitude: view.west + view.width / 2,
  };
  const height = Math.min(170, Math.max(0.0005, view.height / by));
  return around(middle, height, view.width / view.height, true);
}

export const panned = (view: MapView, shareX: number, shareY: number): MapView => ({
  ...view,
  west: view.west + shareX * view.width,
  north: Math.min(90, view.north + shareY * view.height),
});

/** Where a position lies on the picture, in shares of its sides from the top left. */
export const placeOn = ({ west, north, width, height }: MapView, { latitude, longitude }: Position) => ({
  x: (longitude - west) / width,
  y: (north - latitude) / height,
});

export interface GridLine {
  readonly degrees: number;
  /** Share of the side, from the left or the top. */
  readonly at: number;
}

/** Lines at round degrees, some five a side. */
export function graticule(view: MapView): { readonly lats: GridLine[]; readonly lons: GridLine[] } {
  const south = view.north - view.height;
  const lines = (from: number, span: number): number[] => {
    const step = roundStep(span / 5);
    const first = Math.ceil(from / step) * step;
    return Array.from({ length: Math.max(0, Math.floor((from + span - first) / step) + 1) }, (_, n) =>
      Number((first + n * step).toFixed(6)),
    );
  };
  return {
    lats: lines(south, view.height).map((degrees) => ({ degrees, at: (view.north - degrees) / view.height })),
    lons: lines(view.west, view.width).map((degrees) => ({
      degrees,
      at: (degrees - view.west) / view.width,
    })),
  };
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  return power * ([1, 2, 5].find((times) => times * power >= about) ?? 10);
}

function around(middle: Position, height: number, shape: number, isShapeInDegrees = false): MapView {
  const width = isShapeInDegrees ? height * shape : (height * shape) / squeezeAt(middle.latitude);
  return { west: middle.longitude - width / 2, north: middle.latitude + height / 2, width, height };
}
