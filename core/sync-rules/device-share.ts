import { sha256Hex } from './sha256.ts';

/**
 * Whether a device is among `share` percent of the devices for a pack. Its place is fixed by both names alone, so a
 * share that grows only adds devices, and each pack is tried on others first.
 */
export const isInShare = (device: string, pack: string, share: number): boolean =>
  placeOf(device, pack) < share / 100;

/** From 0 to below 1. */
const placeOf = (device: string, pack: string): number =>
  Number.parseInt(sha256Hex(`${device}\n${pack}`).slice(0, 8), 16) / 2 ** 32;
