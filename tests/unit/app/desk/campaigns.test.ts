import { describe, expect, it } from 'vitest';
import { assetsWithCampaigns, pairsOf } from '../../../../src/app/desk/campaigns.ts';
import type { Finding, Inspection } from '../../../../core/contract/records.ts';
import { analysisOf, findingOf, inspectionOf } from '../../storage/records-for-tests.ts';

const records = (changes: Partial<Inspection>, findings: readonly Finding[] = []) => ({
  ...{ inspection: inspectionOf(changes), captures: [], analyses: [], findings },
});
const finding = (changes: Partial<Finding> = {}): Finding =>
  findingOf(analysisOf(inspectionOf().id, crypto.randomUUID() as Finding['captureId']), changes);

describe('campaigns of an asset', () => {
  it('are those of one tag, however it was typed, the latest first; one alone is none', () => {
    const tag = (name: string) => ({ asset: { type: 'turbine' as const, tag: name } });
    const assets = assetsWithCampaigns([
      records({ ...tag('T-1'), createdAt: 1 }),
      records({ ...tag(' t-1 '), createdAt: 2, campaign: 'spring' }),
      records(tag('T-2')),
    ]);
    expect(assets.map(({ tag: name, inspections }) => [name.trim(), inspections.length])).toEqual([
      ['t-1', 2],
    ]);
    expect(assets[0]?.inspections[0]?.inspection.campaign).toBe('spring');
  });

  it('pair findings that people linked; what is only in one stands alone, and rejected ones nowhere', () => {
    const [old, healed, wrong] = [finding(), finding(), finding({ state: 'rejected' })];
    const [grown, fresh] = [finding({ previousFindingId: old.id }), finding()];
    const strange = finding({ previousFindingId: wrong.id });
    const pairs = pairsOf(records({}, [old, healed, wrong]), records({}, [fresh, grown, strange]));
    expect(pairs).toEqual([
      { earlier: old, later: grown },
      { earlier: undefined, later: fresh },
      { earlier: undefined, later: strange },
      { earlier: healed, later: undefined },
    ]);
  });
});
