import type { Finding, Review } from '../../core/contract/records.ts';
import { canonicalJson } from '../../core/domain/canonical-json.ts';
import { t } from './text/text.ts';

const FIELDS = [
  'type',
  'layer',
  'place',
  'geometry',
  'severity',
  'action',
  'due',
  'ndtRecommended',
  'note',
  'previousFindingId',
] as const satisfies readonly (keyof Finding)[];

/** What a decision changed of the finding, in words. */
export const changedFields = ({ before, after }: Review): readonly string[] =>
  FIELDS.filter(
    (field) => canonicalJson([before[field] ?? null]) !== canonicalJson([after[field] ?? null]),
  ).map((field) => t(`field.${field}`));
