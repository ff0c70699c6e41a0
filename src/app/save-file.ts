/** Hands a file to the person: the browser asks where, or puts it with the downloads. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download reads the URL after this turn; a minute is ample and frees the memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A file that does not exist yet. */
export interface FileTarget {
  /** Errors: rejects where the disk is full or the signal aborts; nothing of the file is kept then. */
  readonly write: (stream: ReadableStream<Uint8Array>, signal: AbortSignal) => Promise<void>;
}

// lib.dom does not know the File System Access API's pickers.
type WithPicker = Window & {
  readonly showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
};

/**
 * Where a large file goes: straight to the disk where the browser lets the person choose the place, else
 * gathered and handed over like any other. Undefined when the person chose none. To be called at once on
 * a tap, since the browser asks only then.
 */
export async function chooseTarget(fileName: string, mediaType: string): Promise<FileTarget | undefined> {
  const picker = (window as WithPicker).showSaveFilePicker;
  if (!picker) {
    return { write: async (stream, signal) => saveFile(await gathered(stream, mediaType, signal), fileName) };
  }
  try {
    const handle = await picker.call(window, { suggestedName: fileName });
    return {
      write: async (stream, signal) => stream.pipeTo(await handle.createWritable(), { signal }),
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}

/** The same for a stream that is ready: false when the person gave up. */
export async function saveStream(
  stream: ReadableStream<Uint8Array>,
  fileName: string,
  mediaType: string,
): Promise<boolean> {
  const target = await chooseTarget(fileName, mediaType);
  await target?.write(stream, new AbortController().signal);
  return target !== undefined;
}

/** Bytes held at once before they become part of a Blob, which browsers may keep on disk. */
const PART_BYTES = 8e6;

async function gathered(
  stream: ReadableStream<Uint8Array>,
  type: string,
  signal: AbortSignal,
): Promise<Blob> {
  let [blob, size] = [new Blob([], { type }), 0];
  let parts: Uint8Array<ArrayBuffer>[] = [];
  const flush = () => {
    blob = new Blob([blob, ...parts], { type });
    [parts, size] = [[], 0];
  };
  const sink = new WritableStream<Uint8Array>({
    write: (chunk) => {
      parts.push(chunk.slice());
      size += chunk.byteLength;
      if (size >= PART_BYTES) flush();
    },
  });
  await stream.pipeTo(sink, { signal });
  flush();
  return blob;
}
