import type { CapturePlace, Finding, Inspection, Measured } from '../../../core/contract/records.ts';
import type { ReportInput, Translate } from './report-input.ts';

/** Texts, numbers and dates in the report's language. */
export interface Words {
  readonly t: Translate;
  readonly number: (value: number, digits?: number) => string;
  /** No more decimals than it needs, at most so many. */
  readonly upTo: (value: number, digits: number) => string;
  /** A small figure by its first two digits. */
  readonly significant: (value: number) => string;
  readonly date: (wall: number) => string;
  readonly dateTime: (wall: number) => string;
  readonly day: (isoDay: string) => string;
  /** A text of the catalogue, which begins large, as it stands within a sentence. */
  readonly within: (text: string) => string;
}

export function wordsOf({
  translate,
  locale,
  inspection,
}: Pick<ReportInput, 'translate' | 'locale' | 'inspection'>): Words {
  const zone = knownZone(inspection.timeZone);
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, { ...options, ...zone });
    return (wall: number) => (Math.abs(wall) <= 8.64e15 ? formatter.format(wall) : '');
  };
  const kept = new Map<string, Intl.NumberFormat>();
  const numbers = (least: number, most: number): Intl.NumberFormat => {
    const key = `${least} ${most}`;
    const options = { minimumFractionDigits: least, maximumFractionDigits: most };
    const formatter = kept.get(key) ?? new Intl.NumberFormat(locale, options);
    kept.set(key, formatter);
    return formatter;
  };
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return {
    t: translate,
    number: (value, digits = 0) => numbers(digits, digits).format(value),
    upTo: (value, digits) => numbers(0, digits).format(value),
    significant: (value) =>
      new Intl.NumberFormat(locale, {
        maximumSignificantDigits: 2,
        notation: value > 0 && value < 1e-3 ? 'scientific' : 'standard',
      }).format(value),
    date: format({ dateStyle: 'long' }),
    dateTime: format({ dateStyle: 'medium', timeStyle: 'short' }),
    within: (text) => text.slice(0, 1).toLocaleLowerCase(locale) + text.slice(1),
    day: (isoDay) => days.format(new Date(`${isoDay}T00:00:00Z`)),
  };
}

/** The site's time zone; the device's where none, or none that exists, is given. */
function knownZone(timeZone: string | undefined): { timeZone?: string } {
  try {
    if (timeZone) new Intl.DateTimeFormat('en', { timeZone });
    return timeZone ? { timeZone } : {};
  } catch {
    return {};
  }
}

/** "Blade B, suction side, 21.5 m from the root"; short: "Blade B, suction side, 21.5 m". */
export function placeText({ t, number, within }: Words, place: CapturePlace, short = false): string {
  const { component, side, fromRootM: from, toRootM: to } = place;
  const parts = [
    component && t('report.place.blade', { blade: component }),
    side && (component ? within(t(`side.${side}`)) : t(`side.${side}`)),
    from === undefined
      ? undefined
      : to === undefined || to === from
        ? t(short ? 'report.place.shortAt' : 'report.place.at', { from: number(from, 1) })
        : t(short ? 'report.place.shortRange' : 'report.place.range', {
            from: number(from, 1),
            to: number(to, 1),
          }),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : t('report.place.unknown');
}

/** "21 cm ± 2", rounded to where the uncertainty begins. */
export function measuredText({ t, number }: Words, size: Measured | undefined, unit: string): string {
  if (size === undefined || size === 'not-measurable') return t('report.size.notMeasurable');
  const digits =
    size.uncertainty > 0 ? Math.min(2, Math.max(0, 1 - Math.ceil(Math.log10(size.uncertainty)))) : 1;
  return `${number(size.value, digits)} ${unit} ± ${number(size.uncertainty, digits)}`;
}

/** "WTG-07, Risø", as far as it is known. */
export const assetAndSite = ({ asset, site }: Pick<Inspection, 'asset' | 'site'>): string =>
  [asset.tag, site].filter(Boolean).join(', ');

export const typeText = ({ t }: Words, { type }: Finding): string => t(`damage.${type}`);
