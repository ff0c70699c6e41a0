import i18next from 'i18next';
import { expect, it } from 'vitest';
import { reportDanish } from '../../../../src/app/report/messages.da.ts';
import { loadLanguage } from '../../../../src/app/text/text.ts';

it('a language to which the report added its own texts is loaded whole all the same', async () => {
  i18next.addResourceBundle('da', 'translation', reportDanish, true, true);
  await loadLanguage('da');
  const kept = (key: string): unknown => i18next.getResource('da', 'translation', key);
  expect(kept('side.leading-edge')).toBe('Forkant');
  expect(kept('report.title')).toBe(reportDanish.report.title);
});
