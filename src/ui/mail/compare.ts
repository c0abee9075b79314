// What the comparison of devices says beyond the figures: what would be gone if a device were lost. Counted from what each
// device knows of its own messages.

import type { ComparedDevice, MailClientView } from '../../view/mail-client-types.ts';

export type Loss = { readonly kind: 'none' | 'marks' } | { readonly kind: 'some'; readonly n: number };

/** Messages of which, as far as the device knows, it has the only copy; with those that have not gone out yet. */
export function lossOf(device: ComparedDevice, client: MailClientView | undefined): Loss {
  const alone =
    client?.folders.reduce(
      (sum, { messages }) =>
        sum + messages.filter(({ onServer, here }) => !onServer && here === 'whole').length,
      0,
    ) ?? 0;
  const n = alone + (client?.outbox.length ?? 0);
  if (n > 0) return { kind: 'some', n };
  return { kind: device.protocol === 'pop3' && device.listed > 0 ? 'marks' : 'none' };
}
