import type { Acknowledged, KeptState, ScrubSummary } from './harness-api.ts';
import { HarnessBrowser } from './harness-browser.ts';

export interface KillCounts {
  kills: number;
  /** Saves that were called durable, over all runs. */
  acknowledged: number;
  /** Photos whose record the scrub brought back, and half-written files it removed. */
  recovered: number;
  leftovers: number;
  /** What must stay 0, each with the ids it was seen at. */
  readonly wrong: string[];
}

const LONGEST_RUN_MS = 1500;

/** Kills the browser at random moments of saving, starts it again on the same profile and counts. */
export async function killWhileSaving(
  url: string,
  { kills, random, log }: { kills: number; random: () => number; log?: (line: string) => void },
): Promise<KillCounts> {
  const counts: KillCounts = { kills: 0, acknowledged: 0, recovered: 0, leftovers: 0, wrong: [] };
  const browser = await HarnessBrowser.create(url);
  try {
    while (counts.kills < kills && counts.wrong.length === 0) {
      await browser.start();
      judge(counts, await browser.call('open'), await browser.call('state'), browser.acknowledged);
      log?.(`${counts.kills} kills, ${counts.acknowledged} acknowledged, ${counts.wrong.length} wrong`);
      browser.call('work', Math.floor(random() * 2 ** 31)).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_RUN_MS));
      await browser.kill();
      counts.kills++;
    }
    await browser.start();
    judge(counts, await browser.call('open'), await browser.call('state'), browser.acknowledged);
  } finally {
    await browser.dispose();
  }
  return counts;
}

function judge(
  counts: KillCounts,
  report: ScrubSummary,
  state: KeptState,
  acknowledged: readonly Acknowledged[],
): void {
  counts.acknowledged = acknowledged.length;
  counts.recovered += report.recovered.length;
  counts.leftovers += report.leftovers;
  counts.wrong.push(
    ...wrongs(report, state, acknowledged).map((wrong) => `after kill ${counts.kills}: ${wrong}`),
  );
}

export function wrongs(
  report: ScrubSummary,
  state: KeptState,
  acknowledged: readonly Acknowledged[],
): string[] {
  const wrong: string[] = [];
  const ids: Record<Acknowledged['entity'], ReadonlySet<string>> = {
    inspection: new Set(state.inspections),
    capture: new Set(state.captures.map(({ id }) => id)),
    analysis: new Set(state.analyses),
    review: new Set(state.reviews),
  };
  for (const { entity, id } of acknowledged) if (!ids[entity].has(id)) wrong.push(`lost ${entity} ${id}`);
  for (const { id, isWhole } of state.captures) if (!isWhole) wrong.push(`torn photo ${id}`);
  const photos = state.captures.map(({ inspectionId, sha256 }) => `${inspectionId} ${sha256}`);
  for (const twin of repeated(photos)) wrong.push(`doubled photo ${twin}`);
  const puts = state.operations.filter(({ kind, entity }) => kind === 'put' && entity !== 'finding');
  for (const twin of repeated(puts.map(({ entity, id }) => `${entity} ${id}`)))
    wrong.push(`doubled operation ${twin}`);
  const sent = new Set(puts.map(({ id }) => id));
  for (const id of Object.values(ids).flatMap((set) => [...set]))
    if (!sent.has(id)) wrong.push(`${id} would never be sent`);
  const seqs = state.operations.map(({ seq }) => seq).sort((a, b) => a - b);
  if (seqs.some((seq, place) => seq !== place + 1))
    wrong.push('gap or double in the numbering of operations');
  if (state.waiting !== state.operations.length) wrong.push('operations that wait are not counted');
  if (report.loss !== undefined) wrong.push(`false alarm: ${report.loss}`);
  for (const id of [...report.missing, ...report.unplaced]) wrong.push(`missing or unplaced ${id}`);
  if (report.quarantined > 0) wrong.push(`${report.quarantined} broken records`);
  return wrong;
}

const repeated = (values: readonly string[]): string[] =>
  values.filter((value, place) => values.indexOf(value) !== place);
