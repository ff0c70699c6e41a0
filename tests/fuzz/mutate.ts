import fc from 'fast-check';

/** Bytes near a good file: some flipped, a piece cut out, doubled or put in. Most are read far before they are refused. */
export function nearby(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const spot = fc.nat({ max: 1_000_000 });
  const change = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: spot, to: fc.nat({ max: 255 }) }),
    fc.record({ kind: fc.constant('cut' as const), at: spot, length: fc.nat({ max: 64 }) }),
    fc.record({ kind: fc.constant('double' as const), at: spot, length: fc.nat({ max: 64 }) }),
    fc.record({ kind: fc.constant('end' as const), at: spot }),
    fc.record({
      kind: fc.constant('number' as const),
      at: spot,
      to: fc.constantFrom(0, 1, 0x7fffffff, 0xffffffff),
    }),
  );
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 8 }))
    .map(([seed, changes]) => {
      let bytes: number[] = [...seed];
      for (const one of changes) {
        const at = bytes.length === 0 ? 0 : one.at % bytes.length;
        if (one.kind === 'flip') bytes[at] = one.to;
        if (one.kind === 'cut') bytes.splice(at, one.length);
        if (one.kind === 'double') bytes.splice(at, 0, ...bytes.slice(at, at + one.length));
        if (one.kind === 'end') bytes = bytes.slice(0, at);
        if (one.kind === 'number')
          for (let n = 0; n < 4; n++) bytes[at + n] = (one.to >>> (24 - 8 * n)) & 255;
      }
      return Uint8Array.from(bytes, (byte) => byte);
    });
}

/** Text near good text, and now and then nothing like it. */
export const nearbyText = (seeds: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: nearby(seeds.map((seed) => new TextEncoder().encode(seed))).map((bytes) =>
        new TextDecoder().decode(bytes),
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  );

/** A JSON value near a good one: members gone, doubled by others' values, or turned into something strange. */
export function nearbyJson(seed: unknown): fc.Arbitrary<unknown> {
  const strange = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      -1,
      0,
      1e308,
      2 ** 53,
      '',
      'x'.repeat(5000),
      [],
      {},
      true,
      '\0',
      '\ud800',
      '../x',
    ),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const places = placesOf(seed);
  return fc
    .array(fc.tuple(fc.constantFrom(...places), strange, fc.boolean()), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const copy: { root: unknown } = { root: structuredClone(seed) };
      for (const [path, value, isRemoved] of changes) {
        let at = copy as unknown as Record<string, unknown>;
        for (const key of path.slice(0, -1)) {
          if (typeof at[key] !== 'object' || at[key] === null) return copy.root;
          at = at[key] as Record<string, unknown>;
        }
        const last = path.at(-1) ?? 'root';
        if (isRemoved) Reflect.deleteProperty(at, last);
        else Object.defineProperty(at, last, { value, enumerable: true, configurable: true, writable: true });
      }
      return copy.root;
    });
}

function placesOf(value: unknown, path: readonly string[] = ['root']): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, member]) => placesOf(member, [...path, key]));
  return [path, ...inside, [...path, '__proto__'], [...path, 'constructor']];
}
