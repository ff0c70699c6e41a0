// A classic worker, since the library loads its glue by importScripts.
let model, library, tools;

onmessage = async ({ data: { threads, plan, photo } }) => {
  try {
    if (plan) postMessage({ findings: await analyse(plan, photo) });
    else {
      [library, tools] = await Promise.all([import('/litert/dist/index.js'), import('/peers/yolox.js')]);
      // In a worker the glue takes the worker's own address for its own, and looks for its binary and threads there.
      const glue = `/litert/wasm/litert_wasm_${threads > 1 ? 'threaded_' : ''}internal.js`;
      self.Module = { locateFile: (name) => `/litert/wasm/${name}`, mainScriptUrlOrBlob: glue };
      await library.loadLiteRt('/litert/wasm/', { threads: threads > 1 });
      const cpuOptions = { numThreads: threads };
      model = await library.loadAndCompile('/model.tflite', { accelerator: 'wasm', cpuOptions });
      postMessage({});
    }
  } catch (error) {
    postMessage({ error: String(error) });
  }
};

async function analyse({ tiles, side, ...plan }, photo) {
  const bitmap = await createImageBitmap(photo);
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true });
  const found = [];
  for (const tile of tiles) {
    const { x, y, width, height, inputWidth, inputHeight } = tile;
    context.drawImage(bitmap, x, y, width, height, 0, 0, inputWidth, inputHeight);
    const { data } = context.getImageData(0, 0, inputWidth, inputHeight);
    const planes = tools.toPlanes(data, inputWidth, inputHeight, side);
    const input = new library.Tensor(planes, [1, 3, side, side]);
    const outputs = await model.run({ [plan.input]: input });
    found.push(...tools.boxes(await outputs[plan.output].data(), tile, { side, ...plan }));
    for (const tensor of [input, ...Object.values(outputs)]) tensor.delete();
  }
  return tools.suppress(found, plan.nmsIou);
}
