import * as v from 'valibot';
import { Component, Inspection, Position } from '../../core/contract/records.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { ListedAsset } from '../../core/import/asset-row.ts';
import type { AssetList, AssetListFailure } from '../../core/import/assets.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';

const { site, asset } = Inspection.entries;
const Listed = v.object({
  site,
  country: v.exactOptional(v.string()),
  operator: v.exactOptional(v.string()),
  timeZone: v.exactOptional(v.string()),
  position: v.exactOptional(Position),
  asset,
  components: v.array(Component),
});

/** Versions: 1 first form. */
const Saved = v.object({
  schemaV: v.literal(1),
  fileName: v.string(),
  importedAt: v.number(),
  assets: v.array(Listed),
});
type Saved = v.InferOutput<typeof Saved>;

const KEY = 'assets';

/** The owner's list of assets, as it was imported last; kept on this device. */
export class AssetShelf {
  #saved = $state.raw<Saved>();
  readonly #store: Pick<InspectionStore, 'setting' | 'saveSetting'>;

  constructor(store: Pick<InspectionStore, 'setting' | 'saveSetting'>) {
    this.#store = store;
  }

  get assets(): readonly ListedAsset[] {
    return this.#saved?.assets ?? [];
  }
  get fileName(): string | undefined {
    return this.#saved?.fileName;
  }
  get importedAt(): number | undefined {
    return this.#saved?.importedAt;
  }

  async load(): Promise<void> {
    const parse = (raw: unknown) => {
      const parsed = v.safeParse(Saved, raw);
      return parsed.success ? parsed.output : undefined;
    };
    // A list that cannot be read is imported again; nothing else depends on it.
    this.#saved ??= await this.#store.setting(KEY, parse).catch(() => undefined);
  }

  /** Takes the place of the list before; rows that are wrong are told, the rest is kept. */
  async take(file: File): Promise<Outcome<AssetList, AssetListFailure>> {
    const { importAssets } = await import('../../core/import/assets.ts');
    const read = importAssets(await file.text());
    if (!read.ok || read.value.assets.length === 0) return read;
    const saved = v.parse(Saved, {
      schemaV: 1,
      fileName: file.name,
      importedAt: Date.now(),
      assets: read.value.assets,
    });
    await this.#store.saveSetting(KEY, saved);
    this.#saved = saved;
    return read;
  }
}
