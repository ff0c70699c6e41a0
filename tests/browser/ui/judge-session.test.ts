import { describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../../core/contract/records.ts';
import { AnalysisQueue } from '../../../src/app/analysis-queue.svelte.ts';
import { InspectionSession } from '../../../src/app/inspection-session.svelte.ts';
import { JudgeSession } from '../../../src/app/judge-session.svelte.ts';
import { openMemoryStore } from '../../../src/storage/memory-store.ts';
import {
  analysisOf,
  draftOf,
  findingOf,
  inspectionOf,
  photoOf,
} from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';

async function judging(scores: readonly number[]) {
  const store = openMemoryStore();
  const inspection = unwrap(await store.saveInspection(inspectionOf()));
  const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
  const analysis = analysisOf(inspection.id, capture.id);
  const findings = scores.map((score) => findingOf(analysis, { score }));
  unwrap(await store.saveAnalysis(analysis, findings));
  const queue = new AnalysisQueue(() => Promise.reject(new Error('nothing is analysed here')));
  const session = await new InspectionSession(inspection.id, store, queue).load();
  onTestFinished(() => session.close());
  const judge = new JudgeSession(session, store, () => 'Ada');
  judge.begin(undefined);
  return { store, session, judge, findings };
}

const scoreOf = ({ finding }: JudgeSession): number | undefined => finding?.score;

describe('judging', () => {
  it('begins with the least certain and goes on by itself', async () => {
    const { judge, session } = await judging([0.9, 0.3, 0.6]);
    expect([scoreOf(judge), judge.position, judge.total]).toEqual([0.3, 1, 3]);
    await judge.accept();
    expect([scoreOf(judge), judge.position]).toEqual([0.6, 2]);
    await judge.reject();
    await judge.notAssessable();
    expect(judge.finding).toBeUndefined();
    expect(session.progress.byState).toMatchObject({ accepted: 1, rejected: 1, 'not-assessable': 1 });
  });

  it('keeps every decision with who made it', async () => {
    const { judge, store, findings } = await judging([0.4]);
    await judge.accept();
    const reviews = await store.reviews(findings[0]?.id as Finding['id']);
    expect(reviews.map(({ decision, reviewer }) => [decision, reviewer])).toEqual([['accept', 'Ada']]);
  });

  it('undo after undo walks back through all that was decided', async () => {
    const { judge, session } = await judging([0.3, 0.6]);
    await judge.accept();
    await judge.reject();
    expect(judge.finding).toBeUndefined();
    await judge.undo();
    expect([scoreOf(judge), judge.finding?.state]).toEqual([0.6, 'proposed']);
    await judge.undo();
    expect([scoreOf(judge), judge.finding?.state]).toEqual([0.3, 'proposed']);
    expect(session.progress.judged).toBe(0);
    expect(judge.canUndo).toBe(false);
  });

  it('undo works on what was judged before the app was closed', async () => {
    const { judge, store, session, findings } = await judging([0.3]);
    await judge.accept();
    const later = new JudgeSession(session, store, () => 'Ada');
    later.begin(undefined);
    expect([later.finding, later.canUndo]).toEqual([undefined, true]);
    await later.undo();
    expect([later.finding?.id, later.finding?.state]).toEqual([findings[0]?.id, 'proposed']);
  });

  it('a change is a draft until it is accepted, and then an edit', async () => {
    const { judge, session, findings } = await judging([0.3]);
    judge.change({ type: 'lightning-mark' });
    expect(judge.finding?.type).toBe('lightning-mark');
    expect(session.findings[0]?.type).toBe('crack');
    await judge.accept();
    expect(session.finding(findings[0]?.id as Finding['id'])).toMatchObject({
      type: 'lightning-mark',
      state: 'edited',
      origin: 'both',
    });
  });

  it('a rejected finding does not take the draft along', async () => {
    const { judge, session } = await judging([0.3, 0.5]);
    judge.change({ type: 'lightning-mark' });
    await judge.reject();
    expect(session.findings.map(({ type }) => type)).toEqual(['crack', 'crack']);
    expect(judge.hasDraft).toBe(false);
  });

  it('a change that is taken back is none, and accepting it accepts', async () => {
    const { judge, session } = await judging([0.3]);
    judge.change({ note: 'Tape came off' });
    expect(judge.hasDraft).toBe(true);
    judge.change({ note: undefined });
    expect(judge.hasDraft).toBe(false);
    await judge.accept();
    expect(session.findings.map(({ state }) => state)).toEqual(['accepted']);
  });

  it('what is pressed while a decision is being kept does nothing more', async () => {
    const { judge, session, store, findings } = await judging([0.3, 0.6]);
    const second = findings[1]?.id as Finding['id'];
    await judge.accept();
    const rejecting = judge.reject();
    judge.change({ type: 'lightning-mark' });
    await Promise.all([rejecting, judge.accept(), judge.undo()]);
    await Promise.all([judge.undo(), judge.undo()]);
    const reviews = await store.reviews(second);
    expect(reviews.map(({ decision }) => decision).toSorted()).toEqual(['reject', 'undo']);
    expect([judge.finding?.id, judge.hasDraft]).toEqual([second, false]);
    expect(session.progress.byState).toMatchObject({ accepted: 1, proposed: 1 });
  });

  it('steps to neighbours without deciding', async () => {
    const { judge, session } = await judging([0.3, 0.6]);
    judge.step(1);
    expect(scoreOf(judge)).toBe(0.6);
    judge.step(1);
    judge.step(-1);
    expect(scoreOf(judge)).toBe(0.3);
    expect(session.progress.judged).toBe(0);
  });
});
