import type { AssetType, Finding } from '../../core/contract/records.ts';
import type { DamageType } from '../../core/domain/damage-types.ts';

/** What is met most on each kind of asset, before anybody has named anything. */
const USUAL: Readonly<Record<AssetType, readonly DamageType[]>> = {
  turbine: ['leading-edge-erosion', 'crack', 'flaking', 'lightning-mark'],
  bridge: ['crack', 'spalling', 'exposed-rebar', 'efflorescence'],
  tank: ['corrosion', 'blistering', 'flaking', 'scratch'],
  building: ['crack', 'spalling', 'discolouration', 'efflorescence'],
  other: ['corrosion', 'crack', 'scratch', 'discolouration'],
};

/**
 * The types to offer at one tap: those that people gave most in this inspection, then what is usual on the asset.
 * Four fit, and stay in the usual order so that a thumb finds them again.
 */
export function likelyTypes(findings: readonly Finding[], asset: AssetType): readonly DamageType[] {
  const usual = USUAL[asset];
  const counts = new Map<DamageType, number>();
  for (const finding of findings) {
    const { state, type } = finding;
    const isGiven = state === 'accepted' || state === 'edited';
    if (isGiven && type !== 'unclassified') counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const given = [...counts].sort((a, b) => b[1] - a[1]).map(([type]) => type);
  const chosen = [...new Set([...given, ...usual])].slice(0, usual.length);
  const place = (type: DamageType) => (usual.includes(type) ? usual.indexOf(type) : usual.length);
  return chosen.sort((a, b) => place(a) - place(b));
}
