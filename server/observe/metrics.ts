import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Seconds: from a cached answer to a large upload. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What one node counts, for Prometheus. Labels are routes and statuses, never ids or names. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #seconds: Histogram<'route'>;
  readonly #failures: Counter<'kind'>;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Counter({
      name: 'loupe_http_requests_total',
      help: 'Requests by method, route and status',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'loupe_http_request_seconds',
      help: 'Time to the answer by route',
      labelNames: ['route'],
      buckets: SECONDS,
      registers,
    });
    this.#failures = new Counter({
      name: 'loupe_failures_total',
      help: 'Requests that were not carried out: unavailable (database or object store), or broken (ours)',
      labelNames: ['kind'],
      registers,
    });
  }

  request(method: string, route: string, status: number, ms: number): void {
    this.#requests.inc({ method, route, status });
    this.#seconds.observe({ route }, ms / 1000);
  }

  failure(kind: 'unavailable' | 'broken'): void {
    this.#failures.inc({ kind });
  }
}
