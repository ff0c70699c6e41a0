import sharp from 'sharp';
import type { Size } from '../../core/contract/geometry.ts';
import type { LabelFailure } from '../../core/evaluate/truth.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';

/** A mask image, row by row: 1 where it is above 127 of 255. It must be as large as its photo. */
export async function readMask(
  file: string,
  photo: Size,
): Promise<Outcome<Uint8Array<ArrayBuffer>, LabelFailure>> {
  try {
    const { data, info } = await sharp(file)
      .removeAlpha()
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.width !== photo.width || info.height !== photo.height) {
      const detail = `${info.width} x ${info.height} px, but the photo has ${photo.width} x ${photo.height}`;
      return fail({ kind: 'bad-labels', file, detail });
    }
    return succeed(Uint8Array.from(data, (value) => (value > 127 ? 1 : 0)));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return fail({ kind: 'bad-labels', file, detail });
  }
}
