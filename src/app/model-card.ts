import type { ModelManifest } from '../../core/contract/model-manifest.ts';

/** A pack's CARD.md as text; undefined where it cannot be reached, as on a site without a network. */
export async function readModelCard({ id, version, card }: ModelManifest): Promise<string | undefined> {
  try {
    const response = await fetch(`./models/${id}/${version}/${card}`);
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
