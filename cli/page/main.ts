import { fail, succeed } from '../../core/domain/outcome.ts';
import { VisionBridge } from '../../src/vision/vision-bridge.ts';
import type { PipelineApi } from './pipeline-api.ts';

/** ?gpu=fallback takes a software WebGPU adapter for a real one. */
const query = new URLSearchParams(location.search);

const vision = new VisionBridge({
  packsUrl: new URL('models/', document.baseURI).href,
  fallbackGpu: query.get('gpu') === 'fallback',
});

globalThis.loupePipeline = {
  capabilities: () => vision.capabilities(),
  packs: () => vision.packs(),
  prepare: (request) => vision.prepare(request),
  analyse: async (fileIndex, request) => {
    const input = document.querySelector<HTMLInputElement>('#files');
    const photo = input?.files?.[fileIndex];
    if (!photo) throw new Error(`no file ${fileIndex} was given to the page`);
    const started = performance.now();
    const outcome = await vision.analyse({ ...request, photo, name: photo.name }, {});
    const pageMs = performance.now() - started;
    if (!outcome.ok) return fail(outcome);
    const { probability, features, ...result } = outcome.value;
    return succeed({
      ...result,
      pageMs,
      ...(probability ? { probabilityBase64: await base64(probability) } : {}),
      ...(features && {
        features: {
          dimensions: features.dimensions,
          rowsBase64: await base64(new Uint8Array(features.rows.buffer)),
        },
      }),
    });
  },
} satisfies PipelineApi;
document.documentElement.dataset['ready'] = 'true';

async function base64(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    reader.onload = resolve;
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(new Blob([bytes]));
  });
  const url = typeof reader.result === 'string' ? reader.result : '';
  return url.slice(url.indexOf(',') + 1);
}
