// A page that does no more than onnxruntime-web's own examples: one canvas, every tile, on the page's thread.
import * as ort from '/ort/ort.wasm.min.mjs';
import { boxes, suppress, toPlanes } from './yolox.js';

ort.env.wasm.wasmPaths = '/ort/';
let session;

globalThis.peer = {
  async load({ model, threads }) {
    ort.env.wasm.numThreads = threads;
    session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  },
  async analyse(plan) {
    const start = performance.now();
    const photo = await createImageBitmap(document.querySelector('input').files[0]);
    const { side } = plan;
    const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true });
    const found = [];
    for (const tile of plan.tiles) {
      const { x, y, width, height, inputWidth, inputHeight } = tile;
      context.drawImage(photo, x, y, width, height, 0, 0, inputWidth, inputHeight);
      const { data } = context.getImageData(0, 0, inputWidth, inputHeight);
      const planes = toPlanes(data, inputWidth, inputHeight, side);
      const input = new ort.Tensor('float32', planes, [1, 3, side, side]);
      const outputs = await session.run({ [plan.input]: input });
      found.push(...boxes(outputs[plan.output].data, tile, plan));
    }
    const findings = suppress(found, plan.nmsIou);
    return { ms: performance.now() - start, findings };
  },
};
