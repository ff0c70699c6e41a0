import i18next from 'i18next';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import { VERSION } from './about.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import type { PackShelf } from './pack-shelf.svelte.ts';
import { makeReport } from './report/make-report.ts';
import { reportEnglish } from './report/messages.en.ts';
import type { ReportFailure, ReportOptions } from './report/report-input.ts';
import { language } from './text/text.ts';

// The report's texts come with the report, not with the first screen.
i18next.addResourceBundle('en', 'translation', reportEnglish, true, true);
const translate = i18next.t as unknown as (
  key: string,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** The report of an inspection as it is kept now. */
export async function inspectionReport(
  session: InspectionSession,
  store: InspectionStore,
  packs: PackShelf,
  options: ReportOptions,
): Promise<Outcome<Blob, ReportFailure>> {
  const { inspection, captures, analyses, findings } = session;
  if (!inspection) throw new Error('a report is asked for an inspection that was not read');
  if (packs.packs === undefined) await packs.load();
  const reviews = await Promise.all(findings.map(({ id }) => store.reviews(id)));
  return makeReport(
    {
      inspection,
      captures,
      analyses,
      findings,
      reviews: reviews.flat(),
      selfTests: (packs.packs ?? []).flatMap(({ selfTests }) => selfTests),
      photo: (id) => store.photo(id),
      thumbnail: (id) => store.thumbnail(id),
      appVersion: VERSION,
      madeAt: Date.now(),
      locale: language(),
      translate,
    },
    options,
  );
}
