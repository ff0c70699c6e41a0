import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Box } from '../../core/contract/geometry.ts';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import { decodeYolox } from '../../core/vision/decode-yolox.ts';
import { mergeTiles } from '../../core/vision/merge-tiles.ts';
import { packTile, tensorShape } from '../../core/vision/pack-tile.ts';
import { labelThresholds } from '../../core/vision/thresholds.ts';
import { planTiles } from '../../core/vision/tiles.ts';

/** What is used of onnxruntime-node, which is installed with the peers alone. */
interface Native {
  readonly InferenceSession: {
    create(
      model: string,
      options: { readonly intraOpNumThreads: number },
    ): Promise<{ run(feeds: object): Promise<Readonly<Record<string, { readonly data: unknown }>>> }>;
  };
  readonly Tensor: new (type: string, data: unknown, shape: readonly number[]) => object;
}

/** Every tile by native onnxruntime, with sharp's decoder: what this CPU can do without a browser. */
export async function openNative(model: string, manifest: ModelManifest, threads: number) {
  const load = createRequire(join(import.meta.dirname, '../package.json'));
  const { InferenceSession, Tensor } = load('onnxruntime-node') as Native;
  const session = await InferenceSession.create(model, { intraOpNumThreads: threads });
  const { input, output, tiling, thresholds } = manifest;
  if (output.kind !== 'yolox') throw new Error('the peers run detectors only');
  const minScores = labelThresholds(manifest);
  const head = { input, strides: output.strides, classes: minScores.length };
  return async (path: string): Promise<{ readonly ms: number; readonly findings: readonly Box[] }> => {
    const start = performance.now();
    const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: 4 } as const;
    const answers = [];
    for (const tile of planTiles(info, input, tiling)) {
      const pixels = await sharp(data, { raw })
        .extract({ left: tile.x, top: tile.y, width: tile.width, height: tile.height })
        .resize(tile.inputWidth, tile.inputHeight, { fit: 'fill', kernel: 'linear' })
        .raw()
        .toBuffer();
      const packed = packTile(pixels, tile.inputWidth, tile.inputHeight, input);
      const outputs = await session.run({ [input.name]: new Tensor('float32', packed, tensorShape(input)) });
      const answer = outputs[output.name]?.data;
      if (!(answer instanceof Float32Array)) throw new Error(`no ${output.name}`);
      answers.push({ tile, detections: decodeYolox(answer, head, minScores, tile, info) });
    }
    const findings = mergeTiles(answers, info, thresholds);
    return { ms: performance.now() - start, findings: findings.map(({ box }) => box) };
  };
}
