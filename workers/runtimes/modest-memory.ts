/** Pages of 64 KiB: 2 GiB, 1 GiB, 512 MiB. */
const SMALLER = [32_768, 16_384, 8192] as const;

/**
 * onnxruntime-web asks for 4 GiB of shared address space at once, with one thread too, and its failed start
 * sticks. Where the device refuses (iOS, 32-bit), smaller maxima are tried in its place.
 */
export function acceptSmallerMemory(): void {
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(Memory, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      const { initial, maximum } = descriptor;
      const smaller = SMALLER.filter((pages) => pages >= initial && maximum !== undefined && pages < maximum);
      for (const pages of [maximum, ...smaller]) {
        try {
          return new Memory(pages === undefined ? descriptor : { ...descriptor, maximum: pages });
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }
      throw new RangeError('the device gives no memory to WebAssembly');
    },
  });
}
