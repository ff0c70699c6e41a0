import type { Capture, Finding, Scale } from '../../core/contract/records.ts';
import { succeed, type Outcome } from '../../core/domain/outcome.ts';
import { remeasured } from '../../core/measure/measure-findings.ts';
import { qualityAtScale } from '../../core/quality/measure-quality.ts';
import type { InspectionStore, StorageFailure } from '../storage/inspection-store.ts';

/**
 * Keeps a photo's scale, or takes it away, and measures its findings anew. The scale comes first: findings
 * that a crash leaves unmeasured are measured when the scale is saved again.
 */
export async function saveScale(
  store: Pick<InspectionStore, 'updateCapture' | 'saveFinding'>,
  { scale: _before, ...capture }: Capture,
  findings: readonly Finding[],
  scale: Scale | undefined,
): Promise<Outcome<readonly Finding[], StorageFailure>> {
  const saved = await store.updateCapture({
    ...capture,
    ...(scale && { scale }),
    ...(capture.quality && { quality: qualityAtScale(capture.quality, scale) }),
  });
  if (!saved.ok) return saved;
  const changed: Finding[] = [];
  for (const finding of remeasured(findings, scale)) {
    const kept = await store.saveFinding({ ...finding, updatedAt: Date.now() });
    if (!kept.ok) return kept;
    changed.push(kept.value);
  }
  return succeed(changed);
}
