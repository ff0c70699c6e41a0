import plainGlueUrl from '@litertjs/core/wasm/litert_wasm_internal.js?url&no-inline';
import plainBinaryUrl from '@litertjs/core/wasm/litert_wasm_internal.wasm?url';
import threadedGlueUrl from '@litertjs/core/wasm/litert_wasm_threaded_internal.js?url&no-inline';
import threadedBinaryUrl from '@litertjs/core/wasm/litert_wasm_threaded_internal.wasm?url';
import { loadAndCompile, loadLiteRt, Tensor as LiteRtTensor, type CompiledModel } from '@litertjs/core';
import {
  onCpu,
  type RunInputs,
  type Runtime,
  type Session,
  type Tensor,
  type TensorShape,
} from './runtime.ts';
import { createSerialQueue } from './serial-queue.ts';

const queue = createSerialQueue();
const never = new Promise<string>(() => undefined);

/** LiteRT on the CPU: XNNPACK with relaxed SIMD, and threads where the page is cross-origin isolated. */
export async function openLiteRt(threads: number): Promise<Runtime> {
  const files =
    threads > 1
      ? { glue: threadedGlueUrl, binary: threadedBinaryUrl }
      : { glue: plainGlueUrl, binary: plainBinaryUrl };
  await provideGlue(files.glue, files.binary);
  await loadLiteRt(new URL(files.glue, self.location.href).href, { threads: threads > 1 });
  return { id: 'litert', threads, lost: never, create: (bytes) => queue(() => create(bytes, threads)) };
}

/**
 * The library loads its glue by importScripts, which a module worker refuses. The glue is imported as a module
 * here, where it hands its factory to an AMD loader, and the library then finds it in the global it looks at.
 */
async function provideGlue(glue: string, binary: string): Promise<void> {
  const global = self as unknown as Record<string, unknown>;
  const define = (_names: readonly string[], factory: () => unknown): void => {
    global['ModuleFactory'] = factory();
  };
  global['define'] = Object.assign(define, { amd: {} });
  await import(/* @vite-ignore */ glue);
  delete global['define'];
  global['importScripts'] = () => undefined;
  global['Module'] = {
    locateFile: () => new URL(binary, self.location.href).href,
    mainScriptUrlOrBlob: new URL(glue, self.location.href).href,
    // It tells of every step that succeeds; what fails is thrown.
    print: () => undefined,
    printErr: () => undefined,
  };
}

async function create(bytes: Uint8Array<ArrayBuffer>, threads: number): Promise<Session> {
  const model = await loadAndCompile(bytes, { accelerator: 'wasm', cpuOptions: { numThreads: threads } });
  return {
    inputs: model.getInputDetails().map(shapeOf),
    outputs: model.getOutputDetails().map(shapeOf),
    run: (inputs) => queue(() => run(model, inputs)),
    dispose: () => queue(async () => model.delete()),
  };
}

async function run(model: CompiledModel, inputs: RunInputs) {
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => {
      const { data, shape } = onCpu(name, tensor);
      return [name, toLiteRt(data, shape)];
    }),
  );
  let answers: Readonly<Record<string, LiteRtTensor>> = {};
  try {
    answers = await model.run(given);
    const read = Object.entries(answers).map(async ([name, answer]) => [
      name,
      await fromLiteRt(name, answer),
    ]);
    return Object.fromEntries(await Promise.all(read)) as Readonly<Record<string, Tensor>>;
  } finally {
    for (const tensor of [...Object.values(given), ...Object.values(answers)]) tensor.delete();
  }
}

/** Packed tiles lie in memory of their own, never in shared memory. */
const toLiteRt = (data: Tensor['data'], shape: readonly number[]): LiteRtTensor =>
  new LiteRtTensor(data as Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>, [...shape]);

async function fromLiteRt(name: string, answer: LiteRtTensor): Promise<Tensor> {
  const data = await answer.data();
  if (!(data instanceof Float32Array || data instanceof Uint8Array)) {
    throw new Error(`output ${name} is neither float32 nor uint8`);
  }
  return { shape: [...answer.type.layout.dimensions], data: data.slice() };
}

const shapeOf = ({
  name,
  dtype,
  shape,
}: ReturnType<CompiledModel['getInputDetails']>[number]): TensorShape => ({
  name,
  type: dtype,
  shape: [...shape],
});
