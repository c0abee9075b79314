// The worlds that can be opened without a lesson, in the order in which they are shown. Names of `lessons/worlds`; undefined
// is the ordinary sandbox.

import type { PageKey } from '../../text/en/page.ts';
import { routeHref } from '../state/route.svelte.ts';

export interface SandboxWorld {
  readonly world: string | undefined;
  readonly name: PageKey;
  readonly what: PageKey;
}

export const sandboxWorlds: readonly SandboxWorld[] = [
  { world: undefined, name: 'world.sandbox', what: 'world.sandbox.what' },
  { world: 'relays', name: 'world.relays', what: 'world.relays.what' },
  { world: 'transport', name: 'world.transport', what: 'world.transport.what' },
  { world: 'devices', name: 'world.devices', what: 'world.devices.what' },
  { world: 'dns-faults', name: 'world.dns-faults', what: 'world.dns-faults.what' },
];

export function worldHref({ world }: SandboxWorld): string {
  return routeHref(world === undefined ? { screen: 'sandbox' } : { screen: 'sandbox', world });
}
