import type { Sha256 } from '../../../core/contract/ids.ts';
import type { Geometry } from '../../../core/contract/geometry.ts';
import type { Capture, Finding, Inspection, Review } from '../../../core/contract/records.ts';
import { measureFinding } from '../../../core/measure/size.ts';
import type { ReportInput } from '../../../src/app/report/report-input.ts';
import {
  analysis,
  capture,
  captureId,
  finding,
  findingId,
  inspection,
  inspectionId,
} from '../../unit/core/export/sample-set.ts';

/** A photo that the test serves, with boxes of damage in shares of it: x and y of the middle, width, height. */
export interface FixturePhoto {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (readonly [number, number, number, number])[];
}

const MODEL = {
  id: 'blade-damage',
  version: '1.0.0',
  sha256: '7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069' as Sha256,
};
const SIGNED = Date.UTC(2026, 8, 14, 15, 5);
const TYPES = [
  'lightning-mark',
  'crack',
  'leading-edge-erosion',
  'flaking',
  'scratch',
  'contamination',
] as const;
const SIDES = ['pressure', 'suction', 'leading-edge', 'trailing-edge'] as const;

export const fixtureInspection = (): Inspection =>
  inspection({
    title: 'Nordtank T2, autumn 2026',
    site: 'Risø, Roskilde Fjord',
    country: 'Danmark',
    operator: 'São João Energia Eólica',
    asset: { type: 'turbine', tag: 'T2', maker: 'Nordtank', model: 'NTK 500/41', serial: 'NT-0042' },
    components: [
      { type: 'blade', position: 'A', serial: 'LM19-0311' },
      { type: 'blade', position: 'B', serial: 'LM19-0312' },
    ],
    campaign: 'Autumn 2026',
    inspector: 'Åse Nørgård',
    weather: '6 m/s, dry, 14 °C',
    assetState: 'stopped',
    bladeLengthM: 19.1,
    timeZone: 'Europe/Copenhagen',
    position: { latitude: 55.69384, longitude: 12.08931 },
    cleanSides: [{ component: 'A', side: 'suction', by: 'Åse Nørgård', at: SIGNED }],
  });

function fixtureCapture(photo: FixturePhoto, n: number): Capture {
  const along = 1.4 + ((n * 2.9) % 16.5);
  return capture(n, {
    fileName: n === 3 ? '<img src=x onerror=alert(1)>\u202Egpj.JPG' : `DJI_0${90 + n}.JPG`,
    size: { width: photo.width, height: photo.height },
    place: {
      component: n % 3 === 0 ? 'B' : 'A',
      ...(SIDES[n % 4] && { side: SIDES[n % 4] }),
      fromRootM: Math.round(along * 10) / 10,
    },
    ...(n % 3 === 2
      ? {}
      : { scale: { mmPerPixel: 1.8, uncertainty: 0.05, method: 'two-taps', knownMm: 500 } }),
    ...(n === 4 ? { quality: { flags: ['glare', 'far'], measures: { glare: 0.03, far: 2.4 } } } : {}),
    sha256: (0x9e3779b97f4a7c15n * BigInt(n)).toString(16).padStart(64, '7f3a') as Sha256,
    createdAt: SIGNED - 6e6 + n * 60_000,
  });
}

function fixtureFinding(photo: FixturePhoto, owner: Capture, at: number, n: number): Finding {
  const [cx, cy, w, h] = photo.boxes[at] ?? [0.5, 0.5, 0.2, 0.2];
  const box = {
    x: (cx - w / 2) * photo.width,
    y: (cy - h / 2) * photo.height,
    width: w * photo.width,
    height: h * photo.height,
  };
  const geometry = shape(n, box);
  const type = TYPES[n % TYPES.length] ?? 'crack';
  const value = [4, 2, 3, 5, 1, 3, 2][n % 7] ?? 1;
  const state = n % 9 === 8 ? 'proposed' : n % 11 === 10 ? 'rejected' : n % 4 === 1 ? 'edited' : 'accepted';
  return finding(n, 1, geometry, {
    captureId: owner.id,
    type,
    state,
    score: 0.62 + (n % 4) * 0.09,
    layer: (['surface', 'topcoat', 'laminate'] as const)[n % 3] ?? 'surface',
    size: measureFinding(geometry, owner.scale, type === 'crack'),
    ...(state === 'proposed'
      ? {}
      : {
          severity: {
            scale: 'EPRI-5',
            value,
            criteria: value >= 3 ? ['Area over 50 cm² through the topcoat', 'Length over 20 cm'] : [],
            uncertainty: 1,
          },
        }),
    ...(value >= 3 && state !== 'proposed'
      ? { action: value === 5 ? 'stop' : 'repair', due: '2026-10-31' }
      : {}),
    ...(n === 3 ? { note: NOTE, ndtRecommended: true, growthCm: { value: 4.2, uncertainty: 1.1 } } : {}),
  });
}

