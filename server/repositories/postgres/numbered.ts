/** Statements with lists of any length come in many forms; only so many are kept prepared. */
const MOST_PREPARED = 500;
const known = new Map<string, { readonly text: string; readonly name?: string }>();

/**
 * A statement with `$1` in place of each `?`, and the name under which a connection keeps it prepared. No
 * statement of ours holds a question mark within quotes.
 */
export function numbered(statement: string): { readonly text: string; readonly name?: string } {
  const before = known.get(statement);
  if (before) return before;
  let place = 0;
  const text = statement.replace(/\?/g, () => `$${++place}`);
  if (known.size >= MOST_PREPARED) return { text };
  const made = { text, name: `s${known.size}` };
  known.set(statement, made);
  return made;
}
