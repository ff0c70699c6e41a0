import binaryUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { env } from '@tensorflow/tfjs-core';
import type { Runtime } from './runtime.ts';
import { createTfjsSession, selectBackend } from './tfjs-session.ts';

const never = new Promise<string>(() => undefined);

/**
 * TensorFlow.js on the CPU: 0.4 MB of binary, one thread. Its threads start from blob URLs made of its own
 * source, which our content security policy forbids.
 */
export async function openTfjsWasm(): Promise<Runtime> {
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // Every device that runs Loupe has SIMD; without it the start fails and another runtime is taken.
  env().set('WASM_HAS_SIMD_SUPPORT', true);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': binaryUrl,
    'tfjs-backend-wasm-simd.wasm': binaryUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': binaryUrl,
  });
  await selectBackend('wasm');
  return {
    id: 'tfjs-wasm',
    threads: 1,
    lost: never,
    create: (modelBytes, weightBytes) => createTfjsSession('wasm', modelBytes, weightBytes),
  };
}
