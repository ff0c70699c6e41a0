import { DAMAGE_TYPES, type DamageType } from '../../core/domain/damage-types.ts';
import type { AssetType } from '../../core/contract/records.ts';

export type DamageGroup = 'blade' | 'metal' | 'concrete' | 'any';

const GROUPS: Readonly<Record<Exclude<DamageGroup, 'blade'>, readonly DamageType[]>> = {
  metal: ['corrosion', 'blistering', 'pitting', 'inclusion', 'patches', 'crazing', 'rolled-in-scale'],
  concrete: ['spalling', 'exposed-rebar', 'efflorescence'],
  any: ['unclassified', 'anomaly'],
};
const elsewhere = new Set(Object.values(GROUPS).flat());
/** A crack or a scratch is looked for under blades first, and found under every asset. */
const SHARED: readonly DamageType[] = ['crack', 'scratch', 'flaking', 'discolouration', 'previous-repair'];

const FIRST: Readonly<Record<AssetType, readonly DamageGroup[]>> = {
  turbine: ['blade', 'metal', 'concrete', 'any'],
  bridge: ['concrete', 'metal', 'blade', 'any'],
  tank: ['metal', 'concrete', 'blade', 'any'],
  building: ['concrete', 'metal', 'blade', 'any'],
  other: ['metal', 'concrete', 'blade', 'any'],
};

/** All damage types, those of the asset at hand first. */
export function damageGroups(
  asset: AssetType,
): readonly { readonly group: DamageGroup; readonly types: readonly DamageType[] }[] {
  return FIRST[asset].map((group, place) => {
    const own = group === 'blade' ? DAMAGE_TYPES.filter((type) => !elsewhere.has(type)) : GROUPS[group];
    const shared = asset === 'turbine' ? [] : SHARED;
    if (place === 0) return { group, types: [...shared, ...own.filter((type) => !shared.includes(type))] };
    return { group, types: own.filter((type) => !shared.includes(type)) };
  });
}
