import type { Inspection } from '../../core/contract/records.ts';
import type { ListedAsset } from '../../core/import/asset-row.ts';
import { newId } from './new-id.ts';

export const ASSET_TYPES = ['turbine', 'bridge', 'tank', 'building', 'other'] as const;
export const METHODS = ['ground', 'rope', 'drone', 'internal'] as const;

export type InspectionForm = Pick<Inspection, 'site' | 'campaign' | 'method' | 'inspector' | 'modelId'> & {
  readonly assetType: Inspection['asset']['type'];
  readonly tag: string;
  /** Metres; undefined when unknown. */
  readonly bladeLengthM: number | undefined;
  /** What the owner's list knows of the asset. */
  readonly listed?: ListedAsset | undefined;
};

/** The record of an inspection that begins now. The title is what people would call it: asset, campaign. */
export function newInspection(form: InspectionForm, { demo = false } = {}): Inspection {
  const { assetType, tag, bladeLengthM, listed, ...rest } = form;
  const { country, operator, timeZone, position, components, asset } = listed ?? {};
  const now = Date.now();
  return {
    schemaV: 1,
    id: newId('InspectionId'),
    title: [tag.trim() || form.site.trim(), form.campaign.trim()].filter(Boolean).join(', '),
    ...rest,
    asset: { ...asset, type: assetType, tag: tag.trim() },
    ...(country && { country }),
    ...(operator && { operator }),
    ...(timeZone && { timeZone }),
    ...(position && { position }),
    ...(components && components.length > 0 && { components: [...components] }),
    ...(bladeLengthM !== undefined && { bladeLengthM }),
    status: 'draft',
    demo,
    createdAt: now,
    updatedAt: now,
  };
}
