// Where the reader is: `#/`, `#/lesson/<id>` or `#/sandbox`. Every screen has a link of its own, and the browser's back
// button works.

export type Route =
  | { readonly screen: 'start' }
  | { readonly screen: 'lesson'; readonly id: string }
  | { readonly screen: 'sandbox' };

export function parseRoute(hash: string): Route {
  const [screen, id] = hash.replace(/^#\/?/, '').split('/');
  if (screen === 'sandbox') return { screen };
  if (screen === 'lesson' && id) return { screen, id: decodeURIComponent(id) };
  return { screen: 'start' };
}

export function routeHref(route: Route): string {
  if (route.screen === 'start') return '#/';
  return route.screen === 'sandbox' ? '#/sandbox' : `#/lesson/${encodeURIComponent(route.id)}`;
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
