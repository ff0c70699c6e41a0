import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { ModelManifest, PackIndex, type ModelFile } from '../../core/contract/model-manifest.ts';
import { UsageError, type EvaluateAllOptions, type EvaluateOptions } from '../options.ts';
import { PipelineBrowser } from '../pipeline-browser.ts';
import { SETS } from './report-sets.ts';
import { evaluateDataset } from './report.ts';
import { rowsOf, tableOf, writeTable, writtenRows, type Measured } from './table.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DATA = resolve(ROOT, '../shared/data');
const ROUNDS = 1000;

type Way = Partial<Pick<EvaluateOptions, 'runtime' | 'precision'>>;

/** Every pack on its report's data, in the browser; writes the table unless only a part was asked for. */
export async function evaluateAll(options: EvaluateAllOptions, log: (line: string) => void): Promise<number> {
  if (!existsSync(DATA)) throw new UsageError('there is no ../shared/data, which --all evaluates on');
  const packs = await readManifests();
  const chosen = options.only?.split(',') ?? packs.map(({ id }) => id);
  const unknown = chosen.find((id) => !packs.some((pack) => pack.id === id));
  if (unknown !== undefined) throw new UsageError(`--only: there is no pack ${unknown}`);
  const rows: (readonly string[])[] = [];
  let unread = 0;
  for (const pack of packs) {
    if (!chosen.includes(pack.id)) {
      rows.push(...(await writtenRows(pack)));
      continue;
    }
    for (const measured of await measure(pack, options, log)) {
      rows.push(...rowsOf(pack, measured));
      unread += measured.report.unread;
    }
  }
  const table = tableOf(rows);
  console.log(table);
  if (options.limit === undefined) await writeTable(table);
  return unread === 0 ? 0 : 1;
}

/** A pack's sets the way the app would run them, and with `every-file` each of its files for the CPU as well. */
async function measure(
  pack: ModelManifest,
  { limit, 'every-file': everyFile }: EvaluateAllOptions,
  log: (line: string) => void,
): Promise<readonly Measured[]> {
  const found: Measured[] = [];
  const ways: readonly Way[] = everyFile ? pack.files.flatMap(wayOf) : [{}];
  await using browser = await PipelineBrowser.open({ log });
  for (const set of SETS.filter(({ model }) => model === pack.id)) {
    await using open = await set.open(DATA);
    const photos = open.photos.slice(0, limit);
    for (const way of ways) {
      log(`${set.model}: ${photos.length} photos of ${set.name} ${Object.values(way).join(' ')}`);
      const options = { ...open.options, ...way, bootstrap: ROUNDS };
      found.push({ set, report: await evaluateDataset(browser, photos, options, log) });
    }
  }
  return found;
}

const RUNTIME = { onnx: 'onnx-wasm', tflite: 'litert', tfjs: 'tfjs-wasm' } as const;

const wayOf = ({ format, precision, for: devices }: ModelFile): readonly Way[] =>
  devices.includes('wasm') ? [{ runtime: RUNTIME[format], precision }] : [];

async function readManifests(): Promise<readonly ModelManifest[]> {
  const read = async <Schema extends v.GenericSchema>(path: string, schema: Schema) =>
    v.parse(schema, JSON.parse(await readFile(resolve(ROOT, 'models', path), 'utf8')));
  const { packs } = await read('index.json', PackIndex);
  return Promise.all(packs.map(({ manifest }) => read(manifest, ModelManifest)));
}
