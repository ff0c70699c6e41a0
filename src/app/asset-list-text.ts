import type { Outcome } from '../../core/domain/outcome.ts';
import type { AssetList, AssetListFailure } from '../../core/import/assets.ts';
import { t } from './text/text.ts';

/** What became of a list, and what to do where it was not taken. */
export function assetListText(outcome: Outcome<AssetList, AssetListFailure>, fileName: string): string {
  if (outcome.ok) {
    const { assets, skipped } = outcome.value;
    if (assets.length === 0) return t('assets.nothing', { file: fileName });
    return skipped.length === 0
      ? t('assets.taken', { count: assets.length })
      : t('assets.takenSome', { count: assets.length, skipped: skipped.length });
  }
  if (outcome.kind === 'missing-columns') return t('assets.missing', { columns: outcome.columns.join(', ') });
  return t(outcome.kind === 'list-too-large' ? 'assets.tooLarge' : 'assets.notAList', { file: fileName });
}

/** "Row 7: latitude is not a number (12O)". */
export function skippedText({ row, problem }: AssetList['skipped'][number]): string {
  const value = 'value' in problem ? problem.value : '';
  return t(`assets.row.${problem.kind}`, { row, column: problem.column, value });
}
