import binaryUrl from 'libheif-js/libheif-wasm/libheif.wasm?url';
import type { MainModule } from 'libheif-js/libheif-wasm/libheif.js';

let library: Promise<MainModule> | undefined;

/** A decoded picture as libheif hands it over: rows of RGBA, each `stride` bytes long. */
interface Channel {
  readonly id: unknown;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly data: Uint8Array;
}

/**
 * The main picture of a HEIC file, turned as the file says, by libheif (LGPL-3.0, a file of its own that is
 * loaded by the first such photo). Throws where the file cannot be decoded.
 */
export async function decodeHeic(photo: Blob): Promise<ImageBitmap> {
  const [heif, bytes] = await Promise.all([loadLibrary(), photo.arrayBuffer()]);
  return createImageBitmap(pixelsOf(heif, new Uint8Array(bytes)));
}

function pixelsOf(heif: MainModule, bytes: Uint8Array): ImageData {
  const context = heif.heif_context_alloc();
  try {
    const read = heif.heif_context_read_from_memory(context, bytes);
    if (read.code !== heif.heif_error_code.heif_error_Ok) throw new Error(messageIn(read));
    const handle: unknown = heif.heif_js_context_get_primary_image_handle(context);
    const decoded = heif.heif_js_decode_image2(
      handle as Parameters<MainModule['heif_js_decode_image2']>[0],
      heif.heif_colorspace.heif_colorspace_RGB,
      heif.heif_chroma.heif_chroma_interleaved_RGBA,
    ) as { readonly channels?: readonly Channel[]; readonly image?: unknown };
    const channel = decoded.channels?.[0];
    if (!channel) throw new Error(messageIn(decoded));
    try {
      return new ImageData(packedRows(channel), channel.width, channel.height);
    } finally {
      heif.heif_image_release(decoded.image as Parameters<MainModule['heif_image_release']>[0]);
      heif.heif_image_handle_release(handle as Parameters<MainModule['heif_image_handle_release']>[0]);
    }
  } finally {
    heif.heif_context_free(context);
  }
}

/** Rows without what pads them, in memory of their own. */
function packedRows({ width, height, stride, data }: Channel): Uint8ClampedArray<ArrayBuffer> {
  const row = width * 4;
  const packed = new Uint8ClampedArray(row * height);
  for (let y = 0; y < height; y++) packed.set(data.subarray(y * stride, y * stride + row), y * row);
  return packed;
}

const messageIn = (answer: unknown): string =>
  typeof answer === 'object' && answer !== null && 'message' in answer
    ? String(answer.message)
    : 'libheif found no picture in the file';

function loadLibrary(): Promise<MainModule> {
  library ??= open().catch((error: unknown) => {
    library = undefined;
    throw error;
  });
  return library;
}

async function open(): Promise<MainModule> {
  const [{ default: create }, answer] = await Promise.all([
    import('libheif-js/libheif-wasm/libheif.js'),
    fetch(new URL(binaryUrl, self.location.href)),
  ]);
  if (!answer.ok) throw new Error(`the HEIC decoder could not be fetched: ${answer.status}`);
  return create({ wasmBinary: await answer.arrayBuffer() });
}
