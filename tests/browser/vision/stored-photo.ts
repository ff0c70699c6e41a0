import { withOrientation } from './exif-jpeg.ts';

export const UPRIGHT = { width: 60, height: 40 };
export const SQUARE = { x: 8, y: 8, width: 16, height: 8 };

/** From an upright point to where the camera stored it, by EXIF orientation, for an upright photo of 60 x 40. */
const STORED: Readonly<Record<number, DOMMatrixInit>> = {
  1: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 },
  2: { a: -1, b: 0, c: 0, d: 1, e: 60, f: 0 },
  3: { a: -1, b: 0, c: 0, d: -1, e: 60, f: 40 },
  4: { a: 1, b: 0, c: 0, d: -1, e: 0, f: 40 },
  5: { a: 0, b: 1, c: 1, d: 0, e: 0, f: 0 },
  6: { a: 0, b: -1, c: 1, d: 0, e: 0, f: 60 },
  7: { a: 0, b: -1, c: -1, d: 0, e: 40, f: 60 },
  8: { a: 0, b: 1, c: -1, d: 0, e: 40, f: 0 },
};

/** A black photo with a white square, stored as a camera held that way stores it. */
export async function storedPhoto(orientation: number): Promise<Blob> {
  const turned = orientation >= 5;
  const canvas = new OffscreenCanvas(turned ? 40 : 60, turned ? 60 : 40);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(STORED[orientation]);
  context.fillStyle = 'white';
  context.fillRect(SQUARE.x, SQUARE.y, SQUARE.width, SQUARE.height);
  return withOrientation(await canvas.convertToBlob({ type: 'image/jpeg', quality: 1 }), orientation);
}
