import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPython } from '../../cli/test/find-python.ts';
import { cocoJson } from '../../core/export/coco.ts';
import { planExport } from '../../core/export/export-set.ts';
import { yoloFiles } from '../../core/export/yolo.ts';
import { DAMAGE_TYPES } from '../../core/domain/damage-types.ts';
import { sampleSet } from '../unit/core/export/sample-set.ts';
import { runPython } from './python.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-export-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const withCoco = findPython('pycocotools.coco');
describe.skipIf(!withCoco)('COCO export (skipped: no Python has pycocotools)', () => {
  test('pycocotools loads it and sees the same boxes, masks and areas', () => {
    const file = join(folder, 'coco.json');
    writeFileSync(file, cocoJson(sampleSet()));
    const read = runPython(
      withCoco ?? '',
      `
import json, sys
from pycocotools.coco import COCO
coco = COCO(sys.argv[1])
print(json.dumps([{
  'file': coco.imgs[a['image_id']]['file_name'][-6:],
  'type': coco.cats[a['category_id']]['name'],
  'bbox': a['bbox'],
  'pixels': int(coco.annToMask(a).sum()) if a['segmentation'] else None,
  'rows': [int(r) for r in coco.annToMask(a).sum(axis=1).nonzero()[0][[0, -1]]] if a['segmentation'] else None,
} for a in coco.anns.values()]))`,
      file,
    );
    expect(read).toEqual([
      { file: '01.jpg', type: 'crack', bbox: [4, 5, 10, 8], pixels: null, rows: null },
      { file: '01.jpg', type: 'corrosion', bbox: [10, 10, 20, 10], pixels: 200, rows: [10, 19] },
      { file: '02.jpg', type: 'crack', bbox: [6, 7, 3, 2], pixels: 4, rows: [7, 8] },
      { file: '02.jpg', type: 'crack', bbox: [35, 0, 5, 6], pixels: null, rows: null },
    ]);
  });
});

const withSupervision = findPython('supervision');
describe.skipIf(!withSupervision)('YOLO export (skipped: no Python has supervision)', () => {
  test('supervision loads it and sees the same classes and boxes in pixels', async () => {
    const set = sampleSet();
    mkdirSync(join(folder, 'labels'));
    mkdirSync(join(folder, 'images'));
    for (const { path, text } of yoloFiles(set)) writeFileSync(join(folder, path), text);
    for (const { fileName, size } of planExport(set).photos) {
      await sharp({ create: { ...size, channels: 3, background: 'white' } }).toFile(
        join(folder, 'images', fileName),
      );
    }
    const read = runPython(
      withSupervision ?? '',
      `
import json, sys
import supervision as sv
root = sys.argv[1]
data = sv.DetectionDataset.from_yolo(root + '/images', root + '/labels', root + '/data.yaml')
print(json.dumps({'classes': data.classes, 'photos': {
  path[-6:]: [[data.classes[c], [round(float(v), 2) for v in box]] for c, box in zip(found.class_id, found.xyxy)]
  for path, _, found in data}}))`,
      folder,
    );
    expect(read).toEqual({
      classes: [...DAMAGE_TYPES],
      photos: {
        '01.jpg': [
          ['crack', [4, 5, 14, 13]],
          ['corrosion', [10, 10, 30, 20]],
        ],
        '02.jpg': [
          ['crack', [6, 7, 9, 9]],
          ['crack', [35, 0, 40, 6]],
        ],
        '03.png': [],
      },
    });
  });
});
