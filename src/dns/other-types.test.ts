import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerQuery } from './authoritative.ts';
import { rdataText, recordText, typeCodeOf, type ResourceRecord } from './records.ts';
import { decodeMessage, encodeMessage, NO_FLAGS, type DnsMessage } from './wire.ts';
import { loadZone } from './zone-checks.ts';
import { parseZone, printZone } from './zone-file.ts';
import { cases } from '../testing/effort.ts';

const HEAD = '$TTL 3600\n@ SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ NS ns1\nns1 A 192.0.2.10\n';
const RECORDS = [
  ['_submission._tcp', 'SRV', '0 1 587 mail.a.example.'],
  ['_imaps._tcp', 'SRV', '10 20 993 imap.wolke.example.'],
  ['@', 'CAA', '0 issue "ca.example; validationmethods=dns-01"'],
  ['@', 'CAA', '128 iodef "mailto:\\"x\\"@a.example"'],
  ['_25._tcp.mx1', 'TLSA', '3 1 1 8D02536C887482BC34FF54E41D2BA659BF85B341A0A20AFADB5813DC FBCF286D'],
  ['@', 'SPF', '"v=spf1 mx" " -all"'],
  ['child', 'DS', '60485 13 2 8D02536C887482BC34FF54E41D2BA659BF85B341A0A20AFADB5813DC FBCF286D'],
] as const;
const mail = 'mail A 192.0.2.25\nmail AAAA 2001:db8::25\n';

const message = (answers: readonly ResourceRecord[]): DnsMessage => ({
  id: 7,
  opcode: 0,
  rcode: 0,
  flags: { ...NO_FLAGS, qr: true },
  questions: [],
  answers,
  authority: [],
  additional: [],
});

describe('types beyond those of the first days', () => {
  for (const [owner, type, text] of RECORDS)
    it(`${type} ${text} is read from a zone file, travels and is printed the same [S3-001]`, () => {
      const parsed = parseZone(`${HEAD}${owner} ${type} ${text}\n`, 'a.example.');
      expect(parsed.problems).toEqual([]);
      const record = parsed.records.at(-1) as ResourceRecord;
      const { name, ttl, data } = record;
      expect(rdataText(data)).toBe(text);
      const read = decodeMessage(encodeMessage(message([{ name, ttl, data }])));
      expect(read.ok && read.value.answers).toEqual([{ name, ttl, data }]);
      const again = parseZone(HEAD + printZone([{ name, ttl, data }], 'a.example.'), 'a.example.');
      expect(again.records.at(-1)?.data).toEqual(data);
    });

  it('refuses what such a type cannot hold [S3-001]', () => {
    for (const text of [
      '_x._tcp SRV 0 1 mail',
      '_x._tcp SRV 0 1 70000 mail',
      '@ CAA 300 issue "ca"',
      '@ CAA 0 is-sue "ca"',
      'x TLSA 3 1 1 8D0',
      'x TLSA 3 1 1 xy',
      'x DS 70000 13 2 00',
    ])
      expect(parseZone(`${HEAD}${text}\n`, 'a.example.').failure, text).toBeDefined();
  });

  it('adds the addresses of the host that SRV names, and nothing to an answer about CAA [S3-001]', () => {
    const text = HEAD + RECORDS.map(([owner, type, data]) => `${owner} ${type} ${data}\n`).join('') + mail;
    const { hosted } = loadZone(text, 'a.example.');
    const ask = (name: string, type: string): string[] | undefined =>
      answerQuery(
        new Map([['a.example.', hosted]]),
        {
          ...message([]),
          flags: NO_FLAGS,
          questions: [{ name, type: typeCodeOf(type) ?? 0, class: 1 }],
        },
        { transport: 'udp' },
      )?.additional.map(recordText);
    expect(ask('_submission._tcp.a.example.', 'SRV')).toEqual([
      'mail.a.example.\t\t3600\tIN\tA\t192.0.2.25',
      'ns1.a.example.\t\t3600\tIN\tA\t192.0.2.10',
      'mail.a.example.\t\t3600\tIN\tAAAA\t2001:db8::25',
    ]);
    expect(ask('_imaps._tcp.a.example.', 'SRV')).toEqual(['ns1.a.example.\t\t3600\tIN\tA\t192.0.2.10']);
    expect(ask('a.example.', 'CAA')).toEqual(['ns1.a.example.\t\t3600\tIN\tA\t192.0.2.10']);
  });

  it('carries any octets of any of them unharmed [S3-001] [G-13]', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(33, 43, 46, 47, 48, 52, 59, 99, 257),
        fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }),
        (code, octets) => {
          const data = { type: 'OTHER' as const, code, rdata: String.fromCharCode(...octets) };
          const record = { name: 'x.example.', ttl: 1, data };
          const read = decodeMessage(encodeMessage(message([record])));
          expect(read.ok && read.value.answers).toEqual([record]);
          expect(rdataText(data)).not.toBe('');
        },
      ),
      cases(3000),
    );
  });
});
