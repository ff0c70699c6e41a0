import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';

/**
 * Decodes one foreign photo from standard input and writes a small JPEG of it to standard output, without anything
 * of its metadata. Runs alone in a process that knows nothing and may be killed at any time; see make-preview.ts.
 */
const [side, mostPixels] = process.argv.slice(2).map(Number);
if (side === undefined || mostPixels === undefined) throw new Error('tell the side and the most pixels');
sharp.cache(false);
sharp.concurrency(1);
const preview = await sharp(await buffer(process.stdin), {
  limitInputPixels: mostPixels,
  // The first frame alone, and what can be saved of a file that was cut.
  ...{ pages: 1, failOn: 'none', sequentialRead: true },
})
  .rotate()
  .resize(side, side, { fit: 'inside', withoutEnlargement: true })
  .flatten({ background: '#ffffff' })
  .jpeg({ quality: 80 })
  .toBuffer();
process.stdout.write(preview);
