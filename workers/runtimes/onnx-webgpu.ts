import asyncifyGlueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinaryUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiGlueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiBinaryUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import type * as Ort from 'onnxruntime-web/wasm';
import { requestAdapter } from './detect-capabilities.ts';
import { acceptSmallerMemory } from './modest-memory.ts';
import { createGpuSession } from './onnx-session.ts';
import type { Runtime } from './runtime.ts';
import { failWhenLost, untilLost } from './until-lost.ts';

export interface OnnxWebgpuOptions {
  /** WebAssembly can wait for promises itself: the smaller binary with the cheaper calls. */
  readonly jspi: boolean;
  /** Threads of the operators that stay on the CPU. */
  readonly threads: number;
  /** Tests only: a software adapter is right but slower than WASM. */
  readonly allowFallbackAdapter: boolean;
}

/** Errors: throws where there is no adapter, only a software one, or no device. */
export async function openOnnxWebgpu(options: OnnxWebgpuOptions): Promise<Runtime> {
  const adapter = await requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  if (adapter.fallback && !options.allowFallbackAdapter) throw new Error('only a software WebGPU adapter');
  const device = await requestDevice(adapter.adapter);
  acceptSmallerMemory();
  const ort = await loadLibrary(options.jspi);
  ort.env.wasm.numThreads = options.threads;
  ort.env.logLevel = 'error';
  const lost = device.lost.then((info) => `WebGPU device lost: ${info.message || info.reason}`);
  return {
    id: 'onnx-webgpu',
    threads: options.threads,
    lost,
    create: async (modelBytes) => {
      // Only this object form reaches the native provider; env.webgpu.* is silently dropped.
      const provider = { name: 'webgpu', device } as const;
      const options = { executionProviders: [provider], graphOptimizationLevel: 'all' } as const;
      const created = createGpuSession(ort, modelBytes, options, device);
      return failWhenLost(await untilLost(created, lost), lost);
    },
  };
}

async function loadLibrary(jspi: boolean): Promise<typeof Ort> {
  const ort = jspi ? await import('onnxruntime-web/jspi') : await import('onnxruntime-web/webgpu');
  ort.env.wasm.wasmPaths = jspi
    ? { mjs: jspiGlueUrl, wasm: jspiBinaryUrl }
    : { mjs: asyncifyGlueUrl, wasm: asyncifyBinaryUrl };
  return ort;
}

function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { limits } = adapter;
  const wanted: readonly GPUFeatureName[] = ['shader-f16', 'subgroups'];
  return adapter.requestDevice({
    requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupSizeY: limits.maxComputeWorkgroupSizeY,
      maxComputeWorkgroupSizeZ: limits.maxComputeWorkgroupSizeZ,
    },
  });
}
