import * as v from 'valibot';
import {
  CapturePlace,
  CleanSide,
  FindingSize,
  OfficeReview,
  Severity,
  Signature,
} from '../../../core/contract/records.ts';
import { dateTime, number, unit } from '../format.ts';
import { placeText } from '../place-text.ts';
import type { en } from '../text/en.ts';
import { t } from '../text/text.ts';

type Named = keyof (typeof en)['differ']['field'];
const say = t as unknown as (key: string) => string;
/** Values that have a name of their own, by field. */
const GROUPS: Readonly<Record<string, string>> = {
  state: 'state',
  type: 'damage',
  layer: 'layer',
  action: 'action',
  status: 'status',
  method: 'method',
};

export function fieldName(name: string): string {
  const known = KNOWN.find((one) => one === name) ?? 'other';
  return t(`differ.field.${known}`);
}

/** A field's value as a person reads it. */
export function fieldText(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return t('differ.nothing');
  if (typeof value === 'boolean') return t(value ? 'differ.yes' : 'differ.no');
  if (typeof value === 'string') return GROUPS[name] ? say(`${GROUPS[name]}.${value}`) : value;
  if (typeof value === 'number') return name === 'bladeLengthM' ? unit(value, 'meter', 1) : number(value, 2);
  return objectText(name, value);
}

function objectText(name: string, value: unknown): string {
  switch (name) {
    case 'severity':
      return parsed(Severity, value, ({ value: grade }) => t('severity.value', { value: grade }));
    case 'geometry':
      return t('differ.wholeShape');
    case 'memo':
      return t('differ.yes');
    case 'signature':
      return parsed(Signature, value, ({ by, at }) => t('differ.signedBy', { name: by, date: dateTime(at) }));
    case 'office':
      return parsed(OfficeReview, value, ({ status, note }) =>
        [t(`status.${status}`), note].filter(Boolean).join(': '),
      );
    case 'cleanSides':
      return parsed(v.array(CleanSide), value, (sides) =>
        sides
          .map(({ component, side }) =>
            t('differ.cleanSide', { blade: component ?? '', side: t(`side.${side}`) }),
          )
          .join(', '),
      );
    case 'place':
      return parsed(CapturePlace, value, (place) => placeText(place) ?? '');
    case 'size':
      return parsed(FindingSize, value, ({ lengthCm }) =>
        lengthCm === 'not-measurable' ? t('facts.notMeasurable') : unit(lengthCm.value, 'centimeter', 1),
      );
    default:
      return plain(value);
  }
}

function parsed<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  text: (value: v.InferOutput<Schema>) => string,
): string {
  const known = v.safeParse(schema, value);
  return (known.success ? text(known.output) : '') || plain(value);
}

/** Names and values of whatever it is, without brackets. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === 'number' ? Math.round(one * 100) / 100 : one))
    .replace(/[{}"[\]]/g, '')
    .replace(/([:,])(?=\S)/g, '$1 ');

const KNOWN: readonly Named[] = [
  ...(['title', 'site', 'asset', 'campaign', 'method', 'inspector', 'status', 'modelId', 'weather'] as const),
  ...(['assetState', 'components', 'cleanSides', 'signature', 'coverCaptureId', 'bladeLengthM'] as const),
  ...(['state', 'type', 'layer', 'severity', 'geometry', 'note', 'size', 'action', 'due'] as const),
  ...(['ndtRecommended', 'place', 'scale', 'memo'] as const),
];
