import { columnName, type Row } from './asset-row.ts';

/** Rows of a GeoJSON FeatureCollection: properties as cells, a point as latitude and longitude. Source: RFC 7946. */
export function rowsOfGeoJson(text: string): Row[] | undefined {
  const json = parse(text);
  if (!isObject(json) || json['type'] !== 'FeatureCollection' || !Array.isArray(json['features'])) {
    return undefined;
  }
  return json['features'].map((feature: unknown) => {
    const row = new Map<string, string>();
    if (!isObject(feature)) return row;
    const { properties, geometry } = feature;
    for (const [name, value] of Object.entries(isObject(properties) ? properties : {})) {
      if (typeof value === 'string' || typeof value === 'number') row.set(columnName(name), String(value));
    }
    const isPoint = isObject(geometry) && geometry['type'] === 'Point';
    const coordinates: unknown = isPoint ? geometry['coordinates'] : undefined;
    const [longitude, latitude] = Array.isArray(coordinates) ? (coordinates as unknown[]) : [];
    if (typeof longitude === 'number') row.set('longitude', String(longitude));
    if (typeof latitude === 'number') row.set('latitude', String(latitude));
    return row;
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
