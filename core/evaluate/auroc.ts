/**
 * Area under the ROC curve: the chance that a defect sample scores above a clean one, ties counting half.
 * NaN where one of the two is missing or a score is not a number. Source: Mann and Whitney, 1947.
 */
export function auroc(samples: readonly { readonly score: number; readonly defect: boolean }[]): number {
  if (samples.some(({ score }) => Number.isNaN(score))) return NaN;
  const sorted = [...samples].sort((a, b) => a.score - b.score);
  const defects = sorted.filter(({ defect }) => defect).length;
  const clean = sorted.length - defects;
  let wins = 0;
  let cleanBelow = 0;
  for (let i = 0; i < sorted.length;) {
    let tiedDefects = 0;
    let tiedClean = 0;
    const score = sorted[i]?.score;
    for (; i < sorted.length && sorted[i]?.score === score; i++) {
      if (sorted[i]?.defect) tiedDefects++;
      else tiedClean++;
    }
    wins += tiedDefects * (cleanBelow + tiedClean / 2);
    cleanBelow += tiedClean;
  }
  return defects > 0 && clean > 0 ? wins / (defects * clean) : NaN;
}
