// Where the reader is: `#/`, `#/lesson/<id>`, `#/sandbox` or `#/sandbox/<world>`. Every screen has a link of its own, and the browser's back
// button works.

export type Route =
  | { readonly screen: 'start' }
  /** A message of the reader's own. */
  | { readonly screen: 'check' }
  | { readonly screen: 'lesson'; readonly id: string }
  /** `world` names one of `lessons/worlds`; absent: the first. */
  | { readonly screen: 'sandbox'; readonly world?: string };

export function parseRoute(hash: string): Route {
  const [screen, id] = hash.replace(/^#\/?/, '').split('/');
  if (screen === 'sandbox') return id ? { screen, world: decodeURIComponent(id) } : { screen };
  if (screen === 'lesson' && id) return { screen, id: decodeURIComponent(id) };
  if (screen === 'check') return { screen };
  return { screen: 'start' };
}

export function routeHref(route: Route): string {
  if (route.screen === 'start') return '#/';
  if (route.screen === 'check') return '#/check';
  if (route.screen === 'lesson') return `#/lesson/${encodeURIComponent(route.id)}`;
  return route.world === undefined ? '#/sandbox' : `#/sandbox/${encodeURIComponent(route.world)}`;
}

class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.route = parseRoute(location.hash);
    });
  }

  go(route: Route): void {
    location.hash = routeHref(route);
  }
}

export const router = new Router();
