import { beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeId } from '../../../core/contract/runtime.ts';
import type { Runtime, Session } from '../../../workers/runtimes/runtime.ts';

const bytesOf = async (path: string): Promise<Uint8Array<ArrayBuffer>> => {
  const response = await fetch(`/tests/fixtures/packs/${path}`);
  return new Uint8Array(await response.arrayBuffer());
};

type Parts = readonly [model: Uint8Array<ArrayBuffer>, weights?: Uint8Array<ArrayBuffer>];

const modelOf = async (pack: string, id: RuntimeId): Promise<Parts> => {
  const folder = `${pack}/1.0.0`;
  if (id === 'litert') return [await bytesOf(`${folder}/model.tflite`)];
  if (!id.startsWith('tfjs')) return [await bytesOf(`${folder}/model.onnx`)];
  return [await bytesOf(`${folder}/tfjs/model.json`), await bytesOf(`${folder}/tfjs/weights.bin`)];
};

const SIDE = 64;
const images = (value: number) => ({
  images: { shape: [1, 3, SIDE, SIDE], data: new Float32Array(3 * SIDE * SIDE).fill(value) },
});

/** What every runtime must do; see tests/fixtures/packs/make_packs.py for the models. */
export function describeRuntime(id: RuntimeId, variant: string, open: () => Promise<Runtime>): void {
  describe(`${id}, ${variant}`, () => {
    let runtime: Runtime;
    let squares: Session;
    beforeAll(async () => {
      runtime = await open();
      squares = await runtime.create(...(await modelOf('tiny-squares', id)));
    });

    it('tells the shapes and types of a model', () => {
      expect(runtime.id).toBe(id);
      expect(squares.inputs).toEqual([{ name: 'images', type: 'float32', shape: [1, 3, SIDE, SIDE] }]);
      expect(squares.outputs).toEqual([{ name: 'output', type: 'float32', shape: [1, 64, 6] }]);
    });

    it('runs it', async () => {
      const { output } = await squares.run(images(1));
      expect(output?.shape).toEqual([1, 64, 6]);
      expect(Array.from(output?.data.slice(0, 6) ?? [])).toEqual([0.5, 0.5, 0, 0, expect.closeTo(1, 4), 1]);
      const dark = await squares.run(images(0));
      expect(dark['output']?.data[4]).toBeCloseTo(0, 4);
    });

    it('keeps overlapping creates and runs apart', async () => {
      const parts = await modelOf('tiny-mask', id);
      const brightness = [0, 0.25, 0.5, 0.75, 1];
      const [mask, ...answers] = await Promise.all([
        runtime.create(...parts),
        ...brightness.map((value) => squares.run(images(value))),
      ]);
      const objectness = answers.map(({ output }) => (output?.data[4] ?? NaN).toFixed(3));
      expect(objectness).toEqual(brightness.map((value) => sigmoid(40 * (value - 0.5)).toFixed(3)));
      const [bright, other] = await Promise.all([mask.run(images(1)), squares.run(images(1))]);
      expect(bright['output']?.shape).toEqual([1, 1, 32, 32]);
      expect(bright['output']?.data[500]).toBeCloseTo(10, 3);
      expect(other['output']?.data[4]).toBeCloseTo(1, 3);
      await mask.dispose();
    });

    it('rejects what is no model, and goes on', async () => {
      await expect(runtime.create(new Uint8Array([1, 2, 3, 4]))).rejects.toThrow();
      const [model, weights] = await modelOf('tiny-squares', id);
      await expect(runtime.create(model.slice(0, model.length - 20), weights)).rejects.toThrow();
      if (weights) await expect(runtime.create(model, weights.slice(4))).rejects.toThrow();
      expect((await squares.run(images(1)))['output']?.data[4]).toBeCloseTo(1, 3);
    });

    it('rejects an input of the wrong shape, and goes on', async () => {
      const wrong = { images: { shape: [1, 3, 8, 8], data: new Float32Array(3 * 64) } };
      await expect(squares.run(wrong)).rejects.toThrow();
      expect((await squares.run(images(1)))['output']?.data[4]).toBeCloseTo(1, 3);
    });
  });
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
