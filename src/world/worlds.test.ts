// What must be true of every world that ships: nothing in it can be mistaken for, or lead to, the real internet.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inNetwork, parseIp } from '../auth/ip.ts';
import { readLessons } from '../build/lessons.ts';
import { isKeyError, readPrivateKeyPem } from '../crypto/keys.ts';
import { parseZone } from '../dns/zone-file.ts';
import type { WorldDescription } from './description.ts';

const all = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url)));
const worlds: readonly (readonly [string, WorldDescription])[] = [
  ...Object.entries(all.worlds),
  ...[...all.bodies.values()].flatMap((body) =>
    body.world === null ? [] : [[body.id, body.world] as const],
  ),
].map(([name, world]) => [name, world as unknown as WorldDescription]);

/** RFC 5737, RFC 2544, RFC 3849, RFC 9637; for inside networks RFC 1918. */
const PUBLIC = [
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '198.18.0.0/15',
  '2001:db8::/32',
  '3fff::/20',
];
const INSIDE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

function within(address: string, networks: readonly string[]): boolean {
  const ip = parseIp(address);
  return (
    ip !== undefined &&
    networks.some((network) => {
      const [base = '', prefix] = network.split('/');
      const start = parseIp(base);
      return start?.version === ip.version && inNetwork(ip, start, Number(prefix));
    })
  );
}

const isFictional = (name: string): boolean =>
  /(^|\.)(example|test)\.?$/i.test(name) || /\.arpa\.?$/i.test(name) || name === '.';

describe.each(worlds)('the world %s', (_name, world) => {
  it('has only addresses that are set aside for documentation [G-07]', () => {
    const addresses = world.hosts.flatMap((host) => host.addresses);
    expect(addresses.length).toBeGreaterThan(5);
    expect(addresses.filter((address) => !within(address, [...PUBLIC, ...INSIDE]))).toEqual([]);
    for (const { zone, text } of world.zones)
      for (const { data } of parseZone(text, zone).records)
        if (data.type === 'A' || data.type === 'AAAA') expect(within(data.address, PUBLIC)).toBe(true);
  });

  it('opens before curves are loaded: certificates have RSA keys', () => {
    const { authorities = [], identities = [], keys = {} } = world;
    for (const { name, key } of [...authorities, ...identities]) {
      const read = readPrivateKeyPem(keys[key] ?? '');
      expect(isKeyError(read) ? 'unreadable' : read.type, name).toBe('rsa');
    }
  });

  it('has only names that nobody can own [G-07]', () => {
    expect(
      world.hosts.map((host) => host.name).filter((name) => name !== 'internet' && !isFictional(name)),
    ).toEqual([]);
    expect(world.zones.map(({ zone }) => zone).filter((zone) => !isFictional(zone))).toEqual([]);
    for (const { zone, text } of world.zones)
      expect(
        parseZone(text, zone)
          .records.map((record) => record.name)
          .filter((name) => !isFictional(name)),
      ).toEqual([]);
  });
});
