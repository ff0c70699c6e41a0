import fc from 'fast-check';
import * as v from 'valibot';
import { CocoLabels } from '../../core/contract/coco-labels.ts';
import { wrongField, wrongRecord } from '../../core/contract/operation-fields.ts';
import { ModelManifest } from '../../core/contract/model-manifest.ts';
import { readRelease } from '../../core/contract/release.ts';
import { SentOperation, ServerRow } from '../../core/contract/sync.ts';
import { canonicalJson } from '../../core/domain/canonical-json.ts';
import { operationBody } from '../../core/domain/operation.ts';
import { readCoco } from '../../core/evaluate/parse-coco.ts';
import { importAssets } from '../../core/import/assets.ts';
import { readExif } from '../../core/vision/exif.ts';
import { readImageHeader } from '../../core/vision/image-header.ts';
import { readBundle } from '../../src/app/bundle/read-bundle.ts';
import { authError } from '../../src/sync/auth-error.ts';
import type { Seeds } from './seeds.ts';
import { nearby, nearbyJson, nearbyText } from './mutate.ts';

/** One parser: what it is given, and what must hold of what it makes of it. What it throws is a finding. */
export interface Target {
  readonly name: string;
  readonly property: fc.IRawProperty<unknown>;
}

const target = <Value>(
  name: string,
  input: fc.Arbitrary<Value>,
  run: (value: Value) => void | Promise<void>,
): Target => ({ name, property: fc.asyncProperty(input, async (value) => run(value)) });

const isTrue = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

/** Every parser of what comes from outside. */
export function targets(seeds: Seeds): readonly Target[] {
  return [
    target('image header', nearby(seeds.images), (bytes) => {
      const header = readImageHeader(bytes);
      if (header.format === 'unknown') return;
      const { width, height } = header;
      for (const side of [width, height]) isTrue(side === undefined || side >= 0, `a side of ${side}`);
    }),
    target('EXIF', nearby(seeds.images), (bytes) => void readExif(bytes)),
    target('model manifest', nearbyJson(seeds.manifest), (raw) => {
      const parsed = v.safeParse(ModelManifest, raw);
      if (!parsed.success) return;
      const paths = parsed.output.files.map(({ path }) => path);
      isTrue(!paths.some((path) => path.includes('..') || path.startsWith('/')), `a path ${paths.join()}`);
    }),
    target('release of a pack', nearbyText(seeds.release), (text) => {
      const release = readRelease(text);
      if (release) isTrue(canonicalJson(release) === text, `another text than ${text}`);
    }),
    target('bundle', nearby([seeds.bundle]), async (bytes) => {
      await readBundle(new Blob([bytes]));
    }),
    target('asset list, CSV', nearbyText(seeds.csv), (text) => void importAssets(text)),
    target('asset list, GeoJSON', nearbyText(seeds.geojson), (text) => void importAssets(text)),
    target('COCO labels', nearbyJson(seeds.coco), (raw) => {
      const parsed = v.safeParse(CocoLabels, raw);
      if (parsed.success) readCoco(parsed.output, () => 0, 'labels.json');
    }),
    target('operation', nearbyJson(seeds.operation), (raw) => {
      const parsed = v.safeParse(SentOperation, raw);
      if (!parsed.success) return;
      const { entity, fields } = parsed.output;
      wrongField(parsed.output);
      wrongRecord(entity, fields);
      // Deeper than a record is: said by throwing, and taken for a refusal.
      quietly(() => operationBody(parsed.output), TypeError);
    }),
    target('row of the server', nearbyJson(seeds.row), (raw) => void v.safeParse(ServerRow, raw)),
    target('WWW-Authenticate', nearbyText(['DPoP algs="ES256", error="use_dpop_nonce"']), (text) => {
      authError(text);
    }),
    target('body of a push', nearbyJson({ protocol: 1, operations: [seeds.operation] }), async (raw) => {
      const response = await seeds.device.request('/v1/push', {
        method: 'POST',
        body: JSON.stringify(raw),
      });
      isTrue([200, 400, 409, 413, 422].includes(response.status), `answered ${response.status}`);
    }),
    target(
      'body of a push, as bytes',
      nearbyText([JSON.stringify({ protocol: 1, operations: [seeds.operation] })]),
      async (body) => {
        const response = await seeds.device.request('/v1/push', { method: 'POST', body });
        isTrue([200, 400, 409, 413, 422].includes(response.status), `answered ${response.status}`);
      },
    ),
    target('cursor', nearbyText([seeds.cursor]), async (cursor) => {
      const response = await seeds.device.request(
        `/v1/changes?cursor=${encodeURIComponent(Buffer.from(cursor).toString())}`,
      );
      isTrue([200, 400, 410].includes(response.status), `answered ${response.status}`);
    }),
    target(
      'headers of tus',
      fc.record({
        length: header('12'),
        metadata: header(seeds.metadata),
        offset: header('0'),
        version: header('1.0.0'),
      }),
      async (said) => {
        const headers = {
          ...{ 'Upload-Length': said.length, 'Upload-Metadata': said.metadata, 'Upload-Offset': said.offset },
          'Tus-Resumable': said.version,
        };
        for (const [method, path] of [
          ['POST', '/v1/uploads'],
          ['PATCH', '/v1/uploads/x'],
          ['HEAD', '/v1/uploads/..%2fx'],
        ] as const) {
          const { status } = await seeds.device.request(path, { method, headers });
          isTrue(status < 500, `${method} answered ${status}`);
        }
      },
    ),
    target('proof', header(seeds.proof), async (proof) => {
      const headers = { DPoP: proof, Authorization: `DPoP ${seeds.device.access}` };
      const { status } = await seeds.device.server.app.request('/v1/changes', { headers });
      // Only the very proof lets somebody in, and it was used.
      isTrue(status === 401, `answered ${status}`);
    }),
    target('access token', header(seeds.device.access), async (token) => {
      const isSame = token === seeds.device.access;
      const headers = await seeds.device.signed('GET', '/v1/changes', token);
      const { status } = await seeds.device.server.app.request('/v1/changes', { headers });
      isTrue(isSame || status === 401, `answered ${status}`);
    }),
  ];
}

/** What a header can hold at all: Latin letters and signs, no line ends. */
const header = (seed: string): fc.Arbitrary<string> =>
  nearbyText([seed]).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '').trim());

function quietly(work: () => unknown, ...expected: readonly (new (...args: never[]) => Error)[]): void {
  try {
    work();
  } catch (error) {
    if (!expected.some((kind) => error instanceof kind)) throw error;
  }
}
