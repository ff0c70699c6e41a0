import * as v from 'valibot';
import { PublisherKeyRequest } from '../../../core/contract/publishing.ts';

/** What was typed to register a publisher; undefined where it is no key, or half of an endorsement. */
export function keyRequest({
  name,
  key,
  by,
  signature,
}: Readonly<Record<'name' | 'key' | 'by' | 'signature', string>>): PublisherKeyRequest | undefined {
  const [endorser, endorsement] = [by.trim(), signature.trim()];
  const hasEndorsement = endorser !== '' || endorsement !== '';
  const request = v.safeParse(PublisherKeyRequest, {
    ...{ name, key: key.trim() },
    ...(hasEndorsement && { endorsement: { by: endorser, signature: endorsement } }),
  });
  return request.success ? request.output : undefined;
}
