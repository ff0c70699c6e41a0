import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { problem } from '../problem.ts';
import { RateLimit, type Rate } from '../services/rate-limit.ts';
import type { ApiEnv } from './api-env.ts';

export interface Limits {
  /** Of one device, whatever it asks. */
  readonly device: Rate;
  /** Of one address, for what needs no token. A whole office may be behind one. */
  readonly address: Rate;
  /** Of one address: codes and tokens that were wrong. */
  readonly wrong: Rate;
  /** Proxies in front of this server whose X-Forwarded-For is believed. */
  readonly proxies: number;
}

export const LIMITS: Limits = {
  device: { burst: 600, perS: 50 },
  address: { burst: 1000, perS: 50 },
  wrong: { burst: 20, perS: 0.2 },
  proxies: 0,
};

function tooMany(c: Context, seconds: number): Response {
  c.header('Retry-After', String(seconds));
  return problem(c, 429, 'Too many requests', `Try again in ${seconds} s.`);
}

/** Stands before what needs no token. */
export function limitAddress({ address, wrong, proxies }: Limits, now: () => number): MiddlewareHandler {
  const [all, failed] = [new RateLimit(address), new RateLimit(wrong)];
  return async (c, next) => {
    const from = addressOf(c, proxies);
    // In process there is no address.
    if (from === undefined) return next();
    const wait = Math.max(all.take(from, now()), failed.wait(from, now()));
    if (wait > 0) return tooMany(c, wait);
    await next();
    // Who is sent a nonce has done nothing wrong but to have a clock.
    const isWrong = [401, 403].includes(c.res.status) && !c.res.headers.has('DPoP-Nonce');
    if (isWrong) failed.take(from, now());
  };
}

/** Stands behind `requireDevice`. */
export function limitDevice({ device }: Limits, now: () => number): MiddlewareHandler<ApiEnv> {
  const limit = new RateLimit(device);
  return async (c, next) => {
    const { tenant, device: id } = c.var.who;
    const wait = limit.take(`${tenant} ${id}`, now());
    return wait > 0 ? tooMany(c, wait) : next();
  };
}

/** What a client writes into X-Forwarded-For stands before what our proxies add to it. */
function addressOf(c: Context, proxies: number): string | undefined {
  if (!c.env || !('incoming' in (c.env as object))) return undefined;
  if (proxies === 0) return getConnInfo(c).remote.address;
  const hops = (c.req.header('X-Forwarded-For') ?? '').split(',').map((hop) => hop.trim());
  return hops.at(-proxies) ?? getConnInfo(c).remote.address;
}
