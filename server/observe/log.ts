import { Unavailable } from '../repositories/database.ts';

export type Log = (line: string) => void;

/** One line of JSON. Routes and statuses only: no address, id, name, or what a request holds. */
export function logLine(event: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ time: new Date().toISOString(), event, ...fields });
}

/**
 * An error without what it may quote: messages of a database name values. Where it happened is enough to find it;
 * what is Unavailable tells of connections and disks, and keeps its message.
 */
export function describeError(error: Error): Readonly<Record<string, unknown>> {
  const code = 'code' in error ? String(error.code) : undefined;
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    error: error.name,
    ...(code !== undefined && { code }),
    ...(error instanceof Unavailable && { message: error.message }),
    at: at.slice(0, 12).map((line) => line.trim()),
    ...(error.cause instanceof Error && { cause: describeError(error.cause) }),
  };
}
