import { describe, expect, it } from 'vitest';
import type { ModelFile, ModelManifest } from '../../../core/contract/model-manifest.ts';
import type { RuntimeId, SelfTest, Way } from '../../../core/contract/runtime.ts';
import { orderWays } from '../../../workers/models/order-ways.ts';
import {
  firstOfEach,
  possibleWays,
  rivals,
  type RuntimeChoice,
} from '../../../workers/runtimes/choose-runtime.ts';
import manifest from '../../fixtures/packs/tiny-squares/1.0.0/manifest.json' with { type: 'json' };

const file = (
  format: ModelFile['format'],
  precision: ModelFile['precision'],
  places: ModelFile['for'],
): ModelFile => ({
  path: `${format}-${precision}`,
  sha256: `${format}-${precision}` as ModelFile['sha256'],
  bytes: 1,
  format,
  precision,
  for: places,
});
const pack = {
  ...(manifest as unknown as ModelManifest),
  files: [
    file('onnx', 'fp16', ['webgpu']),
    file('onnx', 'fp32', ['wasm', 'webgpu']),
    file('tfjs', 'fp32', ['wasm', 'webgpu']),
    file('tflite', 'fp16', ['wasm']),
  ],
};
const named = (choices: readonly RuntimeChoice[]) =>
  choices.map(({ runtime, file: { precision } }) => `${runtime} ${precision}`);

const GPU = { webgpu: 'hardware', shaderF16: true, relaxedSimd: true } as const;
const CPU = { webgpu: 'none', shaderF16: false, relaxedSimd: true } as const;
const WEBKIT = { ...CPU, relaxedSimd: false } as const;

describe('what a device could run, best guess first', () => {
  it.each([
    ['a GPU', GPU, false, ['onnx-webgpu fp16', 'onnx-webgpu fp32', 'litert fp16', 'onnx-wasm fp32']],
    [
      'a GPU without fp16',
      { ...GPU, shaderF16: false },
      false,
      ['onnx-webgpu fp32', 'litert fp16', 'onnx-wasm fp32'],
    ],
    ['iOS', { ...GPU, relaxedSimd: false }, true, ['onnx-wasm fp32']],
    ['a software GPU', { ...GPU, webgpu: 'fallback' }, false, ['litert fp16', 'onnx-wasm fp32']],
    ['a CPU', CPU, false, ['litert fp16', 'onnx-wasm fp32']],
    ['WebKit', WEBKIT, false, ['onnx-wasm fp32']],
  ] as const)('%s', (_name, able, preferWasm, expected) => {
    expect(named(rivals(pack, able, preferWasm))).toEqual(expected);
  });

  it('lets one way on the GPU compete with one on the CPU', () => {
    expect(named(firstOfEach(rivals(pack, GPU, false)))).toEqual(['onnx-webgpu fp16', 'litert fp16']);
  });

  it('offers TensorFlow.js when every way is asked for', () => {
    expect(named(possibleWays(pack, CPU))).toEqual(['litert fp16', 'onnx-wasm fp32', 'tfjs-wasm fp32']);
  });

  it('takes what is asked for by name, on a software GPU too', () => {
    const asked = { runtime: 'onnx-webgpu', precision: 'fp32' } as const;
    expect(named(rivals(pack, { ...GPU, webgpu: 'fallback' }, true, asked))).toEqual(['onnx-webgpu fp32']);
  });
});

describe('the order in which ways are tried', () => {
  const ways = possibleWays(pack, GPU);
  const guess = rivals(pack, GPU, false);
  const test = (
    runtime: RuntimeId,
    precision: Way['precision'],
    verdict: SelfTest['verdict'],
    medianMs = 1,
  ) => ({
    model: { id: 'm', version: '1.0.0' },
    ...{ runtime, precision, verdict, medianMs, worstError: 0, cases: 1, at: 0 },
  });
  const order = (tests: readonly ReturnType<typeof test>[], byHand?: Way) =>
    named(
      orderWays(
        ways.map((choice) => ({
          choice,
          test: tests.find(
            (one) => one.runtime === choice.runtime && one.precision === choice.file.precision,
          ),
        })),
        guess,
        byHand,
      ),
    );

  it('is the guess while nothing was tested', () => {
    expect(order([])).toEqual(named(guess));
  });
  it('begins with the fastest that passed: a slow GPU loses', () => {
    expect(order([test('onnx-webgpu', 'fp16', 'passed', 90), test('litert', 'fp16', 'passed', 40)])[0]).toBe(
      'litert fp16',
    );
  });
  it('never has what failed', () => {
    const tried = order([test('onnx-webgpu', 'fp16', 'failed'), test('litert', 'fp16', 'passed')]);
    expect(tried).toEqual(['litert fp16', 'onnx-webgpu fp32', 'onnx-wasm fp32']);
  });
  it('has TensorFlow.js once it was measured, and first where it is the fastest', () => {
    expect(order([test('tfjs-wasm', 'fp32', 'passed', 5), test('litert', 'fp16', 'passed', 40)])[0]).toBe(
      'tfjs-wasm fp32',
    );
  });
  it('begins with what a person chose', () => {
    const tests = [test('onnx-webgpu', 'fp16', 'passed', 5)];
    expect(order(tests, { runtime: 'onnx-wasm', precision: 'fp32' })[0]).toBe('onnx-wasm fp32');
  });
});
