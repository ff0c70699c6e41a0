import * as v from 'valibot';
import { Precision } from './model-manifest.ts';

/** A way to run a model: library and backend. */
export const RuntimeId = v.picklist(['onnx-wasm', 'onnx-webgpu', 'tfjs-wasm', 'tfjs-webgpu', 'litert']);
export type RuntimeId = v.InferOutput<typeof RuntimeId>;

/** One way to run a pack. */
export const Way = v.object({ runtime: RuntimeId, precision: Precision });
export type Way = v.InferOutput<typeof Way>;

/** What this device can do; detected once and frozen. */
export interface Capabilities {
  readonly crossOriginIsolated: boolean;
  readonly hardwareConcurrency: number;
  /** Threads that WASM runs with: 1 without cross-origin isolation. */
  readonly wasmThreads: number;
  /** What LiteRT's fast build is made of; WebKit has it not. */
  readonly relaxedSimd: boolean;
  readonly webgpu: 'hardware' | 'fallback' | 'none';
  readonly shaderF16: boolean;
  readonly jspi: boolean;
  readonly opfs: boolean;
  readonly imageDecoder: boolean;
  /** GiB as the browser tells it, undefined where it does not. */
  readonly deviceMemory: number | undefined;
}

/** Whether a runtime reproduced a pack's golden outputs on this device. */
export const SelfTest = v.object({
  model: v.object({ id: v.string(), version: v.string() }),
  runtime: RuntimeId,
  precision: v.string(),
  verdict: v.picklist(['passed', 'failed']),
  /** Largest |actual - expected| over the golden outputs, in the output's own unit. */
  worstError: v.number(),
  cases: v.number(),
  /** Of the runs after the first, which may compile shaders. */
  medianMs: v.number(),
  firstMs: v.optional(v.number()),
  message: v.optional(v.string()),
  at: v.number(),
});
export type SelfTest = v.InferOutput<typeof SelfTest>;
