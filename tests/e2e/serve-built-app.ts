import type { TestProject } from 'vitest/node';
import { buildIfNeeded } from '../../cli/build-if-needed.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { createApp } from '../../server/app.ts';
import { listen } from '../../server/listen.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly appUrl: string;
    readonly appDist: string;
  }
}

/** The built app behind the real server on a free port, for every e2e test. */
export default async function serveBuiltApp(project: TestProject): Promise<() => Promise<void>> {
  const dist = await buildIfNeeded((line) => console.error(line));
  const server = await listen(createApp({ dist, version: packageJson.version }), 0);
  project.provide('appUrl', server.url);
  project.provide('appDist', dist);
  return () => server.stop(0);
}
