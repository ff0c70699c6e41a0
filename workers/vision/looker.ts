import type { Box, Size } from '../../core/contract/geometry.ts';
import type { GoldenFile } from '../../core/contract/golden.ts';
import type { FirstLook, ModelManifest } from '../../core/contract/model-manifest.ts';
import type { Way } from '../../core/contract/runtime.ts';
import { scoutedRegions, suspectsOf } from '../../core/vision/suspects.ts';
import type { Tile } from '../../core/vision/tiles.ts';
import { runSelfTest } from '../models/golden.ts';
import { misfitOf } from '../models/misfit.ts';
import type { Runtime, Session } from '../runtimes/runtime.ts';
import { openGpuReader, type GpuTileReader } from './gpu-tile-reader.ts';
import type { LoadedModel } from './model-loader.ts';
import { answerOf, type Outputs, type TileRunner } from './run-tiles.ts';

/** A pack's scout that has reproduced its golden outputs. */
export interface Scout {
  readonly session: Session;
  readonly gpuReader?: GpuTileReader;
}

/** Who takes the first look, by which advice, and what it makes suspect, in photo pixels. */
export interface Looker {
  readonly kind: 'model' | 'scout';
  readonly advice: FirstLook;
  readonly runner: TileRunner;
  readonly suspects: (outputs: Outputs, tile: Tile, photo: Size) => readonly Box[];
}

/** The pack's scout where it is right here, or else the model itself; undefined where the pack advises no first look. */
export function lookerOf(model: LoadedModel): Looker | undefined {
  const { manifest, reader, scout } = model;
  const { firstLook } = manifest.tiling;
  if (!firstLook) return undefined;
  const { scout: advice } = firstLook;
  if (scout && advice) {
    return {
      kind: 'scout',
      advice,
      runner: { manifest, reader, ...scout },
      suspects: (outputs, tile) =>
        scoutedRegions(answerOf(outputs, advice.name), advice.stride, advice.minScore, tile),
    };
  }
  return {
    kind: 'model',
    advice: firstLook,
    runner: model,
    suspects: (outputs, tile, photo) =>
      suspectsOf(manifest, answerOf(outputs, manifest.output.name), firstLook.minScore, tile, photo),
  };
}

/** Undefined where the pack has none for this file, or it is not right here: then the model looks itself. */
export async function openScout(
  runtime: Runtime,
  bytes: Uint8Array<ArrayBuffer> | undefined,
  manifest: ModelManifest,
  golden: GoldenFile,
  way: Way,
): Promise<Scout | undefined> {
  const advice = manifest.tiling.firstLook?.scout;
  if (!bytes || !advice) return undefined;
  // A scout that cannot be made must not cost the model, which works without it.
  const session = await runtime.create(bytes).catch(() => undefined);
  if (!session) return undefined;
  const { name, stride } = advice;
  const asModel = { ...manifest, output: { kind: 'mask-logits', name, stride } } as const;
  const cases = { ...golden, cases: golden.scout ?? [] };
  const isRight =
    misfitOf(session, asModel) === undefined &&
    (await runSelfTest(session, asModel, cases, way, () => undefined)).verdict === 'passed';
  if (!isRight) {
    await session.dispose();
    return undefined;
  }
  const gpuReader = await openGpuReader(session, manifest.input);
  return { session, ...(gpuReader && { gpuReader }) };
}
