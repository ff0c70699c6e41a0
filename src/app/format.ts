import { locale } from './text/text.ts';

const memo = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function kept<Format extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  name: string,
  make: (at: string) => Format,
): Format {
  const spoken = locale();
  const key = `${spoken} ${name}`;
  const found = (memo.get(key) as Format | undefined) ?? make(spoken);
  memo.set(key, found);
  return found;
}

export const number = (value: number, digits = 0): string =>
  kept(`number${digits}`, (at) => new Intl.NumberFormat(at, { maximumFractionDigits: digits })).format(value);

/** A small figure by its first two digits. */
export function significant(value: number): string {
  const notation = value > 0 && value < 1e-3 ? 'scientific' : 'standard';
  return kept(
    `significant${notation}`,
    (at) => new Intl.NumberFormat(at, { maximumSignificantDigits: 2, notation }),
  ).format(value);
}

/** A share from 0 to 1. */
export const percent = (share: number): string =>
  kept('percent', (at) => new Intl.NumberFormat(at, { style: 'percent', maximumFractionDigits: 0 })).format(
    share,
  );

export const unit = (value: number, name: string, digits = 0): string =>
  kept(
    `unit${name}${digits}`,
    (at) =>
      new Intl.NumberFormat(at, {
        style: 'unit',
        unit: name,
        unitDisplay: 'short',
        maximumFractionDigits: digits,
      }),
  ).format(value);

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), BYTE_UNITS.length - 1);
  const value = count / 1000 ** power;
  return unit(value, BYTE_UNITS[power] ?? 'byte', power > 0 && value < 10 ? 1 : 0);
}

export const date = (wallMs: number): string =>
  kept('date', (at) => new Intl.DateTimeFormat(at, { dateStyle: 'medium' })).format(wallMs);

export const time = (wallMs: number): string =>
  kept('time', (at) => new Intl.DateTimeFormat(at, { timeStyle: 'short' })).format(wallMs);

export const dateTime = (wallMs: number): string =>
  kept('dateTime', (at) => new Intl.DateTimeFormat(at, { dateStyle: 'medium', timeStyle: 'short' })).format(
    wallMs,
  );

export const duration = (ms: number): string =>
  ms < 1000 ? unit(ms, 'millisecond') : unit(ms / 1000, 'second', ms < 10_000 ? 1 : 0);
