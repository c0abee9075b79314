import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../base/random.ts';
import { nameKey } from './name.ts';
import { recordText, typeCodeOf, type ResourceRecord } from './records.ts';
import { createResolver, flushResolver, resolverResponse, type ResolverSettings } from './resolver.ts';
import { cacheContents } from './resolver-cache.ts';
import { clientMessage, lookUp, post, runNet, smallNet, type SmallNet } from './small-net.ts';
import { encodeMessage, NO_FLAGS, rcodeName } from './wire.ts';
import type { ZoneMap } from './zone.ts';
import { loadZone } from './zone-checks.ts';
import { parseZone } from './zone-file.ts';

const recordings = new URL('recordings/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, recordings), 'utf8');

function serve(files: Record<string, string>): ZoneMap {
  return new Map(
    Object.entries(files).map(([origin, text]) => [nameKey(origin), loadZone(text, origin).hosted]),
  );
}

const hints: readonly ResourceRecord[] = parseZone(
  read('world/hint').replace(/^/, '. SOA . . 1 1 1 1 1\n'),
  '.',
).records.filter((record) => record.data.type !== 'SOA');

/** The internet of the recordings. */
function world(settings: Partial<ResolverSettings> = {}): SmallNet {
  const root = serve({ '.': read('world/root'), 'test.': read('world/test') });
  const tld = serve({ 'example.': read('world/example') });
  const hafen = serve({ 'hafen.example.': read('world/hafen'), '2.0.192.in-addr.arpa.': read('world/r192') });
  const reverse = serve({ 'in-addr.arpa.': read('world/rev') });
  return smallNet(createResolver({ hints, ...settings }, randomStream('1', 'resolver')), {
    '198.18.53.1': root,
    '198.18.53.2': root,
    '198.18.54.1': tld,
    '198.18.54.2': tld,
    '192.0.2.10': hafen,
    '192.0.2.11': hafen,
    '192.0.2.12': serve({ 'sub.hafen.example.': read('world/sub') }),
    '203.0.113.7': serve({
      'wolke.example.': read('world/wolke'),
      '113.0.203.in-addr.arpa.': read('world/r203'),
    }),
    '198.18.55.1': reverse,
    // The lame server of lahm.example knows another zone only.
    '203.0.113.9': serve({ 'wolke.example.': read('world/wolke') }),
  });
}

const kinds = (net: SmallNet): string[] => net.notes.map((note) => note.kind);
const text = (records: readonly ResourceRecord[]): string[] => records.map(recordText);

/** A recorded dig line without its TTL and columns. */
const plain = (line: string): string => line.replace(/^(\S+)\s+\d+\s+IN\s+/, '$1 ').replace(/\t/g, ' ');

describe('the resolver replies as BIND did', () => {
  const skip = new Set(['any.txt', 'norecurse-resolver.txt', 'alone.txt', 'ns.txt', 'dnssec.txt']);
  for (const file of readdirSync(new URL('dig/', recordings)).filter((name) => !skip.has(name))) {
    const content = read(`dig/${file}`);
    if (!content.includes('SERVER: 198.51.100.53#53(198.51.100.53)')) continue;
    const blocks = content.split(';; Got answer:').slice(1);
    for (const block of blocks) {
      const question = /\n;(\S+)\s+IN\s+(\S+)/.exec(block);
      const status = /status: (\w+)/.exec(block)?.[1];
      const size = Number(/rcvd: (\d+)/.exec(block)?.[1]);
      if (!question?.[1] || !question[2] || !block.includes('(UDP)') || /flags: [a-z ]*\bad\b/.test(block))
        continue;
      const [, name, type] = question;
      it(`${file} ${name} ${type} [S3-021] [S3-024]`, () => {
        const net = world();
        // What the recording's earlier queries had left in the cache.
        if (file === 'mx.txt') lookUp(net, 'mx1.hafen.example.', 'AAAA');
        const message = lookUp(
          net,
          name as string,
          type as string,
          block.includes('OPT PSEUDO') ? {} : { edns: undefined },
        );
        const section = (title: string): string[] =>
          (new RegExp(`;; ${title} SECTION:\n((?:[^\n;].*\n)+)`).exec(block)?.[1] ?? '')
            .split('\n')
            .filter(Boolean)
            .map(plain);
        expect({
          status: rcodeName(message.rcode),
          answer: text(message.answers).map(plain),
          authority: text(message.authority).map(plain),
          additional: text(message.additional).map(plain),
        }).toEqual({
          status,
          answer: section('ANSWER'),
          authority: section('AUTHORITY'),
          additional: section('ADDITIONAL'),
        });
        expect(message.flags).toMatchObject({ qr: true, rd: true, ra: true, aa: false });
        expect(encodeMessage(message).length).toBe(size);
      });
    }
  }
});

describe('iteration', () => {
  it('goes from the root to the servers of the zone, step by step [S3-020]', () => {
    const net = world();
    expect(text(lookUp(net, 'mail.hafen.example.', 'A').answers)).toEqual([
      'mail.hafen.example.\t3600\tIN\tA\t192.0.2.25',
    ]);
    expect(kinds(net)).toEqual([
      'query',
      'start',
      'asked',
      'referral',
      'asked',
      'referral',
      'asked',
      'answer',
      'replied',
    ]);
    expect(net.notes.filter((note) => note.kind === 'referral')).toMatchObject([
      { zone: '.', to: 'example.', ttl: 172800, glue: 2 },
      { zone: 'example.', to: 'hafen.example.', ttl: 86400, glue: 2 },
    ]);
    expect(net.notes.every((note) => note.rule.startsWith('RFC '))).toBe(true);
  });

  it('starts from referrals that it remembers [S3-020]', () => {
    const net = world();
    lookUp(net, 'mail.hafen.example.', 'A');
    lookUp(net, 'wolke.example.', 'MX');
    net.notes.length = 0;
    lookUp(net, 'web.hafen.example.', 'A');
    expect(net.notes.filter((note) => note.kind === 'asked')).toMatchObject([{ zone: 'hafen.example.' }]);
    // When the address of the server is forgotten before its name, the parent is asked again.
    net.now += 90_000 * 1000;
    expect(lookUp(net, 'web.hafen.example.', 'A').rcode).toBe(0);
  });

  it('finds the address of a name server in another zone first', () => {
    const net = world();
    expect(text(lookUp(net, '25.2.0.192.in-addr.arpa.', 'PTR').answers)[0]).toContain(
      'PTR\tmail.hafen.example.',
    );
    expect(net.notes.filter((note) => note.kind === 'address-wanted').length).toBeGreaterThan(0);
  });

  it('survives being copied at every moment', () => {
    // The small net clones the state before every step; two copies go the same way.
    const net = world();
    const client = post(net, 'shop.hafen.example.', 'A');
    runNet(net, 25);
    const copy: SmallNet = { ...world(), resolver: structuredClone(net.resolver), now: net.now };
    runNet(copy);
    runNet(net);
    expect(copy.replies.get(client)?.message.rcode).toBe(0);
    expect(copy.replies.get(client)?.message.answers).toEqual(net.replies.get(client)?.message.answers);
  });
});

describe('the cache', () => {
  it('gives the old address until the very second at which its TTL ends [S3-021]', () => {
    const net = world();
    const t0 = 1_000_000;
    net.now = (t0 - 600) * 1000;
    const zone = (address: string): ZoneMap =>
      serve({
        'hafen.example.': `$TTL 3600\n@ SOA ns1 h 1 1 1 1 300\n@ NS ns1\n@ NS ns2\nns1 A 192.0.2.10\nns2 A 192.0.2.11\nweb A ${address}\n`,
      });
    const publish = (address: string): void => {
      net.servers['192.0.2.10'] = net.servers['192.0.2.11'] = zone(address);
    };
    publish('192.0.2.80');
    const at = (seconds: number): [string, number] => {
      net.now = Math.max(net.now, seconds * 1000);
      const [record] = lookUp(net, 'web.hafen.example.', 'A').answers;
      return [record?.data.type === 'A' ? record.data.address : '', record?.ttl ?? -1];
    };
    expect(at(t0 - 600)).toEqual(['192.0.2.80', 3600]);
    const stored =
      cacheContents(net.resolver.cache, net.now, 'web.hafen.example.', 1)[0]?.entry.storedAt ?? 0;
    const late = stored / 1000 - (t0 - 600);
    expect(late).toBeLessThan(0.1);
    publish('192.0.2.99');
    expect(at(t0 + late)).toEqual(['192.0.2.80', 3000]);
    expect(at(t0 + late + 0.001)).toEqual(['192.0.2.80', 3000]);
    expect(at(t0 + late + 1)).toEqual(['192.0.2.80', 2999]);
    expect(at(t0 + late + 2999.999)).toEqual(['192.0.2.80', 1]);
    expect(at(t0 + late + 3000)).toEqual(['192.0.2.99', 3600]);
  });

  it('is each resolver’s own [S3-021]', () => {
    const [a, b] = [world(), world()];
    lookUp(a, 'web.hafen.example.', 'A');
    const empty = serve({
      'hafen.example.': '$TTL 60\n@ SOA ns1 h 1 1 1 1 300\n@ NS ns1\nns1 A 192.0.2.10\nweb A 192.0.2.99\n',
    });
    for (const net of [a, b]) net.servers['192.0.2.10'] = net.servers['192.0.2.11'] = empty;
    expect(text(lookUp(a, 'web.hafen.example.', 'A').answers)[0]).toContain('192.0.2.80');
    expect(text(lookUp(b, 'web.hafen.example.', 'A').answers)[0]).toContain('192.0.2.99');
    flushResolver(a.resolver, 'hafen.example.');
    expect(text(lookUp(a, 'web.hafen.example.', 'A').answers)[0]).toContain('192.0.2.99');
  });

  it('remembers that a name is missing for the minimum of the SOA, however soon it is made [S3-022]', () => {
    const net = world();
    const first = lookUp(net, 'neu.hafen.example.', 'A');
    expect([rcodeName(first.rcode), first.authority[0]?.ttl]).toEqual(['NXDOMAIN', 300]);
    const known = net.now;
    net.servers['192.0.2.10'] = net.servers['192.0.2.11'] = serve({
      'hafen.example.': `${read('world/hafen')}neu A 192.0.2.80\n`,
    });
    net.now = known + 4000;
    expect(lookUp(net, 'neu.hafen.example.', 'A').authority[0]?.ttl).toBe(296);
    // The name is missing for every type.
    expect(lookUp(net, 'neu.hafen.example.', 'TXT').rcode).toBe(3);
    net.now = known + 299_999;
    expect(lookUp(net, 'neu.hafen.example.', 'A').rcode).toBe(3);
    net.now = known + 300_000;
    expect(lookUp(net, 'neu.hafen.example.', 'A').answers.length).toBe(1);
  });

  it('remembers NODATA for its type only, and takes the TTL of the SOA when that is smaller [S3-022]', () => {
    const net = world();
    net.servers['192.0.2.10'] = net.servers['192.0.2.11'] = serve({
      'hafen.example.': '@ 7 SOA ns1 h 1 1 1 1 300\n@ 60 NS ns1\nns1 60 A 192.0.2.10\nweb 60 A 192.0.2.80\n',
    });
    expect(lookUp(net, 'web.hafen.example.', 'MX').authority[0]?.ttl).toBe(7);
    expect(cacheContents(net.resolver.cache, net.now, 'web.hafen.example.')).toMatchObject([
      { entry: { kind: 'nodata', type: 15 }, secondsLeft: 7 },
    ]);
    expect(lookUp(net, 'web.hafen.example.', 'A').answers.length).toBe(1);
  });

  it('never remembers absence for more than three hours', () => {
    expect(lookUp(world(), 'hafen.exampel.', 'A').authority[0]?.ttl).toBe(10800);
  });

  it('does not keep TTL 0, but answers with it', () => {
    const net = world();
    net.servers['192.0.2.10'] = net.servers['192.0.2.11'] = serve({
      'hafen.example.':
        '$TTL 0\n@ SOA ns1 h 1 1 1 1 0\n@ NS ns1\nns1 A 192.0.2.10\nwww CNAME web\nweb A 192.0.2.80\n',
    });
    expect(lookUp(net, 'www.hafen.example.', 'A').answers.map((record) => record.ttl)).toEqual([0, 0]);
    expect(cacheContents(net.resolver.cache, net.now, 'web.hafen.example.')).toEqual([]);
    const before = net.asked;
    lookUp(net, 'www.hafen.example.', 'A');
    expect(net.asked).toBe(before + 1);
  });

  it('never gives glue as an answer (RFC 2181 §5.4.1)', () => {
    const net = world();
    lookUp(net, 'web.hafen.example.', 'A');
    expect(cacheContents(net.resolver.cache, net.now, 'ns1.hafen.example.', 1)).toMatchObject([
      { entry: { trust: 'glue' }, secondsLeft: 86400 },
    ]);
    expect(lookUp(net, 'ns1.hafen.example.', 'A').answers[0]?.ttl).toBe(3600);
  });

  it('ignores what a server says about zones of others', () => {
    const net = world();
    net.servers['203.0.113.7'] = serve({
      'wolke.example.':
        '$TTL 60\n@ SOA ns1 h 1 1 1 1 1\n@ NS ns1\n@ NS ns1.hafen.example.\nns1 A 203.0.113.7\n@ MX 10 web.hafen.example.\n',
      'hafen.example.': '$TTL 60\n@ SOA ns1 h 1 1 1 1 1\n@ NS ns1\nns1 A 203.0.113.66\nweb A 203.0.113.66\n',
    });
    lookUp(net, 'wolke.example.', 'MX');
    expect(cacheContents(net.resolver.cache, net.now, 'web.hafen.example.')).toEqual([]);
    expect(text(lookUp(net, 'web.hafen.example.', 'A').answers)[0]).toContain('192.0.2.80');
  });

  it('answers from itself alone without RD, or names the closest servers', () => {
    const net = world();
    lookUp(net, 'wolke.example.', 'A');
    const plainQuery = { flags: NO_FLAGS };
    expect(lookUp(net, 'wolke.example.', 'A', plainQuery).answers.length).toBe(1);
    const referral = lookUp(net, 'noch-nie-gefragt.wolke.example.', 'A', plainQuery);
    expect([referral.answers, text(referral.authority), text(referral.additional)]).toEqual([
      [],
      ['wolke.example.\t\t3600\tIN\tNS\tns1.wolke.example.'],
      ['ns1.wolke.example.\t86400\tIN\tA\t203.0.113.7'],
    ]);
  });
});

describe('trouble', () => {
  it('waits 0.8 s for a silent server and asks the next [S3-011]', () => {
    const net = world();
    delete net.servers['192.0.2.10'];
    let timeouts = 0;
    for (let round = 0; round < 4 && timeouts === 0; round++) {
      flushResolver(net.resolver);
      lookUp(net, 'web.hafen.example.', 'A');
      timeouts = kinds(net).filter((kind) => kind === 'timeout').length;
    }
    expect(net.notes.find((note) => note.kind === 'timeout')).toMatchObject({
      server: '192.0.2.10',
      waitedMs: 800,
    });
  });

  it('fails after ten seconds when all servers are silent, and remembers the failure for a second [S3-011] [S3-023]', () => {
    const net = world();
    const client = post(net, 'www.tot.example.', 'A');
    runNet(net, 5000);
    const again = post(net, 'www.tot.example.', 'A');
    expect(kinds(net)).toContain('joined');
    runNet(net);
    for (const name of [client, again])
      expect(net.replies.get(name)).toMatchObject({ at: 10_000, message: { rcode: 2 } });
    const before = net.asked;
    net.now += 999;
    expect(lookUp(net, 'www.tot.example.', 'A').rcode).toBe(2);
    expect(net.asked).toBe(before);
    net.now = Math.max(net.now, 11_000);
    lookUp(net, 'www.tot.example.', 'A');
    expect(net.asked).toBeGreaterThan(before);
  });

  it('gives up on servers that refuse, at once [S3-006] [S3-011]', () => {
    const net = world();
    expect(lookUp(net, 'www.lahm.example.', 'A').rcode).toBe(2);
    expect(net.notes.find((note) => note.kind === 'lame')).toMatchObject({
      server: '203.0.113.9',
      why: 'REFUSED',
    });
    expect(net.notes.find((note) => note.kind === 'failed')).toMatchObject({ why: 'all servers lame' });
    expect(net.now).toBeLessThan(200);
  });

  it('fails where glue is missing [S3-006]', () => {
    const net = world();
    expect(lookUp(net, 'www.leim.example.', 'A').rcode).toBe(2);
    expect(net.notes.find((note) => note.kind === 'missing-glue')).toMatchObject({
      host: 'ns.leim.example.',
    });
    expect(net.notes.find((note) => note.kind === 'failed')).toMatchObject({
      why: 'no address of a name server',
    });
  });

  it('fails where two zones wait for each other’s name server', () => {
    const net = world();
    net.servers['198.18.54.1'] = net.servers['198.18.54.2'] = serve({
      'example.': `${read('world/example')}links NS ns.rechts.example.\nrechts NS ns.links.example.\n`,
    });
    expect(lookUp(net, 'www.links.example.', 'A').rcode).toBe(2);
    expect(kinds(net)).toContain('address-loop');
    expect(net.now).toBeLessThan(1000);
    expect(net.resolver.jobs.size).toBe(0);
  });

  it('goes on elsewhere when a port is closed', () => {
    const net = world();
    net.refusing.add('192.0.2.10').add('192.0.2.11');
    expect(lookUp(net, 'web.hafen.example.', 'A').rcode).toBe(2);
    expect(kinds(net).filter((kind) => kind === 'unreachable').length).toBe(2);
  });

  it('follows aliases across zones, and ends loops and endless chains with SERVFAIL [S3-024]', () => {
    const net = world();
    expect(text(lookUp(net, 'shop.hafen.example.', 'A').answers).length).toBe(2);
    expect(lookUp(net, 'kreis1.hafen.example.', 'A').rcode).toBe(2);
    expect(net.notes.find((note) => note.kind === 'failed')).toMatchObject({
      why: 'alias loop',
      rule: 'RFC 1034 §3.6.2',
    });
    const chain = (length: number): string =>
      `$TTL 60\n@ SOA ns1 h 1 1 1 1 1\n@ NS ns1\nns1 A 192.0.2.10\n${Array.from({ length }, (_, i) => `c${i} CNAME c${i + 1}\n`).join('')}c${length} A 192.0.2.1\n`;
    const ask = (length: number): number => {
      flushResolver(net.resolver);
      net.servers['192.0.2.10'] = net.servers['192.0.2.11'] = serve({ 'hafen.example.': chain(length) });
      net.now += 10_000;
      return lookUp(net, 'c0.hafen.example.', 'A').rcode;
    };
    expect([ask(11), ask(12)]).toEqual([0, 2]);
  });

  it('asks again over TCP after TC, and fails when TCP is filtered [S3-010]', () => {
    const net = world();
    const big = lookUp(net, 'gross.hafen.example.', 'TXT');
    expect(kinds(net)).toContain('truncated');
    expect([big.flags.tc, lookUp(net, 'gross.hafen.example.', 'TXT', {}, 'tcp').answers.length]).toEqual([
      true,
      12,
    ]);
    const blocked = world();
    blocked.tcpBlocked.add('192.0.2.10').add('192.0.2.11');
    expect(lookUp(blocked, 'gross.hafen.example.', 'TXT').rcode).toBe(2);
    expect(lookUp(blocked, 's1._domainkey.hafen.example.', 'TXT').answers.length).toBe(1);
  });

  it('models DNSSEC by zone: AD for secure answers, SERVFAIL for bogus ones [S3-001] [S3-011]', () => {
    const dnssec = {
      '.': 'secure',
      'hafen.example.': 'secure',
      'sub.hafen.example.': 'insecure',
      'wolke.example.': 'bogus',
    } as const;
    const net = world({ dnssec, extendedErrors: true });
    const ask = (name: string, flags = {}, dnssecOk = false): ReturnType<typeof lookUp> =>
      lookUp(net, name, 'A', {
        flags: { ...NO_FLAGS, rd: true, ...flags },
        edns: { udpSize: 1232, version: 0, dnssecOk },
      });
    expect(ask('web.hafen.example.', { ad: true }).flags.ad).toBe(true);
    expect(ask('web.hafen.example.', {}, true).flags.ad).toBe(true);
    // Who does not ask is not told (RFC 6840 §5.8).
    expect(ask('web.hafen.example.').flags.ad).toBe(false);
    expect(ask('gibtsnicht.hafen.example.', { ad: true })).toMatchObject({ rcode: 3, flags: { ad: true } });
    expect(ask('www.sub.hafen.example.', { ad: true }).flags.ad).toBe(false);
    const bogus = { rcode: 2, answers: [], edns: { extendedError: { code: 6 } } };
    expect(ask('laden.wolke.example.', { ad: true })).toMatchObject(bogus);
    // A secure alias into a bogus zone.
    expect(ask('shop.hafen.example.', { ad: true })).toMatchObject(bogus);
    expect(ask('laden.wolke.example.', { cd: true })).toMatchObject({
      rcode: 0,
      flags: { ad: false, cd: true },
      answers: [{ data: { address: '203.0.113.80' } }],
    });
    expect(net.notes.filter((note) => note.kind === 'failed')[0]).toMatchObject({
      why: 'DNSSEC bogus',
      rule: 'RFC 4035 §5.5',
    });
  });

  it('says why it failed when it speaks RFC 8914, and nothing as BIND 9.18 [S3-011] [S3-024]', () => {
    const net = world({ extendedErrors: true });
    const error = (name: string): unknown => lookUp(net, name, 'A').edns?.extendedError;
    expect(error('kreis1.hafen.example.')).toEqual({ code: 0, text: 'CNAME loop' });
    expect(error('www.lahm.example.')).toEqual({ code: 22, text: '' });
    expect(error('www.lahm.example.')).toEqual({ code: 13, text: '' });
    expect(error('web.hafen.example.')).toBeUndefined();
    const bind = world();
    expect(lookUp(bind, 'kreis1.hafen.example.', 'A').edns?.extendedError).toBeUndefined();
    expect(lookUp(net, 'www.lahm.example.', 'A', { edns: undefined }).edns).toBeUndefined();
  });

  it('ignores answers that nobody asked for', () => {
    const net = world();
    const client = post(net, 'web.hafen.example.', 'A');
    const forged = {
      ...clientMessage('web.hafen.example.', 'A'),
      flags: { ...NO_FLAGS, qr: true, aa: true },
    };
    resolverResponse(net.resolver, 0, { server: '198.18.53.1', transport: 'udp', port: 1 }, forged);
    runNet(net);
    expect(kinds(net)).toContain('ignored');
    expect(text(net.replies.get(client)?.message.answers ?? [])[0]).toContain('192.0.2.80');
  });

  it('bounds the queries for one question', () => {
    const net = world();
    const many = Array.from(
      { length: 60 },
      (_, i) => `breit NS ns.b${i}.example.\nb${i} NS ns.c${i}.wolke.example.\n`,
    ).join('');
    net.servers['198.18.54.1'] = net.servers['198.18.54.2'] = serve({
      'example.': read('world/example') + many,
    });
    expect(lookUp(net, 'www.breit.example.', 'A').rcode).toBe(2);
    expect(net.asked).toBeLessThanOrEqual(101);
    expect([net.resolver.jobs.size, net.resolver.exchanges.size, net.resolver.byQuestion.size]).toEqual([
      0, 0, 0,
    ]);
  });

  it('asks differently each time: id and port are random', () => {
    const net = world();
    const seen = new Set<string>();
    for (const name of ['a', 'b', 'c']) {
      post(net, `${name}.wolke.example.`, 'A');
      for (const { port, messageId } of net.resolver.exchanges.values()) seen.add(`${port} ${messageId}`);
    }
    expect(seen.size).toBe(3);
    expect(typeCodeOf('a')).toBe(1);
  });
});