const NOTE =
  'Sprækken går fra limfugen mod bagkanten; tør på målestedet. Reparação provisória com fita, inspeção não destrutiva recomendada até o fim de outubro. ÆØÅ æøå ÃÕÇ ãõç áéíóú âêô à ü.';

function shape(n: number, box: { x: number; y: number; width: number; height: number }): Geometry {
  const { x, y, width, height } = box;
  if (n % 3 === 1) {
    return {
      kind: 'polygon',
      points: [
        [x, y + height * 0.4],
        [x + width * 0.45, y],
        [x + width, y + height * 0.35],
        [x + width * 0.8, y + height],
        [x + width * 0.2, y + height * 0.9],
      ],
    };
  }
  return n % 3 === 2 ? ellipse(box) : { kind: 'box', box };
}

/** A mask as segmentation models give them. */
function ellipse(box: { x: number; y: number; width: number; height: number }): Geometry {
  const [x, y] = [Math.round(box.x), Math.round(box.y)];
  const [width, height] = [Math.max(3, Math.round(box.width)), Math.max(3, Math.round(box.height))];
  const counts: number[] = [];
  let [run, value] = [0, 0];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const wave = 0.1 * Math.sin((7 * column) / width);
      const inside =
        ((column + 0.5) / width - 0.5) ** 2 + ((row + 0.5) / height - 0.5 + wave) ** 2 < 0.22 ? 1 : 0;
      if (inside !== value) {
        counts.push(run);
        [run, value] = [0, inside];
      }
      run += 1;
    }
  }
  counts.push(run);
  return { kind: 'mask', box: { x, y, width, height }, counts };
}

const review = (after: Finding, n: number): Review => ({
  schemaV: 1,
  id: after.id as unknown as Review['id'],
  findingId: after.id,
  inspectionId: inspectionId(1),
  reviewer: n % 2 ? 'Åse Nørgård' : 'João Conceição',
  decision: 'accept',
  before: { ...after, state: 'proposed' },
  after,
  seconds: 9,
  createdAt: SIGNED - 3e6 + n * 20_000,
});

/** Records of a day at a turbine, over the photos that the test serves. */
export function fixtureRecords(photos: readonly FixturePhoto[]) {
  const captures = photos.map((photo, index) => fixtureCapture(photo, index + 1));
  let n = 0;
  const findings = photos.flatMap((photo, index) =>
    photo.boxes.slice(0, 3).flatMap((_box, at) => {
      const owner = captures[index];
      n += 1;
      return owner ? [fixtureFinding(photo, owner, at, n)] : [];
    }),
  );
  const reviews = findings.filter(({ state }) => state !== 'proposed').map(review);
  return {
    inspection: fixtureInspection(),
    captures,
    findings: findings.map((item, index) => ({ ...item, id: findingId(index + 1) })),
    analyses: captures.map((owner, index) => analysis(index + 1, { captureId: captureId(index + 1), model: MODEL, photo: owner.size ?? { width: 1, height: 1 } })), // prettier-ignore
    reviews: reviews.map((item, index) => ({ ...item, findingId: findingId(findings.findIndex((f) => f.id === item.findingId) + 1), createdAt: item.createdAt + index })), // prettier-ignore
    selfTests: [
      {
        model: { id: 'blade-damage', version: '1.0.0' },
        runtime: 'onnx-wasm',
        precision: 'fp32',
        verdict: 'passed',
        worstError: 0.0000031,
        cases: 2,
        medianMs: 410,
        at: SIGNED - 7e6,
      },
    ],
  } satisfies Partial<ReportInput>;
}

export const SIGNED_AT = SIGNED;
