import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../core/contract/operation.ts';
import type { ServerRow } from '../../../core/contract/sync.ts';
import { parseClock } from '../../../core/domain/hybrid-clock.ts';
import { allOperations } from '../../../src/storage/outbox.ts';
import { SyncStore } from '../../../src/storage/sync-store.ts';
import { HistoryDevice } from '../storage/history-device.ts';
import { inspectionOf } from '../storage/records-for-tests.ts';

/** A tablet on which one inspection was made, and what it wrote to its outbox since. */
async function tabletWithInspection() {
  const device = await HistoryDevice.create('memory', 1);
  const inspection = inspectionOf();
  await device.store.saveInspection(inspection);
  const sync = new SyncStore(device.parts);
  const operations = async (): Promise<Operation[]> =>
    (await allOperations(device.parts)).sort((a, b) => a.seq - b.seq);
  const retitle = async (title: string): Promise<Operation | undefined> => {
    await device.store.saveInspection({ ...inspection, title });
    return (await operations()).at(-1);
  };
  const acknowledge = async (): Promise<void> =>
    sync.queue.settle((await operations()).map((one) => ({ ...one, state: 'acked' })));
  const { id, schemaV: _schemaV, ...fields } = inspection;
  const row = (title: string, version: number): ServerRow => ({
    ...{ entity: 'inspection', id, isDeleted: false, fields: { ...fields, title } },
    versions: { title: version },
  });
  return { device, sync, operations, retitle, acknowledge, row };
}

describe('what an operation says that its maker had seen', () => {
  it('is the version that was shown', async () => {
    const { sync, acknowledge, retitle, row } = await tabletWithInspection();
    await acknowledge();
    await sync.takePage([row('of another', 7)], 'cursor');
    expect((await retitle('t'))?.base['title']).toBe(7);
  });

  it('is not one that lies below what waits here, and was never shown', async () => {
    const { sync, retitle, row } = await tabletWithInspection();
    await sync.takePage([row('of another', 7)], 'cursor');
    expect((await retitle('t'))?.base).not.toHaveProperty('title');
  });

  it('is not what somebody made of a record that was deleted', async () => {
    const { sync, acknowledge, device, row } = await tabletWithInspection();
    await acknowledge();
    await sync.takePage([{ ...row('of another', 7), isDeleted: true }], 'cursor');
    expect(
      (await device.parts.records.read(['serverStates'], (read) => read.all('serverStates')))[0],
    ).toMatchObject({
      versions: {},
    });
  });

  it('is what it wrote itself before, whatever it was told meanwhile', async () => {
    const { sync, operations, acknowledge, retitle, row } = await tabletWithInspection();
    const [first] = await operations();
    await acknowledge();
    await sync.takePage([row('of another', 7)], 'cursor');
    const second = await retitle('t');
    expect(second?.over).toMatchObject({ title: first?.opId });
    expect((await retitle('u'))?.over).toMatchObject({ title: second?.opId });
  });
});

describe('a new epoch', () => {
  const deviceOf = ({ hlc }: Operation): string | undefined => parseClock(hlc)?.device;

  it('makes a copy a device of its own, and of no other', async () => {
    const { sync, operations } = await tabletWithInspection();
    const [before] = await operations();
    await sync.queue.newEpoch('gap');
    const [afterGap] = await operations();
    await sync.queue.newEpoch('fork');
    const [afterFork] = await operations();
    const devices = [before, afterGap, afterFork].map((one) => one && deviceOf(one));
    expect(devices[1]).toBe(devices[0]);
    expect(devices[2]).not.toBe(devices[0]);
  });

  it('holds what a restored server lost before what was built on it', async () => {
    const { sync, operations, acknowledge, retitle } = await tabletWithInspection();
    const lost = await operations();
    await acknowledge();
    const built = await retitle('t');
    await sync.queue.sendAgain(lost);
    const again = await operations();
    expect(again.map(({ opId }) => opId)).toEqual([lost[0]?.opId, built?.opId]);
    expect(again.map(({ seq }) => seq)).toEqual([1, 2]);
  });
});
