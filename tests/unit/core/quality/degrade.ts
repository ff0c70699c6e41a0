import sharp, { type Sharp } from 'sharp';
import { grayOf, WORKING_SIDE, type Gray } from '../../../../core/quality/gray.ts';

/** A change done to a small RGBA copy of a photo. */
export type Degrade = (rgba: Buffer, width: number, height: number) => Promise<Buffer> | Buffer;

const decode = (file: string) =>
  sharp(file)
    .rotate()
    .resize(WORKING_SIDE, WORKING_SIDE, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });

const decoded = new Map<string, ReturnType<typeof decode>>();

export async function smallGray(file: string, degrade: Degrade = (rgba) => rgba): Promise<Gray> {
  const known = decoded.get(file) ?? decode(file);
  decoded.set(file, known);
  const { data, info } = await known;
  return grayOf(await degrade(data, info.width, info.height), info.width, info.height);
}

const through =
  (change: (image: Sharp) => Sharp): Degrade =>
  (rgba, width, height) =>
    change(sharp(rgba, { raw: { width, height, channels: 4 } }))
      .raw()
      .toBuffer();

export const gaussian = (sigma: number): Degrade => through((image) => image.blur(sigma));

/** The camera moved `length` pixels in a straight line while the shutter was open. */
export function motion(length: number, degrees: number): Degrade {
  const side = length | 1;
  const kernel = new Array<number>(side * side).fill(0);
  const [dx, dy] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  for (let t = -(side >> 1); t <= side >> 1; t += 0.25) {
    kernel[Math.round((side >> 1) + dy * t) * side + Math.round((side >> 1) + dx * t)] = 1;
  }
  return through((image) => image.convolve({ width: side, height: side, kernel }));
}

/** Exposure shift in stops, in linear light with a gamma of 2.2, clipped as a sensor clips. */
export function exposure(stops: number): Degrade {
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.round(255 * Math.min(1, (value / 255) ** 2.2 * 2 ** stops) ** (1 / 2.2)),
  );
  return (rgba) => Buffer.from(rgba.map((value, index) => (index % 4 === 3 ? value : (table[value] ?? 0))));
}

/** The sun in the gel coat: a Gaussian lobe, saturated in its middle, at a place given in shares. */
export function reflection(sigma: number, atX: number, atY: number): Degrade {
  return (rgba, width, height) => {
    const lit = Buffer.from(rgba);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const squared = (x - atX * width) ** 2 + (y - atY * height) ** 2;
        const light = 600 * Math.exp(-squared / (2 * sigma * sigma));
        for (let channel = 0; channel < 3; channel += 1) {
          const at = (y * width + x) * 4 + channel;
          lit[at] = Math.min(255, (lit[at] ?? 0) + light);
        }
      }
    }
    return lit;
  };
}
