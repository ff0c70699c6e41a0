import type { ModelManifest } from '../contract/model-manifest.ts';
import type { ReleaseOffer } from '../contract/release.ts';
import { partsOf } from './pack-parts.ts';

/** Why a pack's own manifest is not what was signed; undefined where it is, and names no file beside it. */
export function misfitOfRelease(
  { id, version, minApp, files }: ReleaseOffer,
  manifest: ModelManifest,
): string | undefined {
  if (manifest.id !== id || manifest.version !== version || manifest.minApp !== minApp)
    return `manifest.json is of ${manifest.id} ${manifest.version} for Loupe ${manifest.minApp}.`;
  const signed = new Map(files.map((file) => [file.path, file]));
  for (const { path, sha256, bytes } of manifest.files.flatMap(partsOf)) {
    const known = signed.get(path);
    if (known?.sha256 !== sha256 || known.bytes !== bytes) return `${path} is not what was signed.`;
  }
  const unsigned = [manifest.golden, manifest.card].find((path) => !signed.has(path));
  return unsigned === undefined ? undefined : `${unsigned} was not signed.`;
}
