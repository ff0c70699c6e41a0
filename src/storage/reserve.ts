/**
 * Space taken while there is enough, and given up when a record does not fit any more: a browser's
 * estimate of what is free may be any number (Chromium 156 always tells 10 GiB), a file is a fact.
 */
export const RESERVE_BYTES = 16 * 1024 * 1024;

export interface Reserve {
  /** Takes the reserve, or finds it taken; false where it does not fit. */
  holdReserve(): Promise<boolean>;
  /** Gives it up; false when there was none. */
  releaseReserve(): Promise<boolean>;
}
