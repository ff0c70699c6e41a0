import { expose } from 'comlink';
import type { VisionFailure, VisionWorkerApi } from '../../../core/contract/vision-worker.ts';

/** Behaves as its name's `mode` says as soon as it is asked to prepare. */
const { mode } = JSON.parse(self.name) as {
  readonly mode: 'crash' | 'hang' | 'deaf' | 'throw' | 'no-memory';
};

function misbehave(): Promise<{ readonly ok: false } & VisionFailure> {
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
    case 'no-memory':
      return Promise.resolve({
        ok: false,
        kind: 'runtime-failed',
        runtime: 'onnx-wasm',
        detail: 'no memory',
      });
  }
}

expose({ prepare: misbehave, cancel: async () => undefined } satisfies Partial<VisionWorkerApi<Blob>>);
