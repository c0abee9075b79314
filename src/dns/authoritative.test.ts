import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answerQuery, type AnswerOptions } from './authoritative.ts';
import { nameKey } from './name.ts';
import { recordText, typeCodeOf, type ResourceRecord } from './records.ts';
import { decodeMessage, encodeMessage, NO_FLAGS, rcodeName, type DnsMessage } from './wire.ts';
import type { ZoneMap } from './zone.ts';
import { loadZone } from './zone-checks.ts';

const recordings = new URL('recordings/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, recordings), 'utf8');

function serve(files: Record<string, string>): ZoneMap {
  return new Map(
    Object.entries(files).map(([origin, text]) => [nameKey(origin), loadZone(text, origin).hosted]),
  );
}

const hafen = serve({
  'hafen.example.': read('world/hafen'),
  '2.0.192.in-addr.arpa.': read('world/r192'),
});
const tld = serve({ 'example.': read('world/example') });
const root = serve({ '.': read('world/root'), 'test.': read('world/test') });
const mistakes = serve(
  Object.fromEntries(
    readdirSync(new URL('named-checkzone/zones/', recordings)).map((file) => [
      `${file.slice(3)}.`,
      read(`named-checkzone/zones/${file}`),
    ]),
  ),
);

/** The servers of the recorded world by the address that dig reports in its SERVER line. */
const servers: Record<string, ZoneMap> = {
  '192.0.2.10': hafen,
  '192.0.2.11': hafen,
  '2001:db8:2::10': hafen,
  '198.18.53.1': root,
  '198.18.53.2': root,
  '198.18.54.1': tld,
  '2001:db8:54::1': tld,
  '192.0.2.99': mistakes,
};

function query(name: string, type: string, extra: Partial<DnsMessage> = {}): DnsMessage {
  return {
    id: 4711,
    opcode: 0,
    rcode: 0,
    flags: { ...NO_FLAGS, rd: true },
    questions: [{ name, type: typeCodeOf(type) ?? 0, class: 1 }],
    answers: [],
    authority: [],
    additional: [],
    edns: { udpSize: 1232, version: 0, dnssecOk: false, cookie: '0123456789abcdef' },
    ...extra,
  };
}

const options: AnswerOptions = { transport: 'udp', serverCookie: () => '00'.repeat(16) };
const ask = (zones: ZoneMap, name: string, type: string, extra: Partial<DnsMessage> = {}): DnsMessage =>
  answerQuery(zones, query(name, type, extra), options) as DnsMessage;

/** One whole dig block of a recording, from the header to the size. */
interface Block {
  status: string;
  flags: string;
  question: string;
  sections: Record<string, string[]>;
  server: string;
  transport: string;
  size: number;
  edns: boolean;
}

function blocks(text: string): Block[] {
  const out: Block[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    const header = /status: (\w+),/.exec(line);
    if (header) {
      out.push({
        status: header[1] ?? '',
        flags: '',
        question: '',
        sections: {},
        server: '',
        transport: '',
        size: 0,
        edns: false,
      });
      section = '';
    }
    const block = out.at(-1);
    if (!block) continue;
    const flags = /^;; flags: ([a-z ]*);/.exec(line);
    if (flags) block.flags = flags[1] ?? '';
    if (line.startsWith('; EDNS')) block.edns = true;
    const title = /^;; (\w+) SECTION:/.exec(line);
    if (title) section = title[1] ?? '';
    else if (line === '' || line.startsWith(';; ')) section = '';
    else if (section === 'QUESTION') block.question = line;
    else if (section !== '' && !line.startsWith(';')) (block.sections[section] ??= []).push(line);
    const server = /^;; SERVER: ([^#]+)#53\([^)]*\) \((\w+)\)/.exec(line);
    if (server) [block.server, block.transport] = [server[1] ?? '', server[2] ?? ''];
    const size = /MSG SIZE {2}rcvd: (\d+)/.exec(line);
    if (size) block.size = Number(size[1]);
  }
  return out;
}

describe('the authoritative server answers as BIND did', () => {
  const files = [
    ...readdirSync(new URL('dig/', recordings)).map((file) => `dig/${file}`),
    ...readdirSync(new URL('named-checkzone/', recordings)).map((file) => `named-checkzone/${file}`),
  ].filter((file) => file.endsWith('.txt'));
  for (const file of files) {
    for (const block of blocks(read(file))) {
      const zones = servers[block.server];
      if (!zones || block.question === '') continue;
      const [name = '', , type = ''] = block.question.slice(1).split(/\s+/);
      it(`${file} ${name} ${type} [S3-004] [S3-005] [S3-006] [S3-010]`, () => {
        const flags = { ...NO_FLAGS, rd: block.flags.includes('rd') };
        const response = answerQuery(
          zones,
          query(name, type, { flags, ...(block.edns ? {} : { edns: undefined }) }),
          {
            ...options,
            transport: block.transport === 'TCP' ? 'tcp' : 'udp',
            family: block.server.includes(':') ? 6 : 4,
          },
        ) as DnsMessage;
        const lines = (records: readonly ResourceRecord[]): string[] => records.map(recordText);
        const set = Object.entries(response.flags).filter(([, on]) => on === true);
        expect({
          status: rcodeName(response.rcode),
          flags: set.map(([flag]) => flag).join(' '),
          answer: lines(response.answers),
          authority: lines(response.authority),
          additional: lines(response.additional),
        }).toEqual({
          status: block.status,
          flags: block.flags,
          answer: block.sections.ANSWER ?? [],
          authority: block.sections.AUTHORITY ?? [],
          additional: block.sections.ADDITIONAL ?? [],
        });
        expect(encodeMessage(response).length).toBe(block.size);
      });
    }
  }
});

describe('the authoritative server', () => {
  it('refuses foreign names and fails on a zone that did not load [S3-004]', () => {
    expect(rcodeName(ask(hafen, 'wolke.example.', 'A').rcode)).toBe('REFUSED');
    expect(ask(mistakes, 'www.apex.example.', 'A')).toMatchObject({ rcode: 2, flags: { aa: false } });
  });

  it('says NXDOMAIN with SOA, and NODATA at an empty non-terminal [S3-004]', () => {
    const missing = ask(hafen, 'nirgends.hafen.example.', 'A');
    expect([rcodeName(missing.rcode), missing.flags.aa, missing.authority.map(recordText)]).toEqual([
      'NXDOMAIN',
      true,
      [
        'hafen.example.\t\t300\tIN\tSOA\tns1.hafen.example. hostmaster.hafen.example. 2026112301 7200 3600 1209600 300',
      ],
    ]);
    expect(ask(hafen, 'unter.hafen.example.', 'A')).toMatchObject({ rcode: 0, answers: [] });
    expect(ask(hafen, '_domainkey.hafen.example.', 'TXT')).toMatchObject({ rcode: 0, answers: [] });
  });

  it('gives CNAME and target in one answer, a foreign target without authority [S3-004]', () => {
    expect(ask(hafen, 'ftp.hafen.example.', 'A').answers.length).toBe(3);
    expect(ask(hafen, 'shop.hafen.example.', 'A')).toMatchObject({
      rcode: 0,
      authority: [],
      flags: { aa: true },
    });
    expect(ask(hafen, 'tot.hafen.example.', 'A')).toMatchObject({
      rcode: 3,
      answers: [{ data: { type: 'CNAME' } }],
    });
    expect(ask(hafen, 'kreis1.hafen.example.', 'A').answers.length).toBe(2);
  });

  const joker = serve({
    'joker.example.':
      '$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n*  MX 10 mx1\n* TXT "hello"\nwww A 192.0.2.2\nhost.deep A 192.0.2.3\nsub NS ns.sub\nns.sub A 192.0.2.4\n',
  });
  it('lets wildcards answer, but not for names that exist nor below delegations [S3-005]', () => {
    const text = (name: string, type: string): string[] =>
      ask(joker, name, type).answers.map((record) => `${record.name} ${record.data.type}`);
    expect(text('any.joker.example.', 'MX')).toEqual(['any.joker.example. MX']);
    expect(text('a.b.joker.example.', 'MX')).toEqual(['a.b.joker.example. MX']);
    expect(text('_dmarc.joker.example.', 'TXT')).toEqual(['_dmarc.joker.example. TXT']);
    expect(text('www.joker.example.', 'MX')).toEqual([]);
    expect(ask(joker, 'www.joker.example.', 'MX').rcode).toBe(0);
    // RFC 4592 §2.2.2: the empty non-terminal `deep` blocks the wildcard below itself.
    expect(ask(joker, 'x.deep.joker.example.', 'MX').rcode).toBe(3);
    expect(text('deep.joker.example.', 'MX')).toEqual([]);
    expect(ask(joker, 'x.sub.joker.example.', 'MX')).toMatchObject({ flags: { aa: false }, answers: [] });
    expect(text('*.joker.example.', 'MX')).toEqual(['*.joker.example. MX']);
  });

  it('refers to the servers of a delegated zone, with glue and without AA [S3-006]', () => {
    const referral = ask(joker, 'www.sub.joker.example.', 'A');
    expect(referral).toMatchObject({
      rcode: 0,
      flags: { aa: false },
      answers: [],
      authority: [{ name: 'sub.joker.example.', data: { host: 'ns.sub.joker.example.' } }],
      additional: [{ name: 'ns.sub.joker.example.', data: { address: '192.0.2.4' } }],
    });
  });

  it('sets TC over 512 octets without EDNS and over the size of the client with it [S3-010]', () => {
    const plain = ask(hafen, 'gross.hafen.example.', 'TXT', { edns: undefined });
    expect([plain.flags.tc, plain.answers.length]).toEqual([true, 3]);
    expect(encodeMessage(plain).length).toBeLessThanOrEqual(512);
    const large = ask(hafen, 'gross.hafen.example.', 'TXT');
    expect(large.flags.tc).toBe(true);
    expect(encodeMessage(large).length).toBeLessThanOrEqual(1232);
    const tcp = answerQuery(hafen, query('gross.hafen.example.', 'TXT'), { ...options, transport: 'tcp' });
    expect([tcp?.flags.tc, tcp?.answers.length]).toEqual([false, 12]);
  });

  it('answers odd queries as BIND does', () => {
    const odd = (extra: Partial<DnsMessage>): string | undefined => {
      const response = answerQuery(hafen, query('hafen.example.', 'A', extra), options);
      return response && rcodeName(response.rcode);
    };
    expect(odd({ opcode: 4 })).toBe('NOTIMP');
    expect(odd({ questions: [] })).toBe('FORMERR');
    expect(odd({ edns: { udpSize: 1232, version: 1, dnssecOk: false } })).toBe('BADVERS');
    expect(odd({ flags: { ...NO_FLAGS, qr: true } })).toBeUndefined();
    expect(odd({ questions: [{ name: 'hafen.example.', type: 1, class: 3 }] })).toBe('REFUSED');
    const bytes = encodeMessage(
      ask(hafen, 'hafen.example.', 'A', { edns: { udpSize: 9, version: 1, dnssecOk: false } }),
    );
    expect(decodeMessage(bytes)).toMatchObject({ ok: true, value: { rcode: 16 } });
  });
});
