import { UsageError } from './options.ts';

/**
 * Runs a command line and sets the exit code: what the command returns, 2 for a wrong command line, 1 for
 * anything that failed.
 */
export async function runCommand(
  usage: string,
  command: (args: readonly string[]) => Promise<number>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    return;
  }
  try {
    process.exitCode = await command(args);
  } catch (error) {
    const expected = error instanceof UsageError;
    console.error(error instanceof Error ? error.message : String(error));
    if (expected) console.error(`\n${usage}`);
    else if (process.env['DEBUG']) console.error(error);
    process.exitCode = expected ? 2 : 1;
  }
}
