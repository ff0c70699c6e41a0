import * as v from 'valibot';
import { PhotoWriter } from './photo-writer.ts';

/**
 * Only a dedicated worker may flush a file to the disk; that is all that this one is for. A message is
 * one call, and brings the port on which its one answer goes back.
 */
export const WriterCall = v.variant('method', [
  v.object({ method: v.literal('open'), folderName: v.string() }),
  v.object({ method: v.literal('stage'), id: v.string(), photo: v.instance(Blob) }),
  v.object({ method: v.literal('hold') }),
  v.object({ method: v.literal('keep'), id: v.string(), sidecar: v.string() }),
]);
export type WriterCall = v.InferOutput<typeof WriterCall>;

/** An error crosses as its name and message: `asStorageFailure` needs no more. */
export type WriterAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly name: string; readonly message: string };

let writer: PhotoWriter | undefined;

async function answer(call: WriterCall): Promise<unknown> {
  if (call.method === 'open') {
    writer = await PhotoWriter.open(call.folderName);
    return undefined;
  }
  if (!writer) throw new Error('the photo writer was not opened');
  if (call.method === 'hold') return writer.hold();
  return call.method === 'stage' ? writer.stage(call.id, call.photo) : writer.keep(call.id, call.sidecar);
}

addEventListener('message', (event: MessageEvent<unknown>) => {
  const [port] = event.ports;
  const reply = (answered: WriterAnswer): void => port?.postMessage(answered);
  answer(v.parse(WriterCall, event.data)).then(
    (value) => reply({ ok: true, value }),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      reply({ ok: false, name, message });
    },
  );
});
