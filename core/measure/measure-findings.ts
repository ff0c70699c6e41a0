import type { Finding, Scale } from '../contract/records.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { measureFinding } from './size.ts';

/** A finding with its size as the photo's scale gives it; without a scale it says "not measurable". */
export const withSize = <Measurable extends Pick<Finding, 'geometry' | 'type'>>(
  finding: Measurable,
  scale: Scale | undefined,
): Measurable & Pick<Finding, 'size'> => ({
  ...finding,
  size: measureFinding(finding.geometry, scale, finding.type === 'crack'),
});

/** Those findings of a photo whose size is another under this scale, measured anew. */
export const remeasured = (findings: readonly Finding[], scale: Scale | undefined): Finding[] =>
  findings
    .map((finding) => ({ finding, next: withSize(finding, scale) }))
    .filter(({ finding, next }) => canonicalJson(finding.size ?? {}) !== canonicalJson(next.size ?? {}))
    .map(({ next }) => next);
