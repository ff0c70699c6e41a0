import type { Size } from '../contract/geometry.ts';
import { DAMAGE_TYPES } from '../domain/damage-types.ts';
import { planExport, type ExportFinding, type ExportSet } from './export-set.ts';

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/**
 * YOLO detection labels: one line a finding, `class x y width height` of the box's middle and size in shares
 * of the photo, beside `images/`, and data.yaml. A photo without findings has an empty label file: it was
 * looked at. Source: docs.ultralytics.com/datasets/detect.
 */
export function yoloFiles(set: ExportSet): TextFile[] {
  const names = DAMAGE_TYPES.map((name, index) => `  ${index}: ${name}\n`).join('');
  const labels = planExport(set).photos.map(({ fileName, size, findings }) => ({
    path: `labels/${fileName.replace(/\.[^.]+$/, '')}.txt`,
    text: findings.map((finding) => `${labelLine(finding, size)}\n`).join(''),
  }));
  const yaml = `path: .\ntrain: images\nval: images\nnc: ${DAMAGE_TYPES.length}\nnames:\n${names}`;
  return [{ path: 'data.yaml', text: yaml }, ...labels];
}

function labelLine({ finding, box }: ExportFinding, { width, height }: Size): string {
  const shares = [
    (box.x + box.width / 2) / width,
    (box.y + box.height / 2) / height,
    box.width / width,
    box.height / height,
  ];
  return [DAMAGE_TYPES.indexOf(finding.type), ...shares.map((share) => share.toFixed(6))].join(' ');
}
