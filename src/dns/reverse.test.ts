import { describe, expect, it } from 'vitest';
import { reverseNetwork } from './reverse.ts';

describe('the network of a reverse zone', () => {
  it.each([
    ['2.0.192.in-addr.arpa.', '192.0.2.0/24'],
    ['0.192.IN-ADDR.ARPA', '192.0.0.0/16'],
    ['10.2.0.192.in-addr.arpa.', '192.0.2.10/32'],
    ['0/26.2.0.192.in-addr.arpa.', '192.0.2.0/26'],
    ['64/28.2.0.192.in-addr.arpa.', '192.0.2.64/28'],
    ['8.b.d.0.1.0.0.2.ip6.arpa.', '2001:db8::/32'],
    ['0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.', '2001:db8:0:0::/52'],
  ])('%s is %s [S3-006]', (zone, network) => expect(reverseNetwork(zone)).toBe(network));

  it.each(['wolke.example.', '256.0.192.in-addr.arpa.', 'x.0.192.in-addr.arpa.', 'zz.ip6.arpa.', '.'])(
    '%s is none',
    (zone) => expect(reverseNetwork(zone)).toBeUndefined(),
  );
});
