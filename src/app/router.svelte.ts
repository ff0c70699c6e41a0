import { hrefTo, parseRoute, type Route } from './route.ts';

/** Where the visitor stands. Every state is a link, and the browser's back button is the way back. */
export class Router {
  #route = $state.raw<Route>({ kind: 'inspections' });
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
    this.#route = parseRoute(window.location);
    window.addEventListener('hashchange', () => (this.#route = parseRoute(window.location)));
  }

  get route(): Route {
    return this.#route;
  }

  go(route: Route, { replace = false } = {}): void {
    const href = hrefTo(route);
    if (!replace) {
      this.#window.location.hash = href;
      return;
    }
    this.#window.history.replaceState(null, '', href);
    this.#route = route;
  }
}
