import type { Geometry } from '../contract/geometry.ts';
import { bitmapOfMask } from '../measure/bitmap.ts';
import { contours } from '../measure/contour.ts';
import { planExport, type ExportFinding, type ExportPhoto, type ExportSet } from './export-set.ts';
import { isoTime, plainText } from './plain-text.ts';

/**
 * Confirmed findings as one W3C Web Annotation page. Photos are named by their content, `urn:sha-256:<hex>`;
 * a box is a media fragment, an outline an SVG path. Sources: w3.org/TR/annotation-model, w3.org/TR/media-frags.
 */
export function webAnnotations(set: ExportSet): string {
  const { photos } = planExport(set);
  return JSON.stringify({
    '@context': 'http://www.w3.org/ns/anno.jsonld',
    id: `urn:uuid:${set.inspection.id}`,
    type: 'AnnotationPage',
    label: plainText(set.inspection.title),
    items: photos.flatMap((photo) =>
      photo.findings.map((finding) => annotation(photo, finding, set.inspection.inspector)),
    ),
  });
}

function annotation({ capture, fileName }: ExportPhoto, { finding, box }: ExportFinding, inspector: string) {
  const text = (value: string, purpose: 'tagging' | 'describing') => ({
    type: 'TextualBody',
    value: plainText(value),
    format: 'text/plain',
    purpose,
  });
  const { severity, note } = finding;
  return {
    id: `urn:uuid:${finding.id}`,
    type: 'Annotation',
    motivation: 'classifying',
    created: isoTime(finding.createdAt),
    modified: isoTime(finding.updatedAt),
    creator: { type: 'Person', name: plainText(inspector) },
    body: [
      text(finding.type, 'tagging'),
      ...(severity ? [text(`${severity.scale} ${severity.value}`, 'tagging')] : []),
      ...(note ? [text(note, 'describing')] : []),
    ],
    target: {
      source: {
        id: `urn:sha-256:${capture.sha256}`,
        type: 'Image',
        format: capture.mediaType,
        label: fileName,
      },
      selector: selector(finding.geometry, box),
    },
  };
}

function selector(geometry: Geometry, { x, y, width, height }: ExportFinding['box']) {
  const path = outline(geometry);
  if (path === undefined) {
    return {
      type: 'FragmentSelector',
      conformsTo: 'http://www.w3.org/TR/media-frags/',
      value: `xywh=pixel:${[x, y, width, height].map((side) => Number(side.toFixed(2))).join(',')}`,
    };
  }
  return {
    type: 'SvgSelector',
    value: `<svg xmlns="http://www.w3.org/2000/svg"><path fill-rule="evenodd" d="${path}"/></svg>`,
  };
}

function outline(geometry: Geometry): string | undefined {
  if (geometry.kind === 'box') return undefined;
  const bitmap = geometry.kind === 'mask' ? bitmapOfMask(geometry) : undefined;
  const rings = geometry.kind === 'polygon' ? [geometry.points] : bitmap && contours(bitmap);
  return rings?.map((ring) => `M${ring.map(([x, y]) => `${x} ${y}`).join('L')}Z`).join('');
}
