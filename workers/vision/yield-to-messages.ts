/**
 * Lets messages in that wait for this thread, such as a cancel: a WASM run and what follows it are
 * microtasks only. A message to ourselves comes without the four milliseconds of a nested timer.
 */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
