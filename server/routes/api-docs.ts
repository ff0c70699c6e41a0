import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import { openAPIRouteHandler } from 'hono-openapi';
import type { ApiEnv } from './api-env.ts';

const require = createRequire(import.meta.url);
/** Of swagger-ui-dist; nothing else of the package is served. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Loupe's API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <main id="api"></main>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;
const start = `SwaggerUIBundle({ url: 'openapi.json', validatorUrl: null, domNode: document.getElementById('api') });\n`;

const securitySchemes = {
  device: { type: 'http', scheme: 'DPoP', description: 'Access token of a device, RFC 9449' },
  proof: { type: 'apiKey', in: 'header', name: 'DPoP', description: 'Proof of the device’s key, ES256' },
} as const;

/** The description of all routes of `api`, made from the schemas that they parse by, and a page to read it. */
export function apiDocs(api: Hono<ApiEnv>, version: string): Hono {
  const app = new Hono();
  app.get(
    '/v1/openapi.json',
    openAPIRouteHandler(api, {
      documentation: {
        info: { title: 'Loupe', version, description: 'How devices bring inspections to their office.' },
        components: { securitySchemes },
        security: [{ device: [], proof: [] }],
      },
    }),
  );
  app.get('/v1/docs', (c) => c.html(page));
  app.get('/v1/docs/start.js', (c) =>
    c.body(start, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  for (const [name, mediaType] of Object.entries(FILES)) {
    app.get(`/v1/docs/${name}`, async (c) => {
      const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
      return c.body(new Uint8Array(await readFile(join(folder, name))), 200, { 'Content-Type': mediaType });
    });
  }
  return app;
}
