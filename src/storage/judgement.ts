import type { Analysis, Finding, Review } from '../../core/contract/records.ts';
import type { Change } from '../../core/domain/operation.ts';
import { outboxStores, putOf, removalOf } from './outbox.ts';
import { ownerOf } from './owner.ts';
import type { StoreParts } from './store-parts.ts';

/** One transaction: the analysis, its findings, and the proposals of earlier analyses that it replaces. */
export async function saveAnalysis(
  parts: StoreParts,
  analysis: Analysis,
  findings: readonly Finding[],
): Promise<Analysis> {
  const { records, rows, outbox } = parts;
  const opIds = outbox.opIds();
  await records.write(['inspections', 'analyses', 'findings', ...outboxStores], async (transaction) => {
    const owner = await ownerOf(transaction, rows, analysis.inspectionId);
    const earlier = rows.many('findings', await transaction.allBy('findings', 'capture', analysis.captureId));
    const replaced = earlier.filter((finding) => isReplaced(finding, analysis));
    for (const finding of replaced) transaction.delete('findings', finding.id);
    transaction.put('analyses', analysis);
    for (const finding of findings) transaction.put('findings', finding);
    const changes: Change[] = [
      ...replaced.map((finding) => removalOf('finding', finding.id)),
      putOf('analysis', analysis),
      ...findings.map((finding) => putOf('finding', finding)),
    ];
    await outbox.append(transaction, owner, opIds, changes);
  });
  const { inspectionId } = analysis;
  parts.changes.tell({ entity: 'analysis', inspectionId }, { entity: 'finding', inspectionId });
  return analysis;
}

const isReplaced = (finding: Finding, by: Analysis): boolean =>
  finding.state === 'proposed' && finding.origin === 'model' && finding.analysisId !== by.id;

/** One transaction: the review, the finding as it leaves it, and both operations. */
export async function saveReview(parts: StoreParts, review: Review): Promise<Finding> {
  const { records, rows, outbox } = parts;
  const opIds = outbox.opIds();
  await records.write(['inspections', 'findings', 'reviews', ...outboxStores], async (transaction) => {
    const owner = await ownerOf(transaction, rows, review.inspectionId);
    const before = rows.one('findings', await transaction.get('findings', review.findingId));
    transaction.put('reviews', review);
    transaction.put('findings', review.after);
    const changes = [putOf('review', review), putOf('finding', review.after, before)];
    await outbox.append(transaction, owner, opIds, changes);
  });
  parts.changes.tell({ entity: 'finding', inspectionId: review.inspectionId });
  return review.after;
}

export async function saveFinding(parts: StoreParts, finding: Finding): Promise<Finding> {
  const { records, rows, outbox } = parts;
  const opIds = outbox.opIds();
  await records.write(['inspections', 'findings', ...outboxStores], async (transaction) => {
    const owner = await ownerOf(transaction, rows, finding.inspectionId);
    const before = rows.one('findings', await transaction.get('findings', finding.id));
    transaction.put('findings', finding);
    await outbox.append(transaction, owner, opIds, [putOf('finding', finding, before)]);
  });
  parts.changes.tell({ entity: 'finding', inspectionId: finding.inspectionId });
  return finding;
}
