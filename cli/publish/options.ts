import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { PublicKey } from '../../core/contract/release.ts';
import { UsageError } from '../options.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const number = v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1));

const NewKey = v.pipe(
  v.object({ 'new-key': text }),
  v.transform((given) => ({ kind: 'new-key' as const, file: given['new-key'] })),
);
const Endorse = v.pipe(
  v.object({ key: text, endorse: PublicKey }),
  v.transform(({ key, endorse }) => ({ kind: 'endorse' as const, key, publicKey: endorse })),
);
const Publish = v.pipe(
  v.object({
    folder: v.string('name the folder of the pack'),
    server: v.pipe(v.string('name the server: --server URL'), v.url('--server is an address')),
    key: v.string('name the key: --key FILE'),
    code: v.optional(text),
    device: v.optional(text),
    trust: v.optional(v.array(PublicKey), []),
    expires: v.optional(
      v.pipe(
        text,
        v.transform((date) => Date.parse(date)),
        v.number('--expires is a date such as 2027-01-31'),
        v.integer('--expires is a date such as 2027-01-31'),
      ),
    ),
    stage: v.optional(v.pipe(number, v.maxValue(100, '--stage is from 1 to 100'))),
    release: v.optional(number),
  }),
  v.transform(({ device, expires, server, ...given }) => ({
    kind: 'publish' as const,
    ...given,
    server: server.endsWith('/') ? server : `${server}/`,
    device: device ?? `${given.key}.device.json`,
    expiresAt: expires,
  })),
);
export type PublishCommand =
  v.InferOutput<typeof NewKey> | v.InferOutput<typeof Endorse> | v.InferOutput<typeof Publish>;

/** Errors: throws UsageError. */
export function parsePublishOptions(args: readonly string[]): PublishCommand {
  const string = { type: 'string' } as const;
  const given = read(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'new-key': string,
        endorse: string,
        ...{ server: string, key: string, code: string, device: string, expires: string, stage: string },
        ...{ release: string, trust: { type: 'string', multiple: true } },
      },
    }),
  );
  const { values, positionals } = given;
  const schema =
    values['new-key'] === undefined ? (values.endorse === undefined ? Publish : Endorse) : NewKey;
  const all = { folder: positionals[0], server: undefined, key: undefined, ...values };
  const parsed = v.safeParse<v.GenericSchema<unknown, PublishCommand>>(schema, all);
  if (parsed.success) return parsed.output;
  throw new UsageError(parsed.issues[0].message);
}

function read<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
