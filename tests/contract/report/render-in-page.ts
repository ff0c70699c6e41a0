import i18next from 'i18next';
import type { Point } from '../../../core/contract/geometry.ts';
import type { Signature } from '../../../core/contract/records.ts';
import { makeReport } from '../../../src/app/report/make-report.ts';
import { reportDanish } from '../../../src/app/report/messages.da.ts';
import { reportEnglish } from '../../../src/app/report/messages.en.ts';
import { reportPortuguese } from '../../../src/app/report/messages.pt.ts';
import { en } from '../../../src/app/text/en.ts';
import { fixtureRecords, SIGNED_AT, type FixturePhoto } from './fixture-inspection.ts';

export interface RenderWish {
  readonly photos: readonly FixturePhoto[];
  readonly empty?: boolean;
  readonly unsigned?: boolean;
  readonly abortAfter?: number;
  readonly locale?: 'en-GB' | 'da-DK' | 'pt-PT';
}

/** Words of the app itself stay English; only the report's own are looked at here. */
const MESSAGES = { 'en-GB': reportEnglish, 'da-DK': reportDanish, 'pt-PT': reportPortuguese };

/** Runs in the page: makes the report and hands it over as base64, or its failure's kind. */
async function render({ photos, empty, unsigned, abortAfter, locale = 'en-GB' }: RenderWish) {
  const i18n = i18next.createInstance();
  const missing: string[] = [];
  await i18n.init({
    lng: 'en',
    resources: { en: { translation: { ...en, ...MESSAGES[locale] } } },
    interpolation: { escapeValue: false },
    saveMissing: true,
    missingKeyHandler: (_languages, _namespace, key) => missing.push(key),
  });
  // The app's catalogue narrows i18next's keys everywhere; the report's own keys are not in it.
  const translate = i18n.t as (key: string, values?: Readonly<Record<string, string | number>>) => string;
  const records = fixtureRecords(empty ? [] : photos);
  const byId = new Map(records.captures.map(({ id }, index) => [id, photos[index]?.url]));
  const photo = async (id: (typeof records.captures)[number]['id']) => {
    const url = byId.get(id);
    const response = url ? await fetch(url) : undefined;
    return response?.ok ? response.blob() : undefined;
  };
  const controller = new AbortController();
  const progress: number[] = [];
  const report = await makeReport(
    {
      ...records,
      photo,
      thumbnail: () => Promise.resolve(undefined),
      inspection: unsigned ? records.inspection : { ...records.inspection, signature: signature() },
      appVersion: '0.1.0',
      madeAt: SIGNED_AT,
      locale,
      translate: (key, values) => translate(key, values),
    },
    {
      signal: controller.signal,
      onProgress: (done, all) => {
        progress.push(done / all);
        if (done === abortAfter) controller.abort();
      },
    },
  );
  if (!report.ok) return { failure: report, missing, progress };
  return { pdf: await base64(report.value), missing, progress };
}

function signature(): Signature {
  const wave = Array.from({ length: 135 }, (_, step): Point => {
    const x = 20 + step * 4;
    return [x, 90 + 55 * Math.sin(x / 21) * Math.cos(x / 67)];
  });
  return { by: 'Åse Nørgård', at: SIGNED_AT, size: { width: 600, height: 180 }, strokes: [wave] };
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

declare global {
  interface Window {
    renderReport: typeof render;
  }
}
window.renderReport = render;
