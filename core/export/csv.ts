import type { Capture, Finding, Inspection, Measured } from '../contract/records.ts';
import type { ExportSet } from './export-set.ts';
import { isoTime, plainText } from './plain-text.ts';

type Cell = string | number | boolean | undefined;

/** What a spreadsheet takes for the start of a formula, full-width forms included. Source: OWASP CSV Injection. */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A table by RFC 4180: CRLF, every text quoted. A text that a spreadsheet would run as a formula gets an
 * apostrophe before it; a number never needs one.
 */
export function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const raw = String(value);
  const clean = plainText(raw);
  // The raw text counts too: what cleaning removed must not have hidden a formula.
  const safe = FORMULA_START.test(clean) || FORMULA_START.test(raw) ? `'${clean}` : clean;
  return `"${safe.replaceAll('"', '""')}"`;
}

const measured = (size: Measured | undefined): [Cell, Cell] =>
  size === undefined || size === 'not-measurable' ? [size, undefined] : [size.value, size.uncertainty];

interface Row {
  readonly inspection: Inspection;
  readonly capture: Capture | undefined;
  readonly finding: Finding;
}

/** Units are in the names; ± columns are the half-width of the 95 % interval. */
const COLUMNS: readonly (readonly [names: readonly string[], cells: (row: Row) => readonly Cell[]])[] = [
  [['inspection', 'site', 'asset'], ({ inspection: i }) => [i.title, i.site, i.asset.tag]],
  [['campaign', 'inspector'], ({ inspection: i }) => [i.campaign, i.inspector]],
  [['finding_id', 'state', 'origin'], ({ finding: f }) => [f.id, f.state, f.origin]],
  [['type', 'layer', 'score'], ({ finding: f }) => [f.type, f.layer, f.score]],
  [['severity_scale', 'severity'], ({ finding: f }) => [f.severity?.scale, f.severity?.value]],
  [['severity_uncertainty'], ({ finding: f }) => [f.severity?.uncertainty]],
  [['severity_criteria'], ({ finding: f }) => [f.severity?.criteria.join('; ')]],
  [
    ['component', 'side'],
    ({ finding: f, capture: c }) => {
      const place = { ...c?.place, ...f.place };
      return [place.component, place.side];
    },
  ],
  [
    ['from_root_m', 'to_root_m'],
    ({ finding: f, capture: c }) => {
      const place = { ...c?.place, ...f.place };
      return [place.fromRootM, place.toRootM];
    },
  ],
  [['length_cm', 'length_cm_pm'], ({ finding: f }) => measured(f.size?.lengthCm)],
  [['width_cm', 'width_cm_pm'], ({ finding: f }) => measured(f.size?.widthCm)],
  [['area_cm2', 'area_cm2_pm'], ({ finding: f }) => measured(f.size?.areaCm2)],
  [['crack_width_mm', 'crack_width_mm_pm'], ({ finding: f }) => measured(f.size?.crackWidthMm)],
  [['action', 'due', 'ndt_recommended'], ({ finding: f }) => [f.action, f.due, f.ndtRecommended]],
  [['note'], ({ finding: f }) => [f.note]],
  [['photo', 'photo_sha256'], ({ capture: c }) => [c?.fileName, c?.sha256]],
  [['latitude', 'longitude'], ({ capture: c }) => [c?.exif?.latitude, c?.exif?.longitude]],
  [['created', 'updated'], ({ finding: f }) => [isoTime(f.createdAt), isoTime(f.updatedAt)]],
];

/** One row a finding, of every state, oldest first. */
export function findingsCsv({ inspection, captures, findings }: ExportSet): string {
  const byId = new Map<string, Capture>(captures.map((capture) => [capture.id, capture]));
  const rows = [...findings]
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
    .map((finding) => {
      const row = { inspection, capture: byId.get(finding.captureId), finding };
      return COLUMNS.flatMap(([, cells]) => cells(row));
    });
  return csv(
    COLUMNS.flatMap(([names]) => names),
    rows,
  );
}
