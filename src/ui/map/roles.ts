// What a host's role looks like: one icon each.

import type { HostRole } from '../../view/types.ts';
import type { IconName } from '../parts/icons.ts';

export const roleIcons: Record<HostRole, IconName> = {
  laptop: 'laptop',
  desktop: 'desktop',
  phone: 'phone',
  router: 'router',
  mailServer: 'server',
  mx: 'gate',
  mailboxes: 'trays',
  nameServer: 'book',
  resolver: 'signpost',
  forwarder: 'relay',
  mailingList: 'people',
  sender: 'person',
  impostor: 'mask',
  middlebox: 'router',
  webServer: 'split',
  internet: 'globe',
};
