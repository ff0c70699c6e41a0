import type { Capabilities } from '../../core/contract/runtime.ts';

export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  /** A software renderer: right answers, slower than WASM. */
  readonly fallback: boolean;
  /** Names the GPU and its driver as far as the browser tells. */
  readonly description: string;
}

/** A module with one function, which calls i8x16.relaxed_swizzle. */
const RELAXED_SIMD = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2,
  253, 15, 253, 128, 2, 11,
]);

let detected: Promise<Capabilities> | undefined;

/** What this device can do: detected once, frozen. */
export const detectCapabilities = (): Promise<Capabilities> => (detected ??= detect());

async function detect(): Promise<Capabilities> {
  const gpu = await requestAdapter();
  const memory = (navigator as Navigator & { readonly deviceMemory?: number }).deviceMemory;
  return Object.freeze({
    crossOriginIsolated: self.crossOriginIsolated,
    hardwareConcurrency: navigator.hardwareConcurrency,
    wasmThreads: self.crossOriginIsolated ? threadsFor(navigator.hardwareConcurrency) : 1,
    relaxedSimd: WebAssembly.validate(RELAXED_SIMD),
    webgpu: gpu ? (gpu.fallback ? 'fallback' : 'hardware') : 'none',
    shaderF16: gpu?.adapter.features.has('shader-f16') ?? false,
    jspi: 'Suspending' in WebAssembly,
    opfs: 'storage' in navigator && 'getDirectory' in navigator.storage,
    imageDecoder: 'ImageDecoder' in self,
    deviceMemory: memory,
  });
}

/** Tablets with eight cores have four fast ones; the slow ones would hold the others up. */
const threadsFor = (cores: number): number =>
  cores <= 4 ? Math.max(cores, 1) : Math.min(8, Math.ceil(cores / 2));

export async function requestAdapter(): Promise<FoundAdapter | undefined> {
  if (!('gpu' in navigator)) return undefined;
  const adapter = await navigator.gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null);
  if (!adapter) return undefined;
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, device, description].filter(Boolean).join(' ');
  return {
    adapter,
    fallback: isFallbackAdapter || /swiftshader|llvmpipe|basic render/i.test(name),
    description: name,
  };
}
