import type { Capabilities, RuntimeId } from '../../core/contract/runtime.ts';
import { unreachable } from '../../core/domain/outcome.ts';
import type { Runtime } from './runtime.ts';

export interface OpenOptions {
  readonly capabilities: Capabilities;
  /** Most WASM threads. */
  readonly threads: number;
  /** Tests only: take a software WebGPU adapter for a real one. */
  readonly allowFallbackAdapter: boolean;
}

/** Loads the library and binary of this runtime alone. Errors: throws where the device does not carry it. */
export async function openRuntime(id: RuntimeId, options: OpenOptions): Promise<Runtime> {
  const { threads, allowFallbackAdapter, capabilities } = options;
  switch (id) {
    case 'onnx-wasm':
      return (await import('./onnx-wasm.ts')).openOnnxWasm(threads);
    case 'onnx-webgpu': {
      const { openOnnxWebgpu } = await import('./onnx-webgpu.ts');
      return openOnnxWebgpu({ jspi: capabilities.jspi, threads, allowFallbackAdapter });
    }
    case 'tfjs-wasm':
      return (await import('./tfjs-wasm.ts')).openTfjsWasm();
    case 'tfjs-webgpu':
      return (await import('./tfjs-webgpu.ts')).openTfjsWebgpu({ allowFallbackAdapter });
    case 'litert':
      return (await import('./litert.ts')).openLiteRt(threads);
    default:
      return unreachable(id);
  }
}
