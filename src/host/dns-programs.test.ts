import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { HOUR, MINUTE, SECOND } from '../base/dates.ts';
import { schedule } from '../net/queue.ts';
import { callFromOutside, type Machine } from './kernel.ts';
import { resolverCache, type ResolverState } from './resolver.ts';
import { LEARNER, recordedWorld, RESOLVER } from './testing/recorded-world.ts';
import { eventsOf, pass, settle, START, TestTerminal } from './testing/machine.ts';
import { recordingText } from './testing/recording.ts';

function lab(): { machine: Machine; terminal: TestTerminal } {
  const { machine } = recordedWorld();
  return { machine, terminal: new TestTerminal(machine, LEARNER) };
}

function publish(machine: Machine, zone: string, text: string, hosts: readonly string[]): void {
  for (const host of hosts)
    callFromOutside(machine, host, 'named', { type: 'reload', zone, text }, undefined);
  settle(machine);
}

const HAFEN_SERVERS = ['ns1.hafen.example', 'ns2.hafen.example'];
const hafen = (extra: string, change: (text: string) => string = (text) => text): string =>
  `${change(recordingText('tools/world/hafen'))}${extra}\n`;

const notes = (machine: Machine, from = 0): string[] =>
  eventsOf(machine, 'dns.resolver', from).map((e) => e.note.kind);

/** Lets time pass until so many milliseconds after the start. */
function at(machine: Machine, ms: number): void {
  pass(machine, START + ms - machine.state.net.now);
}

function cut(machine: Machine, host: string): void {
  const link = machine.state.net.links.find((one) => one.a === host);
  if (link !== undefined) link.up = false;
}

