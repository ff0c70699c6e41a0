import { t } from '../text/text.ts';

/** What servers write down; a newer one may write more. */
const KNOWN = [
  'code-made',
  'dataset-frozen',
  'dataset-key-made',
  'device-enrolled',
  'device-revoked',
  'inspection-decided',
  'pack-published',
  'pack-rolled-back',
  'pack-staged',
  'publisher-key-added',
  'publisher-key-revoked',
  'refresh-reused',
] as const;

/** What was done, in words; an action of a newer server by its own name. */
export function auditAction(action: string): string {
  const known = KNOWN.find((one) => one === action);
  return known ? t(`desk.audit.did.${known}`) : action;
}

/** Where hashes and ids are told from names: whoever needs one whole has the CSV. */
const LONGEST = 40;

/** As much of a hash or a key as tells it from others; anything else as it is. */
export const shortened = (text: string): string =>
  text.length > LONGEST && !text.includes(' ') ? `${text.slice(0, 12)}…` : text;
