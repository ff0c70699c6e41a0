import type { Finding } from '../../../core/contract/records.ts';
import type { Field } from './blocks.ts';
import type { ReportFinding } from './report-data.ts';
import { measuredText, type Words } from './words.ts';

/** Length, width, area, and for a crack its width: values with what they may be off by. */
export function sizeFacts({ size, type }: Finding, words: Words): Field[] {
  const missing = words.t('report.size.notMeasurable');
  const measured = (name: string, value: string): Field => ({
    name: words.t(`report.size.${name}`),
    value,
    quiet: value === missing,
  });
  return [
    measured('length', measuredText(words, size?.lengthCm, 'cm')),
    measured('width', measuredText(words, size?.widthCm, 'cm')),
    measured('area', measuredText(words, size?.areaCm2, 'cm²')),
    ...(type === 'crack' ? [measured('crackWidth', measuredText(words, size?.crackWidthMm, 'mm'))] : []),
  ];
}

/** Who decided what, what is to be done, and where the finding came from. */
export function decisionFacts(item: ReportFinding, words: Words): Field[] {
  const { t, day, dateTime } = words;
  const { finding, reviews } = item;
  const { layer, action, due, state } = finding;
  const last = reviews.at(-1);
  const decision = last && [
    t('report.finding.by', { decision: t(`state.${state}`), name: last.reviewer }),
    dateTime(last.createdAt),
  ];
  const todo = action && [t(`report.action.${action}`), due && t('report.finding.due', { date: day(due) })];
  const or = (value: string | undefined, none: string): Pick<Field, 'value' | 'quiet'> =>
    value ? { value } : { value: t(none), quiet: true };
  return [
    { name: t('report.finding.decision'), ...or(decision?.join('\n'), 'report.finding.undecided') },
    { name: t('report.finding.action'), ...or(todo?.filter(Boolean).join('\n'), 'report.finding.noAction') },
    { name: t('report.finding.layer'), ...or(layer && t(`layer.${layer}`), 'report.finding.layerUnknown') },
    { name: t('report.finding.source'), value: sourceText(item, words) },
  ];
}

function sourceText({ finding, analysis }: ReportFinding, { t, number }: Words): string {
  if (finding.origin === 'human' || !analysis) return t('report.finding.fromHuman');
  return t('report.finding.fromModel', {
    model: analysis.model.id,
    version: analysis.model.version,
    score: number(finding.score ?? 0, 2),
  });
}
