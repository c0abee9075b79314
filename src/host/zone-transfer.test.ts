import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLatin1 } from '../base/bytes.ts';
import { encodeMessage } from '../dns/wire.ts';
import { notifyMessage } from '../dns/zone-transfer.ts';
import { schedule } from '../net/queue.ts';
import { callFromOutside, type Machine } from './kernel.ts';
import { eventsOf, pass, settle, testMachine, TestTerminal } from './testing/machine.ts';

const ZONE = 'wolke.example.';
const PRIMARY = 'ns1.wolke.example';
const SECOND = 'ns2.wolke.example';
const zone = (serial: number, address: string): string =>
  `$TTL 600\n@ SOA ns1 hostmaster ${serial} 3600 600 86400 60\n@ NS ns1\n@ NS ns2\nns1 A 192.0.2.10\nns2 A 192.0.2.11\nmail A ${address}\n`;

function lab(options: { allowed?: boolean; text?: string } = {}): { machine: Machine; ask: Ask } {
  const { allowed = true, text = zone(5, '192.0.2.25') } = options;
  const machine = testMachine([
    {
      name: PRIMARY,
      addresses: ['192.0.2.10'],
      programs: [
        [
          'named',
          'nameServer',
          { zones: [{ zone: ZONE, text }], ...(allowed ? { secondaries: ['192.0.2.11'] } : {}) },
        ],
      ],
    },
    {
      name: SECOND,
      addresses: ['192.0.2.11'],
      programs: [['named', 'nameServer', { zones: [], copies: [{ zone: ZONE, primaries: ['192.0.2.10'] }] }]],
    },
    { name: 'laptop', addresses: ['192.0.2.20'] },
  ]);
  const terminal = new TestTerminal(machine, 'laptop');
  const ask = (server: string): string => terminal.run(`dig +short @${server} mail.wolke.example A`).trim();
  return { machine, ask };
}
type Ask = (server: string) => string;

function publish(machine: Machine, text: string): void {
  callFromOutside(machine, PRIMARY, 'named', { type: 'reload', zone: ZONE, text }, undefined);
  settle(machine);
}
const copies = (machine: Machine): object[] =>
  eventsOf(machine, 'zone.copy').map(({ what, serial, offered, why }) =>
    JSON.parse(JSON.stringify({ what, serial, offered, why })),
  );
function setLink(machine: Machine, host: string, up: boolean): void {
  for (const link of machine.state.net.links) if (link.a === host) link.up = up;
}

