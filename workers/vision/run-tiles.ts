import type { Tile } from '../../core/vision/tiles.ts';
import type { Tensor } from '../runtimes/runtime.ts';
import { yieldToMessages, type CancelPoint } from './cancel-point.ts';
import type { LoadedModel } from './model-loader.ts';
import type { Picture } from './picture.ts';
import type { StageClock } from './stage-clock.ts';

export type Outputs = Readonly<Record<string, Tensor>>;

/** What tiles are read with and run by. */
export type TileRunner = Pick<LoadedModel, 'manifest' | 'reader' | 'gpuReader' | 'session'>;

export function answerOf(outputs: Outputs, name: string): Tensor {
  const answer = outputs[name];
  if (!answer) throw new Error(`the model gave no ${name}`);
  return answer;
}

interface Answered {
  readonly tile: Tile;
  readonly outputs: Outputs;
  readonly at: number;
}

/**
 * Runs the model over tiles of a picture, in their order. While one runs, the next is packed, but for a GPU that
 * packs into the input of the run itself; and there the answer before is read meanwhile. `read` is timed as
 * merging. False where it was cancelled.
 */
export async function runTiles(
  { manifest: { input }, reader, gpuReader, session }: TileRunner,
  picture: Picture,
  tiles: readonly Tile[],
  clock: StageClock,
  cancelPoint: CancelPoint,
  read: (tile: Tile, outputs: Outputs, at: number) => void,
): Promise<boolean> {
  const pack = (at: number) => {
    const tile = tiles[at];
    return tile && clock.time('pack', () => (gpuReader ?? reader).read(picture, tile));
  };
  const merge = ({ tile, outputs, at }: Answered) => clock.time('merge', () => read(tile, outputs, at));
  let tensor = pack(0);
  let answered: Answered | undefined;
  for (const [at, tile] of tiles.entries()) {
    if (!tensor || (await cancelPoint.reached())) return false;
    const running = clock.watch(session.run({ [input.name]: tensor }), gpuReader !== undefined);
    if (gpuReader) {
      // What a run does before it waits for the GPU is a chain of microtasks: it goes first.
      await yieldToMessages();
      if (answered) merge(answered);
    } else tensor = pack(at + 1);
    answered = { tile, outputs: await running, at };
    if (gpuReader) tensor = pack(at + 1);
    else merge(answered);
  }
  if (gpuReader && answered) merge(answered);
  return true;
}
