// LiteRT.js as its documents have it, in a worker: its threads wait as only a worker may.
const worker = new Worker('/peers/litert-worker.js');
const ask = (message) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  });

globalThis.peer = {
  load: ({ threads }) => ask({ threads }),
  async analyse(plan) {
    const start = performance.now();
    const { findings } = await ask({ plan, photo: document.querySelector('input').files[0] });
    return { ms: performance.now() - start, findings };
  },
};
