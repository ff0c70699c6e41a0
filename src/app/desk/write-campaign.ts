import type { Inspection } from '../../../core/contract/records.ts';
import type { BundleSource } from '../bundle/write-bundle.ts';
import type { ExportKind } from '../bundle/write-export.ts';

export type CampaignKind = ExportKind | 'bundle';

export interface CampaignOptions {
  readonly appVersion: string;
  readonly madeAt: number;
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Several inspections as one zip, each in the file that it would be by itself: a bundle within it is one that any
 * Loupe takes in. One inspection and one photo is read at a time, so memory stays small. `onLeftOut` is told how much
 * of each could not go along.
 */
export async function writeCampaign(
  source: BundleSource,
  inspections: readonly Inspection[],
  kind: CampaignKind,
  options: CampaignOptions,
  onLeftOut: (count: number) => void,
): Promise<ReadableStream<Uint8Array>> {
  const { makeZip } = await import('client-zip');
  return makeZip(entries(source, inspections, kind, options, onLeftOut));
}

async function* entries(
  source: BundleSource,
  inspections: readonly Inspection[],
  kind: CampaignKind,
  options: CampaignOptions,
  onLeftOut: (count: number) => void,
): AsyncGenerator<{ name: string; lastModified: Date; input: ReadableStream<Uint8Array> }> {
  const [{ writeBundle }, { writeExport }] = await Promise.all([
    import('../bundle/write-bundle.ts'),
    import('../bundle/write-export.ts'),
  ]);
  const { onProgress, ...own } = options;
  const lastModified = new Date(Math.max(options.madeAt, Date.UTC(1980, 0, 2)));
  const digits = String(inspections.length).length;
  for (const [place, { id }] of inspections.entries()) {
    options.signal?.throwIfAborted();
    const exported = kind === 'bundle' ? undefined : await writeExport(source, id, kind, own);
    const file = kind === 'bundle' ? await writeBundle(source, id, own) : exported;
    onLeftOut(exported?.leftOut.length ?? 0);
    // Two inspections may have one title.
    const number = String(place + 1).padStart(digits, '0');
    if (file) yield { name: `${number}-${file.fileName}`, lastModified, input: file.stream };
    onProgress?.(place + 1, inspections.length);
  }
}
