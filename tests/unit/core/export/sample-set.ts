import type { Geometry } from '../../../../core/contract/geometry.ts';
import type {
  AnalysisId,
  CaptureId,
  FindingId,
  InspectionId,
  Sha256,
} from '../../../../core/contract/ids.ts';
import type { Analysis, Capture, Finding, Inspection } from '../../../../core/contract/records.ts';
import type { ExportSet } from '../../../../core/export/export-set.ts';

const START = Date.UTC(2026, 8, 14, 8, 30);

/** A UUIDv7 whose last digits count. */
const uuid = (group: string, n: number): string =>
  `01920000-0000-7000-8${group.padStart(3, '0')}-${String(n).padStart(12, '0')}`;
export const inspectionId = (n: number) => uuid('1', n) as InspectionId;
export const captureId = (n: number) => uuid('2', n) as CaptureId;
export const findingId = (n: number) => uuid('3', n) as FindingId;
export const analysisId = (n: number) => uuid('4', n) as AnalysisId;
export const sha = (n: number): Sha256 => n.toString(16).padStart(64, '0') as Sha256;

export const inspection = (over: Partial<Inspection> = {}): Inspection => ({
  schemaV: 1,
  id: inspectionId(1),
  title: 'Nordtank T2, autumn 2026',
  site: 'Risø',
  asset: { type: 'turbine', tag: 'T2' },
  campaign: 'autumn 2026',
  method: 'ground',
  inspector: 'Åse Nørgård',
  status: 'draft',
  modelId: 'blade-damage',
  demo: false,
  createdAt: START,
  updatedAt: START,
  ...over,
});

export const capture = (n: number, over: Partial<Capture> = {}): Capture => ({
  schemaV: 1,
  id: captureId(n),
  inspectionId: inspectionId(1),
  sha256: sha(n),
  bytes: 1000,
  mediaType: 'image/jpeg',
  fileName: `DJI_${n}.JPG`,
  source: 'file',
  size: { width: 40, height: 30 },
  place: { component: 'B', side: 'suction', fromRootM: 21.5 },
  createdAt: START + n,
  ...over,
});

export const finding = (
  n: number,
  photo: number,
  geometry: Geometry,
  over: Partial<Finding> = {},
): Finding => ({
  schemaV: 1,
  id: findingId(n),
  inspectionId: inspectionId(1),
  captureId: captureId(photo),
  analysisId: analysisId(photo),
  origin: 'model',
  label: 'damage',
  score: 0.81,
  type: 'crack',
  place: {},
  geometry,
  state: 'accepted',
  createdAt: START + n,
  updatedAt: START + n,
  ...over,
});

export const analysis = (photo: number, over: Partial<Analysis> = {}): Analysis => ({
  schemaV: 1,
  id: analysisId(photo),
  inspectionId: inspectionId(1),
  captureId: captureId(photo),
  model: { id: 'blade-damage', version: '1.0.0', sha256: sha(9) },
  runtime: 'onnx-wasm',
  precision: 'fp32',
  threads: 4,
  selfTest: 'passed',
  threshold: 0.4,
  tiles: 6,
  photo: { width: 40, height: 30 },
  timingsMs: { total: 900 },
  createdAt: START,
  ...over,
});

/** A box, a polygon, an L-shaped mask 3 wide and 2 high, one rejected, one reaching over the photo's edge. */
export const sampleSet = (): ExportSet => ({
  inspection: inspection(),
  captures: [capture(2), capture(1), capture(3, { mediaType: 'image/png' })],
  analyses: [analysis(1)],
  findings: [
    finding(1, 1, { kind: 'box', box: { x: 4, y: 5, width: 10, height: 8 } }),
    finding(2, 1, { kind: 'polygon', points: [[10, 10], [30, 10], [30, 20], [10, 20]] }, { type: 'corrosion' }), // prettier-ignore
    finding(3, 2, { kind: 'mask', box: { x: 6, y: 7, width: 3, height: 2 }, counts: [0, 1, 2, 3] }),
    finding(4, 2, { kind: 'box', box: { x: 1, y: 1, width: 5, height: 5 } }, { state: 'rejected' }),
    finding(5, 2, { kind: 'box', box: { x: 35, y: -4, width: 20, height: 10 } }, { state: 'edited' }),
  ],
});

/** Names that have broken exporters. */
export const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '../../etc/passwd',
  '..\\..\\windows\\system32\\x.jpg',
  'safe\u202Egpj.exe',
  'nul\u0000byte',
  'lone\uD800surrogate',
  '"quoted", and\r\nbroken',
  '=HYPERLINK("http://x","y")',
  '\u200B=1+1',
  '__proto__',
  'a\u200Bb',
  '\uDFFF',
] as const;
