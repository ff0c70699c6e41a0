import type { VisionBridge } from '../vision/vision-bridge.ts';

/** What the page asks of the vision worker, and what a test stands in for. */
export type Vision = Pick<
  VisionBridge,
  | 'capabilities'
  | 'packs'
  | 'chooseWay'
  | 'installPack'
  | 'verifyPack'
  | 'removePack'
  | 'readCard'
  | 'takeReleases'
  | 'installRelease'
  | 'refusedReleases'
  | 'prepare'
  | 'analyse'
  | 'look'
  | 'pending'
  | 'explain'
  | 'thumbnail'
>;
