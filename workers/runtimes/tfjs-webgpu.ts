import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { backend } from '@tensorflow/tfjs-core';
import { requestAdapter } from './detect-capabilities.ts';
import type { Runtime } from './runtime.ts';
import { createTfjsSession, selectBackend } from './tfjs-session.ts';
import { failWhenLost, untilLost } from './until-lost.ts';

export interface TfjsWebgpuOptions {
  /** Tests only: a software adapter is right but slower than WASM. */
  readonly allowFallbackAdapter: boolean;
}

/** Errors: throws where there is no adapter, only a software one, or no device. */
export async function openTfjsWebgpu({ allowFallbackAdapter }: TfjsWebgpuOptions): Promise<Runtime> {
  const adapter = await requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  if (adapter.fallback && !allowFallbackAdapter) throw new Error('only a software WebGPU adapter');
  await selectBackend('webgpu');
  const started = backend();
  if (!(started instanceof WebGPUBackend)) throw new Error('TensorFlow.js started another backend');
  const lost = started.device.lost.then((info) => `WebGPU device lost: ${info.message || info.reason}`);
  return {
    id: 'tfjs-webgpu',
    threads: 1,
    lost,
    create: async (modelBytes, weightBytes) =>
      failWhenLost(await untilLost(createTfjsSession('webgpu', modelBytes, weightBytes), lost), lost),
  };
}
