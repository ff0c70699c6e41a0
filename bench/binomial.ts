/**
 * The largest share that is still likely: with it, `hits` of `trials` or fewer would come about in one of twenty
 * samples. Without a hit it is about 3 / trials. Source: Clopper and Pearson, 1934, one-sided.
 */
export function shareAtMost(hits: number, trials: number, doubt = 0.05): number {
  if (hits >= trials) return 1;
  let [low, high] = [hits / trials, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (atMost(hits, trials, middle) > doubt) low = middle;
    else high = middle;
  }
  return high;
}

/** How likely `trials` tries at this chance hit `hits` times or fewer. */
function atMost(hits: number, trials: number, chance: number): number {
  let logTerm = trials * Math.log1p(-chance);
  let sum = 0;
  for (let k = 0; k <= hits; k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((trials - k) / (k + 1)) + Math.log(chance) - Math.log1p(-chance);
  }
  return sum;
}
