// @huggingface/transformers with the same weights, by its own model loader and its own image class.
import { AutoModel, env, RawImage, Tensor } from '/transformers/transformers.min.js';
import { boxes, suppress, toPlanes } from './yolox.js';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/hub/';
env.useBrowserCache = false;
env.backends.onnx.wasm.wasmPaths = '/transformers-ort/';
let model;

globalThis.peer = {
  async load({ threads }) {
    env.backends.onnx.wasm.numThreads = threads;
    model = await AutoModel.from_pretrained('pack', { dtype: 'fp32', device: 'wasm' });
  },
  async analyse(plan) {
    const start = performance.now();
    const photo = await RawImage.fromBlob(document.querySelector('input').files[0]);
    const { side } = plan;
    const found = [];
    for (const tile of plan.tiles) {
      const { x, y, width, height, inputWidth, inputHeight } = tile;
      const crop = await photo.crop([x, y, x + width - 1, y + height - 1]);
      const { data } = (await crop.resize(inputWidth, inputHeight)).rgba();
      const planes = toPlanes(data, inputWidth, inputHeight, side);
      const input = new Tensor('float32', planes, [1, 3, side, side]);
      const outputs = await model({ [plan.input]: input });
      found.push(...boxes(outputs[plan.output].data, tile, plan));
    }
    const findings = suppress(found, plan.nmsIou);
    return { ms: performance.now() - start, findings };
  },
};
