import * as v from 'valibot';
import { JournalWriter } from './journal-writer.ts';
import { openFolder, PhotoWriter } from './photo-writer.ts';

/**
 * Only a dedicated worker may flush a file to the disk; that is all that this one is for: photos, and
 * the journal. A message is one call, and brings the port on which its one answer goes back.
 */
const key = v.optional(v.instance(CryptoKey));

export const WriterCall = v.variant('method', [
  v.object({ method: v.literal('open'), folderName: v.string() }),
  v.object({ method: v.literal('stage'), id: v.string(), photo: v.instance(Blob), key }),
  v.object({ method: v.literal('hold') }),
  v.object({ method: v.literal('append'), line: v.string() }),
  v.object({ method: v.literal('rotate') }),
  v.object({ method: v.literal('replace'), names: v.array(v.string()), lines: v.array(v.string()) }),
  v.object({ method: v.literal('keep'), id: v.string(), sidecar: v.string(), key }),
  v.object({
    method: v.literal('convert'),
    name: v.string(),
    isSealing: v.boolean(),
    key: v.instance(CryptoKey),
  }),
]);
export type WriterCall = v.InferOutput<typeof WriterCall>;

/** An error crosses as its name and message: `asStorageFailure` needs no more. */
export type WriterAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly name: string; readonly message: string };

let writers: { readonly photos: PhotoWriter; readonly journal: JournalWriter } | undefined;

async function answer(call: WriterCall): Promise<unknown> {
  if (call.method === 'open') {
    const journal = new JournalWriter(await openFolder(call.folderName));
    writers = { photos: await PhotoWriter.open(call.folderName), journal };
    return undefined;
  }
  if (!writers) throw new Error('the writer was not opened');
  switch (call.method) {
    case 'stage':
      return writers.photos.stage(call.id, call.photo, call.key);
    case 'keep':
      return writers.photos.keep(call.id, call.sidecar, call.key);
    case 'hold':
      return writers.photos.hold();
    case 'append':
      return writers.journal.append(call.line);
    case 'rotate':
      return writers.journal.rotate();
    case 'replace':
      return writers.journal.replace(call.names, call.lines);
    case 'convert':
      return writers.photos.convert(call.name, call.key, call.isSealing);
  }
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
