import { hrefTo, parseRoute, type Route } from './route.ts';

/** Where the visitor stands. Every state is a link, and the browser's back button is the way back. */
export class Router {
  #route = $state.raw<Route>({ kind: 'inspections' });
  readonly #window: Window;
  /** Of the address that is shown. */
  #hash: string;

  constructor(window: Window) {
    this.#window = window;
    this.#hash = window.location.hash;
    this.#route = parseRoute(window.location);
    window.addEventListener('hashchange', () => {
      this.#hash = window.location.hash;
      this.#route = parseRoute(window.location);
    });
  }

  get route(): Route {
    return this.#route;
  }

  go(route: Route): void {
    this.#window.location.hash = hrefTo(route);
  }

  /** Says more exactly what is shown; of a screen of that kind which the visitor has just left, nothing. */
  replace(shown: Route['kind'], route: Route): void {
    const { location, history } = this.#window;
    if (this.#route.kind !== shown || location.hash !== this.#hash) return;
    history.replaceState(null, '', hrefTo(route));
    this.#hash = location.hash;
    this.#route = route;
  }
}