describe('DNS over the simulated network', () => {
  it('asks root, top level and zone in turn, and the cached referrals the next time [S3-020]', () => {
    const { machine, terminal } = lab();
    terminal.run('dig +short web.hafen.example');
    const asked = eventsOf(machine, 'dns.served').map((e) => [e.host, e.zone]);
    expect(asked.map(([, zone]) => zone)).toEqual(['.', 'example.', 'hafen.example.']);
    const from = machine.trace.length;
    terminal.run('dig +short mail.hafen.example');
    expect(eventsOf(machine, 'dns.served', from).map((e) => e.zone)).toEqual(['hafen.example.']);
  });

  it('prints the iteration with +trace [S3-020]', () => {
    const { terminal } = lab();
    const said = terminal.run('dig +trace web.hafen.example');
    expect([...said.matchAll(/^(\S+)\s+\d+\s+IN\s+(NS|A)\s/gm)].map((m) => `${m[1]} ${m[2]}`)).toEqual([
      '. NS',
      '. NS',
      'example. NS',
      'example. NS',
      'hafen.example. NS',
      'hafen.example. NS',
      'web.hafen.example. A',
      'hafen.example. NS',
      'hafen.example. NS',
    ]);
  });

  it('goes on answering the old address until its TTL is over, to the second [S3-021]', () => {
    const { machine, terminal } = lab();
    const ask = (): string =>
      terminal.run('dig +noall +answer web.hafen.example').replace(/\s+/g, ' ').trim();
    expect(ask()).toBe('web.hafen.example. 3600 IN A 192.0.2.80');
    const cachedAt = machine.state.net.now - START;
    at(machine, 10 * MINUTE);
    publish(
      machine,
      'hafen.example.',
      hafen('', (t) => t.replace('web A 192.0.2.80', 'web A 192.0.2.99')),
      HAFEN_SERVERS,
    );
    expect(terminal.run('dig +short @192.0.2.10 web.hafen.example')).toBe('192.0.2.99\n');
    at(machine, HOUR - SECOND);
    expect(ask()).toMatch(/^web\.hafen\.example\. [12] IN A 192\.0\.2\.80$/);
    at(machine, HOUR + cachedAt + 1);
    expect(ask()).toBe('web.hafen.example. 3600 IN A 192.0.2.99');
  });

  it('remembers that a name did not exist for the time of the SOA minimum [S3-022]', () => {
    const { machine, terminal } = lab();
    expect(terminal.run('host neu.hafen.example')).toBe('Host neu.hafen.example not found: 3(NXDOMAIN)\n');
    publish(machine, 'hafen.example.', hafen('neu A 192.0.2.77'), HAFEN_SERVERS);
    expect(terminal.run('dig +short @192.0.2.10 neu.hafen.example')).toBe('192.0.2.77\n');
    pass(machine, 250 * SECOND);
    expect(terminal.run('dig +short neu.hafen.example')).toBe('');
    pass(machine, 60 * SECOND);
    expect(terminal.run('dig +short neu.hafen.example')).toBe('192.0.2.77\n');
  });

  it('remembers a SERVFAIL for a second [S3-023]', () => {
    const { machine, terminal } = lab();
    terminal.run('host www.lahm.example');
    const from = machine.trace.length;
    terminal.run('dig www.lahm.example');
    expect(eventsOf(machine, 'dns.served', from)).toEqual([]);
    pass(machine, 2 * SECOND);
    terminal.run('dig www.lahm.example');
    expect(eventsOf(machine, 'dns.served', from).length).toBeGreaterThan(0);
  });

  it('follows an alias into another zone, and says SERVFAIL of a loop [S3-024]', () => {
    const { machine, terminal } = lab();
    expect(terminal.run('dig +short shop.hafen.example')).toBe('laden.wolke.example.\n203.0.113.80\n');
    expect(terminal.run('host kreis1.hafen.example')).toBe(
      'Host kreis1.hafen.example not found: 2(SERVFAIL)\n',
    );
    const failed = eventsOf(machine, 'dns.resolver').find((e) => e.note.kind === 'failed');
    expect(failed?.note).toMatchObject({ why: 'alias loop' });
    expect(failed?.rule).toMatch(/^RFC /);
  });

  it('retries over TCP what does not fit, and fails where a firewall drops TCP 53 [S3-010]', () => {
    const { machine, terminal } = lab();
    expect(terminal.run('dig +noall +answer @192.0.2.10 gross.hafen.example TXT')).toMatch(
      /^;; Truncated, retrying in TCP mode\.\n(gross.*\n){12}$/,
    );
    expect(eventsOf(machine, 'dns.served').map((e) => e.transport)).toEqual(['udp', 'tcp']);
    machine.state.net.hosts
      .get('ns1.hafen.example')
      ?.firewall.push({ chain: 'in', protocol: 'tcp', port: 53, action: 'drop' });
    expect(terminal.run('host -t TXT gross.hafen.example')).toContain('not found: 2(SERVFAIL)');
    expect(terminal.run('dig +short _dmarc.hafen.example TXT')).toBe(
      '"v=DMARC1; p=quarantine; rua=mailto:dmarc@hafen.example"\n',
    );
  });

  it('says SERVFAIL when no server of the zone answers [S3-011]', () => {
    const { machine, terminal } = lab();
    for (const host of HAFEN_SERVERS) cut(machine, host);
    expect(terminal.run('host -t A web.hafen.example')).toMatch(/not found: 2\(SERVFAIL\)\n$/);
    expect(notes(machine)).toContain('timeout');
  });

  it('libresolv asks twice for five seconds, then gives up [S3-011]', () => {
    const { machine, terminal } = lab();
    cut(machine, 'dns.lern.example');
    const before = machine.state.net.now;
    expect(terminal.run('telnet mail.hafen.example 25')).toBe(
      'Server lookup failure:  mail.hafen.example:25, Temporary failure in name resolution\n',
    );
    expect(machine.state.net.now - before).toBe(10_000);
    const sent = eventsOf(machine, 'net.datagram').filter(
      (e) => e.host === LEARNER && e.to.address === RESOLVER,
    );
    // Two questions (A, AAAA), each sent twice.
    expect(sent).toHaveLength(4);
    expect(eventsOf(machine, 'dns.lookup').map((e) => e.answer.status)).toEqual(['TIMEOUT', 'TIMEOUT']);
  });

  it('libresolv goes on to the next server of resolv.conf [S3-011]', () => {
    const { machine, terminal } = lab();
    const program = machine.state.hosts.get(LEARNER)?.programs.get('libresolv');
    if (program === undefined) throw new Error('no libresolv');
    // The first one is an authoritative server, which refuses; the second one answers.
    program.state = { ...(program.state as object), nameservers: ['203.0.113.7', RESOLVER] };
    expect(terminal.run('nc -vz mail.hafen.example 25')).toContain('succeeded');
  });

  it('keeps the old zone when the new text has errors, and says where they are', () => {
    const { machine, terminal } = lab();
    publish(machine, 'hafen.example.', hafen('web A 192.0.2.300'), ['ns1.hafen.example']);
    const rejected = eventsOf(machine, 'zone.rejected').at(-1);
    const line = hafen('').split('\n').length - 1;
    expect(rejected?.errors[0]).toMatchObject({ line, code: 'bad-ipv4' });
    expect(terminal.run('dig +short @192.0.2.10 web.hafen.example')).toBe('192.0.2.80\n');
    const newer = hafen('', (t) => t.replace('2026112301', '2026112302'));
    publish(machine, 'hafen.example.', newer, ['ns1.hafen.example']);
    expect(eventsOf(machine, 'zone.published').at(-1)).toMatchObject({
      zone: 'hafen.example.',
      serial: 2026112302,
    });
  });

  it('shows what a resolver holds, without changing it', () => {
    const { machine, terminal } = lab();
    terminal.run('dig +short hafen.example MX');
    terminal.run('dig +short fehlt.hafen.example');
    pass(machine, 100 * SECOND);
    const state = machine.state.hosts.get('dns.lern.example')?.programs.get('resolver')
      ?.state as ResolverState;
    const before = structuredClone(state);
    const held = resolverCache(state, 'hafen.example.', machine.state.net.now);
    expect(held.find((set) => set.type === 'MX')).toMatchObject({
      name: 'hafen.example.',
      kind: 'records',
      texts: ['10 mx1.hafen.example.', '20 mx2.hafen.example.'],
      secondsLeft: 3500,
    });
    expect(held.find((set) => set.kind === 'nxdomain')).toMatchObject({
      name: 'fehlt.hafen.example.',
      type: '',
      texts: [],
    });
    expect(state).toEqual(before);
    expect(resolverCache(state, 'wolke.example.', machine.state.net.now)).toEqual([]);
  });

  it('gives the same trace twice, and goes on from a copy of its state', () => {
    const play = (machine: Machine): void => {
      const terminal = new TestTerminal(machine, LEARNER);
      terminal.run('dig +trace shop.hafen.example');
      terminal.run('host wolke.example');
      terminal.run('ping -c 3 mail.hafen.example');
    };
    const [one, two] = [recordedWorld().machine, recordedWorld().machine];
    play(one);
    play(two);
    expect(two.trace).toEqual(one.trace);
    const length = one.trace.length;
    two.state = structuredClone(one.state);
    for (const machine of [one, two]) new TestTerminal(machine, LEARNER).run('dig www.tot.example');
    expect(two.trace.slice(length)).toEqual(one.trace.slice(length));
    expect(one.trace.length).toBeGreaterThan(length);
  });

  it('survives any bytes on port 53, and its states stay plain data [G-13]', () => {
    const { machine, terminal } = lab();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.boolean(), (text, udp) => {
        const bytes = [...text].map((char) => String.fromCharCode(char.charCodeAt(0) & 255)).join('');
        for (const server of ['dns.lern.example', 'ns1.hafen.example']) inject(machine, server, bytes, udp);
      }),
      { numRuns: 150 },
    );
    structuredClone(machine.state);
    expect(terminal.run('dig +short web.hafen.example')).toBe('192.0.2.80\n');
  });
});

/** Lets a datagram, or a stretch of a TCP stream, arrive at a server as if somebody had sent it. */
function inject(machine: Machine, host: string, bytes: string, udp: boolean): void {
  const { net } = machine.state;
  if (udp) {
    schedule(net.queue, net.now, true, undefined, {
      kind: 'datagram',
      toHost: host,
      from: { address: '198.51.100.20', port: 4000 },
      to: { address: net.hosts.get(host)?.addresses[0] ?? '', port: 53 },
      bytes,
    });
    return settle(machine);
  }
  const terminal = new TestTerminal(machine, LEARNER, `${LEARNER}#9`);
  terminal.type(`nc ${net.hosts.get(host)?.addresses[0]} 53`).type(bytes.replace(/\n/g, ''));
  terminal.key('interrupt');
}