describe('a secondary name server', () => {
  it('fetches the zone at its start and answers with authority [S3-007]', () => {
    const { machine, ask } = lab();
    expect(copies(machine)).toEqual([{ what: 'transferred', serial: 5 }]);
    expect(ask('192.0.2.11')).toBe('192.0.2.25');
    const terminal = new TestTerminal(machine, 'laptop');
    expect(terminal.run('dig @192.0.2.11 mail.wolke.example')).toContain(';; flags: qr aa rd;');
    expect(new TestTerminal(machine, SECOND).run('cat /var/cache/bind/db.wolke.example')).toMatch(
      /SOA +ns1\.wolke\.example\. hostmaster\.wolke\.example\. 5 3600 600 86400 60\n/,
    );
  });

  it('has the change at once when the serial was raised, and the old data when that was forgotten [S3-007]', () => {
    const { machine, ask } = lab();
    publish(machine, zone(6, '192.0.2.26'));
    expect([ask('192.0.2.10'), ask('192.0.2.11')]).toEqual(['192.0.2.26', '192.0.2.26']);
    publish(machine, zone(6, '192.0.2.27'));
    expect([ask('192.0.2.10'), ask('192.0.2.11')]).toEqual(['192.0.2.27', '192.0.2.26']);
    publish(machine, zone(4, '192.0.2.28'));
    expect([ask('192.0.2.10'), ask('192.0.2.11')]).toEqual(['192.0.2.28', '192.0.2.26']);
    // Nor does time heal it: every refresh finds the same serial.
    pass(machine, 2 * 3_600_000);
    expect(ask('192.0.2.11')).toBe('192.0.2.26');
    expect(copies(machine).slice(0, 4)).toEqual([
      { what: 'transferred', serial: 5 },
      { what: 'transferred', serial: 6 },
      { what: 'current', serial: 6, offered: 6 },
      { what: 'current', serial: 6, offered: 4 },
    ]);
    publish(machine, zone(7, '192.0.2.29'));
    expect(ask('192.0.2.11')).toBe('192.0.2.29');
  });

  it('stands out under host -C when its serial is an older one [S3-007] [S3-031]', () => {
    const glue = ['ns1', 'ns2']
      .map((ns, i) => `wolke.example NS ${ns}.wolke.example\n${ns}.wolke.example A 192.0.2.1${i}\n`)
      .join('');
    const text = `$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\n${glue}`;
    const machine = testMachine([
      {
        name: 'ns',
        addresses: ['192.0.2.1'],
        programs: [['named', 'nameServer', { zones: [{ zone: '.', text }] }]],
      },
      ...['192.0.2.10', '192.0.2.11'].map((address, i) => ({
        name: `ns${i + 1}.wolke.example`,
        addresses: [address],
        programs: [
          ['named', 'nameServer', { zones: [{ zone: ZONE, text: zone(6 - i, '192.0.2.25') }] }] as const,
        ],
      })),
      {
        name: 'resolver',
        addresses: ['192.0.2.53'],
        programs: [['unbound', 'resolver', { roots: [{ name: 'ns.', address: '192.0.2.1' }] }]],
      },
      {
        name: 'laptop',
        addresses: ['192.0.2.20'],
        programs: [['libresolv', 'libresolv', { nameservers: ['192.0.2.53'] }]],
      },
    ]);
    const said = new TestTerminal(machine, 'laptop').run('host -C wolke.example');
    expect(said.match(/ (\d) 3600 600 86400 60/g)).toEqual([' 6 3600 600 86400 60', ' 5 3600 600 86400 60']);
  });

  it('counts serials in a circle [S3-007]', () => {
    const { machine, ask } = lab({ text: zone(4294967295, '192.0.2.25') });
    publish(machine, zone(3, '192.0.2.26'));
    expect(ask('192.0.2.11')).toBe('192.0.2.26');
  });

  it('asks by itself after the refresh time, and after the retry time when nobody answered [S3-007]', () => {
    const { machine, ask } = lab();
    setLink(machine, SECOND, false);
    publish(machine, zone(6, '192.0.2.26'));
    pass(machine, 3_600_000 + 20_000);
    expect(copies(machine).at(-1)).toEqual({ what: 'failed', why: 'timed out' });
    setLink(machine, SECOND, true);
    expect(ask('192.0.2.11')).toBe('192.0.2.25');
    pass(machine, 601_000);
    expect(ask('192.0.2.11')).toBe('192.0.2.26');
  });

  it('stops answering when the zone has not been confirmed for the expiry time [S3-007]', () => {
    const { machine } = lab();
    setLink(machine, PRIMARY, false);
    pass(machine, 86_300_000);
    const terminal = new TestTerminal(machine, 'laptop');
    expect(terminal.run('dig @192.0.2.11 mail.wolke.example')).toContain('status: NOERROR');
    pass(machine, 100_000);
    expect(terminal.run('dig @192.0.2.11 mail.wolke.example')).toContain('status: SERVFAIL');
    expect(copies(machine)).toContainEqual({ what: 'expired' });
  });

  it('gets nothing from a server that does not allow it, and says so [S3-007]', () => {
    const { machine } = lab({ allowed: false });
    expect(copies(machine)).toEqual([{ what: 'failed', why: 'REFUSED' }]);
    const terminal = new TestTerminal(machine, SECOND);
    expect(terminal.run('dig @192.0.2.10 wolke.example AXFR')).toContain('; Transfer failed.');
  });

  it('gives the whole zone, from SOA to SOA, to those who may have it [S3-007]', () => {
    const { machine } = lab();
    const lines = new TestTerminal(machine, SECOND)
      .run('dig @192.0.2.10 wolke.example AXFR')
      .split('\n')
      .filter((line) => /\tIN\t/.test(line));
    expect(lines.length).toBe(7);
    expect([lines[0], lines.at(-1)].every((line) => line?.includes('\tSOA\t'))).toBe(true);
    expect(new TestTerminal(machine, 'laptop').run('dig @192.0.2.10 wolke.example AXFR')).toContain('failed');
  });

  it('transfers zones of many messages unharmed [S3-007]', () => {
    const many = Array.from({ length: 1500 }, (_, i) => `h${i} TXT "${'x'.repeat(80)}${i}"\n`).join('');
    const { machine } = lab({ text: zone(5, '192.0.2.25') + many });
    const terminal = new TestTerminal(machine, 'laptop');
    expect(terminal.run('dig +short @192.0.2.11 h1499.wolke.example TXT')).toContain('x1499"');
  });

  it('believes a NOTIFY of its primary only [S3-007]', () => {
    const { machine } = lab();
    const notify = fromLatin1(encodeMessage(notifyMessage(7, ZONE, undefined)));
    const before = machine.trace.length;
    inject(machine, '192.0.2.20', notify);
    expect(eventsOf(machine, 'zone.copy', before)).toEqual([]);
    expect(eventsOf(machine, 'dns.served', before).map((event) => event.status)).toEqual(['REFUSED']);
    inject(machine, '192.0.2.10', notify);
    expect(eventsOf(machine, 'zone.copy', before)).toMatchObject([
      { what: 'current', serial: 5, offered: 5 },
    ]);
  });

  it('survives whatever its primary sends, and its states stay plain data [G-13]', () => {
    const { machine, ask } = lab();
    const answer = fromLatin1(encodeMessage(notifyMessage(7, ZONE, undefined)));
    fc.assert(
      fc.property(fc.nat(answer.length - 1), fc.nat(255), fc.nat(255), (at, code, high) => {
        const bytes = answer.slice(0, at) + String.fromCharCode(code) + answer.slice(at + 1);
        inject(machine, '192.0.2.10', bytes.slice(0, 2) + String.fromCharCode(high) + bytes.slice(3));
      }),
      { numRuns: 300 },
    );
    structuredClone(machine.state);
    expect(ask('192.0.2.11')).toBe('192.0.2.25');
  });
});

/** Lets a datagram arrive at the secondary as if that address had sent it. */
function inject(machine: Machine, from: string, bytes: string): void {
  const { net } = machine.state;
  schedule(net.queue, net.now, true, undefined, {
    kind: 'datagram',
    toHost: SECOND,
    from: { address: from, port: 53 },
    to: { address: '192.0.2.11', port: 53 },
    bytes,
  });
  settle(machine);
}
