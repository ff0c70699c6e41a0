import i18next from 'i18next';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import { VERSION } from './about.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import type { PackShelf } from './pack-shelf.svelte.ts';
import type { PhotoUrls } from './photo-urls.ts';
import { loadLanguage, locale, type Language } from './text/text.ts';
import { makeReport } from './report/make-report.ts';
import { reportDanish } from './report/messages.da.ts';
import { reportEnglish } from './report/messages.en.ts';
import { reportPortuguese } from './report/messages.pt.ts';
import type { ReportFailure, ReportOptions } from './report/report-input.ts';

// The report's texts come with the report, not with the first screen.
const MESSAGES = { en: reportEnglish, da: reportDanish, pt: reportPortuguese };
for (const [language, messages] of Object.entries(MESSAGES)) {
  i18next.addResourceBundle(language, 'translation', messages, true, true);
}

interface ReportSource {
  readonly session: InspectionSession;
  readonly store: InspectionStore;
  readonly packs: PackShelf;
  readonly photos: Pick<PhotoUrls, 'readable'>;
  /** Of the report, which may be another than the screen's. */
  readonly language: Language;
}

/** The report of an inspection as it is kept now. */
export async function inspectionReport(
  { session, store, packs, photos, language }: ReportSource,
  options: ReportOptions,
): Promise<Outcome<Blob, ReportFailure>> {
  const { inspection, captures, analyses, findings } = session;
  if (!inspection) throw new Error('a report is asked for an inspection that was not read');
  if (packs.packs === undefined) await packs.load();
  const reviews = await Promise.all(findings.map(({ id }) => store.reviews(id)));
  await loadLanguage(language);
  const fixed = i18next.getFixedT(language) as unknown as (key: string, values?: object) => string;
  return makeReport(
    {
      inspection,
      captures,
      analyses,
      findings,
      reviews: reviews.flat(),
      selfTests: (packs.packs ?? []).flatMap(({ selfTests }) => selfTests),
      photo: (id) => photos.readable(id),
      thumbnail: (id) => store.thumbnail(id),
      appVersion: VERSION,
      madeAt: Date.now(),
      locale: locale(language),
      translate: (key, values) => fixed(key, values),
    },
    options,
  );
}
