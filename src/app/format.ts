import { language } from './text/text.ts';

const memo = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function kept<Format extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  name: string,
  make: (locale: string) => Format,
): Format {
  const locale = language();
  const key = `${locale} ${name}`;
  const found = (memo.get(key) as Format | undefined) ?? make(locale);
  memo.set(key, found);
  return found;
}

export const number = (value: number, digits = 0): string =>
  kept(
    `number${digits}`,
    (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }),
  ).format(value);

/** A share from 0 to 1. */
export const percent = (share: number): string =>
  kept(
    'percent',
    (locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }),
  ).format(share);

export const unit = (value: number, name: string, digits = 0): string =>
  kept(
    `unit${name}${digits}`,
    (locale) =>
      new Intl.NumberFormat(locale, {
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
  kept('date', (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })).format(wallMs);

export const dateTime = (wallMs: number): string =>
  kept(
    'dateTime',
    (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  ).format(wallMs);

export const duration = (ms: number): string =>
  ms < 1000 ? unit(ms, 'millisecond') : unit(ms / 1000, 'second', ms < 10_000 ? 1 : 0);
