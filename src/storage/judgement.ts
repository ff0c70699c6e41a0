import type { Analysis, Finding, Inspection, Review } from '../../core/contract/records.ts';
import { commit, type Save } from './commit.ts';
import { putOf, removalOf } from './outbox.ts';
import { ownerOf } from './owner.ts';
import type { ReadTransaction } from './records.ts';
import { notKept } from './storage-error.ts';
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
  await commit(
    parts,
    ['inspections', 'captures', 'analyses', 'findings'],
    told,
    async ({ transaction, append }) => {
      const owner = await ownerOf(transaction, rows, inspectionId);
      await requireCapture(transaction, analysis);
      const earlier = rows.many(
        'findings',
        await transaction.allBy('findings', 'capture', analysis.captureId),
      );
      const replaced = earlier.filter((finding) => isReplaced(finding, analysis));
      for (const finding of replaced) transaction.delete('findings', finding.id);
      transaction.put('analyses', analysis);
      for (const finding of findings) transaction.put('findings', finding);
      await append(owner, [
        ...replaced.map((finding) => removalOf('finding', finding.id)),
        putOf('analysis', analysis),
        ...findings.map((finding) => putOf('finding', finding)),
      ]);
    },
  );
  return analysis;
}

const isReplaced = (finding: Finding, by: Analysis): boolean =>
  finding.state === 'proposed' && finding.origin === 'model' && finding.analysisId !== by.id;

/** One transaction: the review, the finding as it leaves it, and both operations. */
export async function saveReview(parts: StoreParts, review: Review): Promise<Finding> {
  const { rows } = parts;
  const { inspectionId } = review;
  const told = [{ entity: 'finding', inspectionId }] as const;
  const stores = ['inspections', 'captures', 'findings', 'reviews'] as const;
  const save = async ({ transaction, append }: Save): Promise<void> => {
    const [owner, before] = await ownerAndFinding(transaction, rows, review.after);
    transaction.put('reviews', review);
    transaction.put('findings', review.after);
    await append(owner, [putOf('review', review), putOf('finding', review.after, before)]);
  };
  await commit(parts, stores, told, save, [
    { entity: 'review', id: review.id },
    { entity: 'finding', id: review.findingId },
  ]);
  return review.after;
}

export async function saveFinding(parts: StoreParts, finding: Finding): Promise<Finding> {
  const { rows } = parts;
  const { inspectionId } = finding;
  const told = [{ entity: 'finding', inspectionId }] as const;
  const stores = ['inspections', 'captures', 'findings'] as const;
  const save = async ({ transaction, append }: Save): Promise<void> => {
    const [owner, before] = await ownerAndFinding(transaction, rows, finding);
    transaction.put('findings', finding);
    await append(owner, [putOf('finding', finding, before)]);
  };
  await commit(parts, stores, told, save, [{ entity: 'finding', id: finding.id }]);
  return finding;
}

/** Asked for all at once. */
async function ownerAndFinding(
  transaction: ReadTransaction,
  rows: StoreParts['rows'],
  finding: Finding,
): Promise<[Inspection, Finding | undefined]> {
  const [owner, raw] = await Promise.all([
    ownerOf(transaction, rows, finding.inspectionId),
    transaction.get('findings', finding.id),
    requireCapture(transaction, finding),
  ]);
  return [owner, rows.one('findings', raw)];
}

/** Late results for a photo that was deleted are refused, as for an inspection. */
async function requireCapture(transaction: ReadTransaction, { captureId }: Pick<Finding, 'captureId'>) {
  if ((await transaction.get('captures', captureId)) === undefined) throw notKept();
}
