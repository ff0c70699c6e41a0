import type { ModelFile, ModelManifest, Precision } from '../../core/contract/model-manifest.ts';
import type { Capabilities, RuntimeId } from '../../core/contract/runtime.ts';

export interface RuntimeChoice {
  readonly runtime: 'onnx-wasm' | 'onnx-webgpu';
  readonly file: ModelFile;
}

export interface ChoiceRequest {
  readonly runtime?: RuntimeId | undefined;
  readonly precision?: Precision | undefined;
}

const BACKENDS = { 'onnx-wasm': 'wasm', 'onnx-webgpu': 'webgpu' } as const;

/**
 * The ways to run a pack on this device, best first; the self-test decides which one is used. A pack lists
 * its files by preference.
 */
export function chooseRuntimes(
  manifest: ModelManifest,
  capabilities: Capabilities,
  preferWasm: boolean,
  request: ChoiceRequest = {},
): readonly RuntimeChoice[] {
  const preferred: readonly RuntimeChoice['runtime'][] =
    capabilities.webgpu === 'hardware' && !preferWasm ? ['onnx-webgpu', 'onnx-wasm'] : ['onnx-wasm'];
  const asked = (['onnx-wasm', 'onnx-webgpu'] as const).filter((id) => id === request.runtime);
  return (request.runtime ? asked : preferred).flatMap((runtime) => {
    const file = manifest.files.find(
      (candidate) =>
        candidate.format === 'onnx' &&
        candidate.for.includes(BACKENDS[runtime]) &&
        (request.precision === undefined || candidate.precision === request.precision) &&
        (candidate.precision !== 'fp16' || capabilities.shaderF16),
    );
    return file ? [{ runtime, file }] : [];
  });
}
