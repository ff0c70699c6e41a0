import { describe, expect, it } from 'vitest';
import { graticule, mapMarks, panned, placeOn, viewOf, zoomed } from '../../../../src/app/desk/site-map.ts';
import type { InspectionSummary } from '../../../../src/storage/inspection-store.ts';
import type { Inspection } from '../../../../core/contract/records.ts';
import { inspectionOf } from '../../storage/records-for-tests.ts';

const summaryOf = (inspection: Inspection): InspectionSummary => ({
  ...{ inspection, captures: 0, analysed: 0, findings: 0, judged: 0, coverCaptureId: undefined },
});
const at = (latitude: number, longitude: number, changes: Partial<Inspection> = {}): InspectionSummary =>
  summaryOf(inspectionOf({ position: { latitude, longitude }, ...changes }));

describe('the map of sites', () => {
  const [aarhus, copenhagen] = [at(56.16, 10.2, { status: 'approved' }), at(55.68, 12.57)];
  const again = at(56.16, 10.2, { status: 'received' });
  const marks = mapMarks([aarhus, copenhagen, again, summaryOf(inspectionOf())]);

  it('makes one mark of what stands at one place, with what most needs the office', () => {
    expect(marks.map(({ summaries, status }) => [summaries.length, status])).toEqual([
      [2, 'received'],
      [1, 'draft'],
    ]);
  });

  it.each([1, 2.5])('shows all marks within a picture of shape %d', (shape) => {
    const view = viewOf(marks, shape);
    for (const { position } of marks) {
      const { x, y } = placeOn(view, position);
      expect(Math.min(x, y)).toBeGreaterThan(0.05);
      expect(Math.max(x, y)).toBeLessThan(0.95);
    }
  });

  it('is as long east to west as north to south, as the ground is', () => {
    const view = viewOf(marks, 1);
    expect(view.height / view.width).toBeCloseTo(Math.cos((55.92 * Math.PI) / 180), 2);
  });

  it('a place alone has some ground around it', () => {
    expect(viewOf(marks.slice(0, 1), 1).height).toBeGreaterThanOrEqual(0.02);
  });

  it('zooms about the middle and moves by shares', () => {
    const view = viewOf(marks, 1);
    const near = zoomed(view, 2);
    expect(near.height).toBeCloseTo(view.height / 2);
    expect(near.west + near.width / 2).toBeCloseTo(view.west + view.width / 2);
    expect(panned(view, 0.5, 0).west).toBeCloseTo(view.west + view.width / 2);
  });

  it('draws a few lines at round degrees', () => {
    const { lats, lons } = graticule(viewOf(marks, 1.5));
    expect(lats.length).toBeGreaterThanOrEqual(3);
    expect(lats.length).toBeLessThanOrEqual(7);
    for (const { degrees, at: share } of [...lats, ...lons]) {
      expect(degrees * 20).toBeCloseTo(Math.round(degrees * 20), 6);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
  });
});
