import { expose } from 'comlink';
import type { VisionFailure, VisionWorkerApi } from '../../../core/contract/vision-worker.ts';

/** Behaves as its name's `mode` says as soon as it is asked to prepare. */
const { mode } = JSON.parse(self.name) as {
  readonly mode: 'crash' | 'hang' | 'deaf' | 'throw' | 'no-memory' | 'slow';
};

function misbehave(
  _request: unknown,
  _onProgress: unknown,
  onStep?: () => void,
): Promise<{ readonly ok: false } & VisionFailure> {
  switch (mode) {
    case 'crash':
      setTimeout(() => {
        throw new Error('planted crash');
      });
      return new Promise(() => undefined);
    case 'hang':
      for (;;);
    case 'deaf':
      return new Promise(() => undefined);
    case 'throw':
      throw new Error('planted throw');
    case 'slow':
      return slowly(onStep);
    case 'no-memory':
      return Promise.resolve({
        ok: false,
        kind: 'runtime-failed',
        runtime: 'onnx-wasm',
        detail: 'no memory',
      });
  }
}

async function slowly(onStep?: () => void): Promise<{ readonly ok: false } & VisionFailure> {
  for (let step = 0; step < 5; step++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    onStep?.();
  }
  return { ok: false, kind: 'no-space', neededBytes: 1 };
}

expose({ prepare: misbehave, cancel: async () => undefined } satisfies Partial<
  VisionWorkerApi<Blob, ImageBitmap>
>);
