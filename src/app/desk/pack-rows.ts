import type { DeskDevice } from '../../../core/contract/desk.ts';
import type { PublishedRelease } from '../../../core/contract/publishing.ts';

/** One release as the desk shows it. */
export interface ReleaseRow {
  readonly release: PublishedRelease;
  /** Names of the tablets that report its version. */
  readonly devices: readonly string[];
  /** The number of a higher release that every tablet is given. */
  readonly replacedBy: number | undefined;
  /** What a roll back of it gives; undefined where it cannot be rolled back now. */
  readonly backTo: PublishedRelease | undefined;
}

export interface PackRows {
  readonly id: string;
  /** Highest number first; ways back that were not taken are left out. */
  readonly rows: readonly ReleaseRow[];
  /** Of tablets that are not revoked. */
  readonly allDevices: number;
}

/** Shares that the desk offers, in percent. */
const STEPS: readonly number[] = [5, 10, 25, 50, 100];

/** The larger shares that a release may be given to. */
export const stepsFrom = (share: number): readonly number[] => STEPS.filter((step) => step > share);

/** Releases by pack, with what the tablets report of each. */
export function packRows(
  releases: readonly PublishedRelease[],
  devices: readonly DeskDevice[],
): readonly PackRows[] {
  const tablets = devices.filter(
    ({ revokedAt, roles }) => revokedAt === null && roles.includes('technician'),
  );
  const ids = [...new Set(releases.map(({ id }) => id))];
  return ids.map((id) => {
    const all = releases.filter((one) => one.id === id);
    const inForce = all.find(({ share }) => share > 0);
    const forAll = all.find(({ share }) => share === 100)?.release;
    const backTo = all.find(({ backFrom }) => backFrom !== null && backFrom === inForce?.release);
    return {
      id,
      allDevices: tablets.length,
      rows: all
        .filter(({ backFrom, share }) => backFrom === null || share > 0)
        .map((release) => ({
          release,
          devices: tablets.filter(({ packs }) => packs[id] === release.version).map(({ name }) => name),
          replacedBy: forAll !== undefined && forAll > release.release ? forAll : undefined,
          backTo: release === inForce ? backTo : undefined,
        })),
    };
  });
}
