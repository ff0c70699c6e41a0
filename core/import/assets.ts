import { fail, succeed, type Outcome } from '../domain/outcome.ts';
import { columnName, readAsset, type ListedAsset, type Row, type RowProblem } from './asset-row.ts';
import { delimiterOf, readDelimited } from './delimited.ts';
import { rowsOfGeoJson } from './geojson-rows.ts';

export interface AssetList {
  /** In the order of the file; rows of one site and tag are one asset with all their components. */
  readonly assets: readonly ListedAsset[];
  /** Rows that were not used, by their number without the header, first is 1. */
  readonly skipped: readonly { readonly row: number; readonly problem: RowProblem }[];
}

export type AssetListFailure =
  | { readonly kind: 'list-too-large'; readonly limit: number }
  | { readonly kind: 'not-a-list'; readonly detail: 'open-quote' | 'not-geojson' | 'empty' }
  | { readonly kind: 'missing-columns'; readonly columns: readonly string[] };

const MAX_CHARACTERS = 20_000_000;
const MAX_ROWS = 50_000;
const NEEDED = ['site', 'asset'];

/** An owner's list of assets as CSV (comma, semicolon or tab) or GeoJSON; whichever it is shows in its first sign. */
export function importAssets(text: string): Outcome<AssetList, AssetListFailure> {
  if (text.length > MAX_CHARACTERS) return fail({ kind: 'list-too-large', limit: MAX_CHARACTERS });
  const clean = text.replace(/^\uFEFF/, '');
  const rows = /^\s*[[{]/.test(clean) ? geoJsonRows(clean) : csvRows(clean);
  if (!rows.ok) return rows;
  if (rows.value.length > MAX_ROWS) return fail({ kind: 'list-too-large', limit: MAX_ROWS });
  return succeed(collect(rows.value));
}

function geoJsonRows(text: string): Outcome<readonly Row[], AssetListFailure> {
  const rows = rowsOfGeoJson(text);
  return rows ? succeed(rows) : fail({ kind: 'not-a-list', detail: 'not-geojson' });
}

function csvRows(text: string): Outcome<readonly Row[], AssetListFailure> {
  const table = readDelimited(text, delimiterOf(text));
  if (!table) return fail({ kind: 'not-a-list', detail: 'open-quote' });
  const [header, ...rows] = table.filter((cells) => cells.some((cell) => cell.trim() !== ''));
  if (!header) return fail({ kind: 'not-a-list', detail: 'empty' });
  const names = header.map(columnName);
  const columns = NEEDED.filter((name) => !names.includes(name));
  if (columns.length > 0) return fail({ kind: 'missing-columns', columns });
  return succeed(rows.map((cells) => new Map(names.map((name, index) => [name, cells[index] ?? '']))));
}

function collect(rows: readonly Row[]): AssetList {
  const assets = new Map<string, ListedAsset>();
  const skipped: { row: number; problem: RowProblem }[] = [];
  rows.forEach((row, index) => {
    const read = readAsset(row);
    if (!read.ok) {
      const { ok: _, ...problem } = read;
      skipped.push({ row: index + 1, problem });
      return;
    }
    const key = JSON.stringify([read.value.site, read.value.asset.tag]);
    const known = assets.get(key);
    const components = [...(known?.components ?? []), ...read.value.components];
    assets.set(key, { ...(known ?? read.value), components });
  });
  return { assets: [...assets.values()], skipped };
}
