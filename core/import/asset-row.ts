import type { AssetType, Component, Inspection, Position } from '../contract/records.ts';
import { plainText } from '../export/plain-text.ts';
import { fail, succeed, type Outcome } from '../domain/outcome.ts';

/** One line of an owner's list: an asset with its site and, when given, its components. */
export interface ListedAsset {
  readonly site: string;
  readonly country?: string;
  readonly operator?: string;
  readonly timeZone?: string;
  readonly position?: Position;
  readonly asset: Inspection['asset'];
  readonly components: readonly Component[];
}

export type RowProblem =
  | { readonly kind: 'missing'; readonly column: string }
  | { readonly kind: 'not-a-number'; readonly column: string; readonly value: string }
  | { readonly kind: 'unknown-word'; readonly column: string; readonly value: string };

/** Cells by column name as in COLUMNS. */
export type Row = ReadonlyMap<string, string>;

/** The columns of a list; only site and asset must be there. Lengths in m, positions in degrees. */
export const COLUMNS = [
  'site',
  'asset',
  'asset_type',
  'country',
  'operator',
  'time_zone',
  'latitude',
  'longitude',
  'maker',
  'model',
  'serial',
  'hub_height_m',
  'rotor_diameter_m',
  'component',
  'component_position',
  'component_serial',
  'component_length_m',
  'leading_edge_protection',
] as const;
type ColumnName = (typeof COLUMNS)[number];

const ALIASES: Readonly<Record<string, ColumnName>> = {
  site_name: 'site',
  park: 'site',
  asset_tag: 'asset',
  tag: 'asset',
  turbine: 'asset',
  type: 'asset_type',
  lat: 'latitude',
  lon: 'longitude',
  lng: 'longitude',
  manufacturer: 'maker',
  blade: 'component_position',
  blade_serial: 'component_serial',
  blade_length_m: 'component_length_m',
};

/** "Hub height (m)" and "hub-height_m" are one column. */
export function columnName(raw: string): string {
  const name = plainText(raw)
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  return ALIASES[name] ?? name;
}

const ASSET_TYPES: readonly AssetType[] = ['turbine', 'bridge', 'tank', 'building', 'other'];
const POSITIONS = ['A', 'B', 'C'] as const;

export function readAsset(row: Row): Outcome<ListedAsset, RowProblem> {
  const reader = new RowReader(row);
  const [site, tag] = [reader.needed('site'), reader.needed('asset')];
  const [latitude, longitude] = [reader.number('latitude', -90, 90), reader.number('longitude', -180, 180)];
  const isPlaced = latitude !== undefined && longitude !== undefined;
  const type = reader.word('asset_type', ASSET_TYPES) ?? 'turbine';
  const asset: ListedAsset = {
    site,
    ...reader.texts({ country: 'country', operator: 'operator', timeZone: 'time_zone' }),
    ...(isPlaced ? { position: { latitude, longitude } } : {}),
    asset: {
      type,
      tag,
      ...reader.texts({ maker: 'maker', model: 'model', serial: 'serial' }),
      ...reader.lengths({ hubHeightM: 'hub_height_m', rotorDiameterM: 'rotor_diameter_m' }),
    },
    components: readComponent(reader, type),
  };
  return reader.problem ? fail(reader.problem) : succeed(asset);
}

function readComponent(reader: RowReader, type: AssetType): Component[] {
  const position = reader.word('component_position', POSITIONS);
  const named = reader.texts({ type: 'component' });
  const rest = {
    ...(position ? { position } : {}),
    ...reader.texts({ serial: 'component_serial', leadingEdgeProtection: 'leading_edge_protection' }),
    ...reader.lengths({ lengthM: 'component_length_m' }),
  };
  if (named.type === undefined && Object.keys(rest).length === 0) return [];
  return [{ type: named.type ?? (type === 'turbine' ? 'blade' : 'part'), ...rest }];
}

/** Takes cells out of a row and remembers the first that is wrong. */
class RowReader {
  problem: RowProblem | undefined;
  readonly #row: Row;

  constructor(row: Row) {
    this.#row = row;
  }

  needed(column: ColumnName): string {
    const text = this.#text(column);
    if (text === '') this.problem ??= { kind: 'missing', column };
    return text;
  }

  texts<Key extends string>(columns: Readonly<Record<Key, ColumnName>>): Partial<Record<Key, string>> {
    return this.#known(columns, (column) => this.#text(column) || undefined);
  }

  lengths<Key extends string>(columns: Readonly<Record<Key, ColumnName>>): Partial<Record<Key, number>> {
    return this.#known(columns, (column) => this.number(column, 0, 10_000));
  }

  /** A decimal comma is taken as one; a thousands separator is not guessed at. */
  number(column: ColumnName, least: number, most: number): number | undefined {
    const value = this.#text(column);
    if (value === '') return undefined;
    const number = /^[+-]?\d+([.,]\d+)?$/.test(value) ? Number(value.replace(',', '.')) : Number.NaN;
    if (number >= least && number <= most) return number;
    this.problem ??= { kind: 'not-a-number', column, value };
    return undefined;
  }

  word<Word extends string>(column: ColumnName, words: readonly Word[]): Word | undefined {
    const value = this.#text(column);
    if (value === '') return undefined;
    const word = words.find((known) => known.toLowerCase() === value.toLowerCase());
    if (!word) this.problem ??= { kind: 'unknown-word', column, value };
    return word;
  }

  #text(column: ColumnName): string {
    return plainText(this.#row.get(column) ?? '')
      .trim()
      .slice(0, 400);
  }

  #known<Key extends string, Value>(
    columns: Readonly<Record<Key, ColumnName>>,
    read: (column: ColumnName) => Value | undefined,
  ): Partial<Record<Key, Value>> {
    const known: Partial<Record<Key, Value>> = {};
    for (const key of Object.keys(columns) as Key[]) {
      const value = read(columns[key]);
      if (value !== undefined) known[key] = value;
    }
    return known;
  }
}
