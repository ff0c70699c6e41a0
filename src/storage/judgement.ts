import type { Analysis, Finding, Review } from '../../core/contract/records.ts';
import { commit } from './commit.ts';
import { putOf, removalOf } from './outbox.ts';
import { ownerOf } from './owner.ts';
import type { StoreParts } from './store-parts.ts';

/** One transaction: the analysis, its findings, and the proposals of earlier analyses that it replaces. */
export async function saveAnalysis(
  parts: StoreParts,
  analysis: Analysis,
  findings: readonly Finding[],
): Promise<Analysis> {
  const { rows } = parts;
  const { inspectionId } = analysis;
  const told = [
    { entity: 'analysis', inspectionId },
    { entity: 'finding', inspectionId },
  ] as const;
  await commit(parts, ['inspections', 'analyses', 'findings'], told, async ({ transaction, append }) => {
    const owner = await ownerOf(transaction, rows, inspectionId);
    const earlier = rows.many('findings', await transaction.allBy('findings', 'capture', analysis.captureId));
    const replaced = earlier.filter((finding) => isReplaced(finding, analysis));
    for (const finding of replaced) transaction.delete('findings', finding.id);
    transaction.put('analyses', analysis);
    for (const finding of findings) transaction.put('findings', finding);
    await append(owner, [
      ...replaced.map((finding) => removalOf('finding', finding.id)),
      putOf('analysis', analysis),
      ...findings.map((finding) => putOf('finding', finding)),
    ]);
  });
  return analysis;
}

const isReplaced = (finding: Finding, by: Analysis): boolean =>
  finding.state === 'proposed' && finding.origin === 'model' && finding.analysisId !== by.id;

/** One transaction: the review, the finding as it leaves it, and both operations. */
export async function saveReview(parts: StoreParts, review: Review): Promise<Finding> {
  const { rows } = parts;
  const { inspectionId } = review;
  const told = [{ entity: 'finding', inspectionId }] as const;
  await commit(parts, ['inspections', 'findings', 'reviews'], told, async ({ transaction, append }) => {
    const owner = await ownerOf(transaction, rows, inspectionId);
    const before = rows.one('findings', await transaction.get('findings', review.findingId));
    transaction.put('reviews', review);
    transaction.put('findings', review.after);
    await append(owner, [putOf('review', review), putOf('finding', review.after, before)]);
  });
  return review.after;
}

export async function saveFinding(parts: StoreParts, finding: Finding): Promise<Finding> {
  const { rows } = parts;
  const { inspectionId } = finding;
  const told = [{ entity: 'finding', inspectionId }] as const;
  await commit(parts, ['inspections', 'findings'], told, async ({ transaction, append }) => {
    const owner = await ownerOf(transaction, rows, inspectionId);
    const before = rows.one('findings', await transaction.get('findings', finding.id));
    transaction.put('findings', finding);
    await append(owner, [putOf('finding', finding, before)]);
  });
  return finding;
}
