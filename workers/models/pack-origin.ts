import type * as v from 'valibot';
import type { ModelManifest, PackPart } from '../../core/contract/model-manifest.ts';
import type { ReleaseOffer } from '../../core/contract/release.ts';
import type { OfficePart, PackProgress, VisionFailure } from '../../core/contract/vision-worker.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import { fetchOfficeFile } from './office-files.ts';
import { fetchJson, fetchPart, keptJson, readBody, type FetchedJson } from './pack-files.ts';

/** Where a pack's files lie here, and where they come from. */
export interface PackOrigin {
  /** The release where the office gave it; absent: it came with the app. */
  readonly offer?: ReleaseOffer;
  /** Under which a file of the pack is kept. Errors: throws where the pack has no such file. */
  urlOf(path: string): string;
  fetchPart(
    part: PackPart,
    onProgress: (progress: PackProgress) => void,
    signal?: AbortSignal,
  ): Promise<Outcome<null, VisionFailure>>;
  /** A small file as it is kept, or else from where the pack comes. */
  readJson<Value>(path: string, schema: v.GenericSchema<unknown, Value>): Promise<FetchedJson<Value>>;
}

/** A pack as its manifest says, whatever of it is here. */
export interface OpenedPack {
  readonly manifest: ModelManifest;
  readonly origin: PackOrigin;
}

/** A pack of the app's own origin, whose files lie beside its manifest. */
export const appOrigin = (modelId: string, folder: string): PackOrigin => ({
  urlOf: (path) => folder + path,
  fetchPart: (part, onProgress, signal) =>
    fetchPart(
      modelId,
      folder + part.path,
      part,
      (until) => readBody(folder + part.path, part, onProgress, until),
      signal,
    ),
  async readJson(path, schema) {
    const kept = await keptJson(folder + path, schema);
    return kept.kind === 'found' ? kept : fetchJson(folder + path, schema);
  },
});

/** A release of the office, whose files lie under their hashes: versions share those that are the same. */
export function officeOrigin(offer: ReleaseOffer, office: string, part: OfficePart): PackOrigin {
  const fileOf = (path: string): PackPart => {
    const file = offer.files.find((one) => one.path === path);
    if (!file) throw new Error(`${offer.id} ${offer.version} has no ${path}`);
    return file;
  };
  const urlOf = (path: string): string => `${office}files/${fileOf(path).sha256}`;
  return {
    offer,
    urlOf,
    // What is fetched is what was signed, whatever else a manifest may say of it.
    fetchPart: ({ path }, onProgress, signal) =>
      fetchOfficeFile({
        ...{ modelId: offer.id, url: urlOf(path), file: fileOf(path), office, part, onProgress },
        ...(signal && { signal }),
      }),
    readJson: (path, schema) => keptJson(urlOf(path), schema),
  };
}
