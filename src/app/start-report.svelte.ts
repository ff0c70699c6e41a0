import type { Outcome } from '../../core/domain/outcome.ts';
import type { StorageFailure } from '../storage/inspection-store.ts';
import type { ScrubReport } from '../storage/scrub.ts';
import { t } from './text/text.ts';

/** What storage found when the app started, in words; empty when all was well. */
export class StartReport {
  #lines = $state.raw<readonly string[]>([]);

  get lines(): readonly string[] {
    return this.#lines;
  }

  async await(startUp: Promise<Outcome<ScrubReport, StorageFailure>>): Promise<readonly string[]> {
    const outcome = await startUp;
    this.#lines = outcome.ok ? linesOf(outcome.value) : [t('startReport.failed')];
    return this.#lines;
  }
}

function linesOf(report: ScrubReport): readonly string[] {
  const counted = [
    ['replayed', report.replayed],
    ['recovered', report.recovered.length],
    ['missing', report.missing.length],
    ['unplaced', report.unplaced.length],
    ['quarantined', report.quarantined],
  ] as const;
  return [
    ...(report.loss ? [t(`startReport.${report.loss}`)] : []),
    ...counted.filter(([, count]) => count > 0).map(([name, count]) => t(`startReport.${name}`, { count })),
    ...(report.isSpaceLow ? [t('startReport.spaceLow')] : []),
  ];
}
