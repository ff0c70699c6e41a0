import type { ModelManifest } from '../contract/model-manifest.ts';

/**
 * Lowest score that counts for each class, by class index. `minScore` overrides the pack's own
 * thresholds for all labels.
 */
export function labelThresholds(
  manifest: Pick<ModelManifest, 'labels' | 'thresholds'>,
  minScore?: number,
): readonly number[] {
  const { labels, thresholds } = manifest;
  const count = labels.reduce((most, label) => Math.max(most, label.index + 1), 0);
  const byIndex = Array.from({ length: count }, () => minScore ?? thresholds.default);
  if (minScore !== undefined) return byIndex;
  for (const { index, name } of labels) {
    if (Object.hasOwn(thresholds.perLabel, name)) {
      byIndex[index] = thresholds.perLabel[name] ?? thresholds.default;
    }
  }
  return byIndex;
}
