import { Hono } from 'hono';

/**
 * The desk is part of the app, which finds its screens behind the hash; people type the path. What they have behind
 * a hash, such as an invitation, stays there, since the answer has none.
 */
export function deskPage(): Hono {
  const app = new Hono();
  for (const path of ['/desk', '/desk/']) app.get(path, (c) => c.redirect('/?desk', 302));
  return app;
}
