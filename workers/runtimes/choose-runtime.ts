import type { ModelFile, ModelManifest, Precision } from '../../core/contract/model-manifest.ts';
import type { Capabilities, RuntimeId } from '../../core/contract/runtime.ts';

type Able = Pick<Capabilities, 'webgpu' | 'shaderF16' | 'relaxedSimd'>;

export interface RuntimeChoice {
  readonly runtime: RuntimeId;
  readonly file: ModelFile;
}

export interface ChoiceRequest {
  readonly runtime?: RuntimeId | undefined;
  readonly precision?: Precision | undefined;
}

/** What each runtime reads, and where it computes. */
const RUNTIMES = {
  'onnx-webgpu': { format: 'onnx', backend: 'webgpu' },
  litert: { format: 'tflite', backend: 'wasm' },
  'onnx-wasm': { format: 'onnx', backend: 'wasm' },
  'tfjs-webgpu': { format: 'tfjs', backend: 'webgpu' },
  'tfjs-wasm': { format: 'tfjs', backend: 'wasm' },
} as const satisfies Record<RuntimeId, object>;

const IDS = Object.keys(RUNTIMES) as readonly RuntimeId[];

export const usesGpu = (runtime: RuntimeId): boolean => RUNTIMES[runtime].backend === 'webgpu';

/** Every way in which this device could run the pack; a pack lists its files by preference. */
export function possibleWays(
  manifest: ModelManifest,
  capabilities: Able,
  request: ChoiceRequest = {},
): readonly RuntimeChoice[] {
  const asked = IDS.filter(
    (id) =>
      id === (request.runtime ?? id) &&
      (!usesGpu(id) || request.runtime || capabilities.webgpu === 'hardware'),
  );
  return asked.flatMap((runtime) =>
    manifest.files
      .filter((file) => fits(file, runtime, capabilities, request))
      .map((file) => ({ runtime, file })),
  );
}

function fits(
  file: ModelFile,
  runtime: RuntimeId,
  { shaderF16, relaxedSimd }: Able,
  { precision }: ChoiceRequest,
): boolean {
  const { format, backend } = RUNTIMES[runtime];
  return (
    file.format === format &&
    file.for.includes(backend) &&
    file.precision === (precision ?? file.precision) &&
    (runtime !== 'litert' || relaxedSimd) &&
    // On the CPU only the weights are fp16.
    (file.precision !== 'fp16' || backend === 'wasm' || shaderF16)
  );
}

/**
 * The ways that are taken by themselves, best guess first: one on the GPU, one on the CPU, and what stands in
 * for them. TensorFlow.js is measured on request only, being one more download. iOS starts with WASM.
 */
export function rivals(
  manifest: ModelManifest,
  capabilities: Able,
  preferWasm: boolean,
  request: ChoiceRequest = {},
): readonly RuntimeChoice[] {
  const ways = possibleWays(manifest, capabilities, request);
  if (request.runtime) return ways;
  return ways.filter(({ runtime }) => !runtime.startsWith('tfjs') && !(preferWasm && usesGpu(runtime)));
}

/** The best guess for GPU and CPU: these compete, and are kept for a start without network. */
export const firstOfEach = (choices: readonly RuntimeChoice[]): readonly RuntimeChoice[] =>
  choices.filter(
    ({ runtime }, at) => choices.findIndex((other) => usesGpu(other.runtime) === usesGpu(runtime)) === at,
  );
