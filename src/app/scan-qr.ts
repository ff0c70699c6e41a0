import { smallCanvas } from './small-gray.ts';

// lib.dom does not know the Barcode Detection API.
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

const EVERY_MS = 150;
/** Longest side that the library looks at: enough for a code that fills a tenth of the picture. */
const SIDE = 960;

type Look = (video: HTMLVideoElement) => Promise<string | undefined>;

/** Looks for a QR code in a running picture until one is found; the browser's own reader where it has one. */
export async function scanQr(video: HTMLVideoElement, signal: AbortSignal): Promise<string | undefined> {
  const look = (await nativeLook()) ?? (await libraryLook());
  while (!signal.aborted) {
    const found = video.videoWidth > 0 ? await look(video).catch(() => undefined) : undefined;
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return undefined;
}

async function nativeLook(): Promise<Look | undefined> {
  const { BarcodeDetector } = globalThis as { readonly BarcodeDetector?: DetectorClass };
  const formats = await BarcodeDetector?.getSupportedFormats().catch(() => undefined);
  if (!BarcodeDetector || formats?.includes('qr_code') !== true) return undefined;
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
}

async function libraryLook(): Promise<Look> {
  const { default: decodeQr } = await import('qr/decode.js');
  return (video) => {
    const size = { width: video.videoWidth, height: video.videoHeight };
    const { context, width, height } = smallCanvas(video, size, SIDE);
    const { data } = context.getImageData(0, 0, width, height);
    // It throws where there is no code.
    return Promise.resolve().then(() => decodeQr({ width, height, data }));
  };
}
