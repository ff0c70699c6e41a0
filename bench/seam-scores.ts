import { readFile } from 'node:fs/promises';

/** How surely a training photo of wind-blade is a mosaic, 0 to 1, by file name: `score<tab>name` a line. */
export async function readSeamScores(file: string): Promise<ReadonlyMap<string, number>> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [score, name = ''] = line.split('\t');
      return [name, Number(score)];
    }),
  );
}
