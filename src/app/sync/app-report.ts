import type { AppReport } from '../../../core/contract/sync.ts';
import { VERSION } from '../about.ts';
import type { Vision } from '../vision.ts';

/** What runs here, for the office's list of devices: the app, and the packs that are kept as far as they can be listed. */
export async function appReport(vision: Pick<Vision, 'packs'>): Promise<AppReport> {
  const listed = await vision.packs();
  const kept = listed.ok ? listed.value.filter(({ state }) => state === 'kept') : [];
  return {
    version: VERSION,
    packs: Object.fromEntries(kept.map(({ manifest }) => [manifest.id, manifest.version])),
  };
}
