import { expose } from 'comlink';
import { fromWorkerName } from '../../../core/contract/worker-options.ts';
import { createVisionApi } from '../../../workers/vision/vision-api.ts';

/**
 * The real worker on a device that takes something away: its GPU so many commands after a photo was begun, or the
 * memory beyond so many pages of 64 KiB.
 */
const { gpuAfter, pages, ...options } = JSON.parse(self.name) as {
  readonly gpuAfter?: number;
  readonly pages?: number;
};

let left = Infinity;
if (gpuAfter !== undefined) {
  // As a real GPU: a software one is never chosen by itself.
  const info = { vendor: 'planted', architecture: '', device: '', description: '', isFallbackAdapter: false };
  Object.defineProperty(GPUAdapter.prototype, 'info', { get: () => info });
  const devices: GPUDevice[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own this
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await request.call(this, descriptor);
    devices.push(device);
    return device;
  };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own this
  const submit = GPUQueue.prototype.submit;
  GPUQueue.prototype.submit = function (buffers) {
    if (--left < 0) for (const device of devices) device.destroy();
    return submit.call(this, buffers);
  };
}

if (pages !== undefined) {
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(Memory, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      if ((descriptor.maximum ?? descriptor.initial) > pages) throw new RangeError('planted: out of memory');
      return new Memory(descriptor);
    },
  });
}

const api = createVisionApi(fromWorkerName(JSON.stringify(options)));
expose({
  ...api,
  analyse: (request, onEvent) => {
    left = gpuAfter ?? Infinity;
    return api.analyse(request, onEvent);
  },
} satisfies typeof api);
