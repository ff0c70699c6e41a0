import glueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import binaryUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { acceptSmallerMemory } from './modest-memory.ts';
import { createOnnxSession } from './onnx-session.ts';
import type { Runtime } from './runtime.ts';

const never = new Promise<string>(() => undefined);

/**
 * The CPU build of onnxruntime-web. Its glue is a file of its own, so that its threads start from that file
 * (not from a blob, which a content security policy would have to allow) and never load this worker again.
 */
export async function openOnnxWasm(threads: number): Promise<Runtime> {
  acceptSmallerMemory();
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = { mjs: glueUrl, wasm: binaryUrl };
  ort.env.logLevel = 'error';
  return {
    id: 'onnx-wasm',
    threads,
    lost: never,
    create: (modelBytes) =>
      createOnnxSession(ort, modelBytes, {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
        enableMemPattern: true,
      }),
  };
}
