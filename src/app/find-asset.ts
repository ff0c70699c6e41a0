/** Screens may not call core themselves. */
export { matchAsset, nameInCode, searchAssets } from '../../core/import/match-asset.ts';
