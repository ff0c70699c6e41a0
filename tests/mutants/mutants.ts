export interface Mutant {
  /** In core/sync-rules, or from the repository's root where it names folders. */
  readonly file: string;
  /** Occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly means: string;
}

const mutant = (file: string, find: string, replace: string, means: string): Mutant => ({
  file: `${file}.ts`,
  find,
  replace,
  means,
});

/** Plausible mistakes in the rules of keeping and sending, each of which the tests must notice. */
export const MUTANTS: readonly Mutant[] = [
  mutant('sentinel', 'sentinel.seq > head.seq', 'sentinel.seq >= head.seq', 'alarm without a loss'),
  mutant('sentinel', '|| epoch === head.formerEpoch', '', 'the epoch before is taken for a loss'),
  mutant(
    'sentinel',
    'seen.some((sentinel) => !knows',
    'seen.every((sentinel) => !knows',
    'no sentinel is a loss',
  ),
  mutant('new-epoch', "operation.state !== 'acked'", 'true', 'acknowledged operations are numbered again'),
  mutant('new-epoch', ".filter(({ state }) => state !== 'rejected')", '', 'a rejected one is a gap'),
  mutant('new-epoch', '.sort((a, b) => a.seq - b.seq)', '', 'order is lost in a new epoch'),
  mutant('new-epoch', 'seq: place + 1', 'seq: place + 2', 'a new epoch begins with a gap'),
  mutant('apply-operation', 'value !== null', 'value !== undefined', 'removed fields stay'),
  mutant(
    'apply-operation',
    "operation.kind === 'delete'",
    "operation.id === ''",
    'deletions are not replayed',
  ),
  mutant(
    'apply-operation',
    '...record, ...operation.fields',
    '...operation.fields, ...record',
    'old values win',
  ),
  mutant('apply-operation', '=== operation.bodyHash', "!== ''", 'spoiled operations are replayed'),
  mutant('changed-fields', '[name, after[name] ?? null]', '[name, after[name]]', 'removals are not told'),
  mutant('changed-fields', '...Object.keys(before), ', '', 'removed fields are not looked for'),
  mutant('outbox-state', '|| nextAt - now > LONGEST_PAUSE_MS', '', 'stuck after the clock went back'),
  mutant(
    'outbox-state',
    '!isDue(operation, now)) break',
    '!isDue(operation, now)) continue',
    'a gap is sent',
  ),
  mutant('outbox-state', '.sort((a, b) => a.seq - b.seq)', '', 'not first in first out'),
  mutant(
    'outbox-state',
    "state === 'pending')",
    "state !== 'acked')",
    'rejected operations are sent for ever',
  ),
  mutant('outbox-state', 'batch.length > 0 && ', '', 'a large operation is stuck for ever'),
  mutant(
    'outbox-state',
    "if (answer !== 'rejected')",
    "if (answer !== 'duplicate')",
    'duplicates are sent for ever',
  ),
  mutant('outbox-state', 'Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS', '(FIRST_PAUSE_MS', 'pauses of years'),
  mutant(
    'outbox-state',
    "operation.state === 'pending' ? { ...operation, state: obstacle }",
    "operation.state !== 'rejected' ? { ...operation, state: obstacle }",
    'acknowledged operations wait again',
  ),
  mutant(
    'admit',
    'admitted.opId === opId',
    'admitted.epoch === epoch && admitted.seq === seq',
    'acknowledged by number: loses after a restored profile',
  ),
  mutant(
    'admit',
    "same.bodyHash === bodyHash ? 'duplicate' : 'forged'",
    "'duplicate'",
    'another body under the same id is dropped',
  ),
  mutant('admit', "seq === last + 1 ? 'fresh' : 'gap'", "'fresh'", 'gaps are not noticed'),
  mutant(
    'admit',
    "if (ofEpoch.some((admitted) => admitted.seq === seq)) return 'fork';",
    '',
    'a cloned device is not noticed',
  ),
  mutant(
    'merge',
    'return deviceOf({ hlc }) !== deviceOf(by) ||',
    'return true ||',
    'a device is in conflict with itself',
  ),
  mutant('merge', 'version <= (by.base', 'version < (by.base', 'what was seen is in conflict'),
  mutant(
    'merge',
    'if (by.over && opId !== undefined) return by.over[field] !== opId;',
    '',
    'a copy of a device overwrites the other silently',
  ),
  mutant(
    'merge',
    'if (unseen.some(({ replaced }) =>',
    'if (false && unseen.some(({ replaced }) =>',
    'what was replaced stands again when it comes late',
  ),
  mutant(
    'merge',
    '[...unseen, { ...written,',
    '[{ ...written,',
    'the last to arrive wins, the other is lost',
  ),
  mutant(
    'merge',
    '...gone.flatMap((register) => register.replaced ?? []), ',
    '',
    'what was replaced twice over stands again when it comes late',
  ),
  mutant('merge', 'verdicts.at(-1) ?? registers.at(-1)', 'registers.at(-1)', 'a model overrules a person'),
  mutant('merge', 'registers[0]?.value', 'registers.at(-1)?.value', 'facts can be rewritten'),
  mutant(
    'merge',
    '(a.hlc < b.hlc ? -1 : 1)',
    '(a.version < b.version ? -1 : 1)',
    'the order of arrival decides',
  ),
  mutant(
    'merge',
    "const deletions = before.deletions.filter((deletion) => isUnseen(deletion, '*', operation))",
    'const deletions = before.deletions',
    'undo of a deletion is lost',
  ),
  mutant(
    'merge',
    'return !verdicts.some(',
    'return verdicts.length >= 0 || verdicts.some(',
    'a judged finding goes with its proposal',
  ),
  mutant('merge', 'new Set(verdicts).size > 1', 'verdicts.length > 1', 'agreement is called a dispute'),
  mutant(
    'outbox-state',
    "state === 'rejected' && (isOn",
    'false && (isOn',
    'what was refused for its parent is stuck',
  ),
  mutant('compact', 'waiting.has(operation.opId) || ', '', 'what waits for a server leaves the journal'),
  mutant('compact', 'every((field)', 'some((field)', 'fields that were written once are lost'),
  mutant(
    'compact',
    "if (operation.kind === 'delete') written.clear();",
    '',
    'a deletion can no longer be undone after a loss',
  ),
  mutant('compact', '!busy.has(ownerOf(operation))', 'true', 'half an inspection waits without its record'),
  mutant('compact', 'operations.toReversed()', '[...operations]', 'the oldest value stays, not the newest'),
];
