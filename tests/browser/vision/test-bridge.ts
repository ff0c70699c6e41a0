import { VisionBridge, type VisionBridgeOptions } from '../../../src/vision/vision-bridge.ts';

export const packsUrl = new URL('/tests/fixtures/packs/', location.href).href;

/** A bridge to the tiny packs, on the CPU unless asked otherwise. */
export const openBridge = (options: Partial<VisionBridgeOptions> = {}): VisionBridge =>
  new VisionBridge({ packsUrl, preferWasm: true, ...options });

/** Nothing kept from another test. */
export const forgetPacks = (): Promise<boolean> => caches.delete('loupe-packs-v1');
