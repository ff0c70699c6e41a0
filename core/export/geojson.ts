import type { Finding } from '../contract/records.ts';
import { photoFileName, type ExportSet } from './export-set.ts';
import { isoTime, plainText } from './plain-text.ts';

/**
 * The photos that know where they were taken, as points with their findings as properties; photos without a
 * position are counted in `withoutPosition`. Source: RFC 7946 (longitude first).
 */
export function geoJson({ inspection, captures, findings }: ExportSet): string {
  const byCapture = new Map<string, Finding[]>();
  for (const finding of findings) {
    byCapture.set(finding.captureId, [...(byCapture.get(finding.captureId) ?? []), finding]);
  }
  const ordered = [...captures].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  const features = ordered.flatMap((capture) => {
    const { latitude, longitude, altitudeM, directionDeg } = capture.exif ?? {};
    if (!onEarth(latitude, 90) || !onEarth(longitude, 180)) return [];
    const altitude = altitudeM !== undefined && Number.isFinite(altitudeM) ? [altitudeM] : [];
    return [
      {
        type: 'Feature',
        id: capture.id,
        geometry: { type: 'Point', coordinates: [longitude, latitude, ...altitude] },
        properties: {
          photo: photoFileName(capture),
          originalName: plainText(capture.fileName),
          sha256: capture.sha256,
          taken: isoTime(capture.createdAt),
          directionDeg,
          place: capture.place,
          findings: (byCapture.get(capture.id) ?? []).map(properties),
        },
      },
    ];
  });
  return JSON.stringify({
    type: 'FeatureCollection',
    features,
    inspection: { id: inspection.id, title: plainText(inspection.title), site: plainText(inspection.site) },
    withoutPosition: captures.length - features.length,
  });
}

const onEarth = (degrees: number | undefined, limit: number): degrees is number =>
  degrees !== undefined && Math.abs(degrees) <= limit;

const properties = ({ id, type, state, severity, size, place, note }: Finding) => ({
  id,
  type,
  state,
  severity,
  size,
  place,
  note: note === undefined ? undefined : plainText(note),
});
