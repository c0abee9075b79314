import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream, nextInt } from '../base/random.ts';
import type { RecordData, ResourceRecord } from './records.ts';
import { decodeMessage, encodeMessage, fitMessage, NO_FLAGS, type DnsMessage } from './wire.ts';
import { nameOfLabels } from './name.ts';
import { effort } from '../testing/effort.ts';

const label = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 20 })
  .map((codes) => String.fromCharCode(...codes));
const name = fc.array(label, { maxLength: 6 }).map(nameOfLabels);
const binary = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength }).map((codes) => String.fromCharCode(...codes));
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const data: fc.Arbitrary<RecordData> = fc.oneof(
  fc.record({ type: fc.constant('A' as const), address: fc.ipV4() }),
  fc.constantFrom<RecordData>(
    { type: 'AAAA', address: '::' },
    { type: 'AAAA', address: '2001:db8::1' },
    { type: 'AAAA', address: '2001:db8:0:1:1:1:1:1' },
    { type: 'AAAA', address: '::ffff:192.0.2.1' },
  ),
  fc.record({
    type: fc.constant('MX' as const),
    preference: fc.integer({ min: 0, max: 65535 }),
    exchange: name,
  }),
  fc.record({
    type: fc.constant('TXT' as const),
    strings: fc.array(binary(255), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('CNAME' as const), target: name }),
  fc.record({ type: fc.constant('PTR' as const), target: name }),
  fc.record({ type: fc.constant('NS' as const), host: name }),
  fc.record({
    type: fc.constant('SOA' as const),
    mname: name,
    rname: name,
    serial: u32,
    refresh: u32,
    retry: u32,
    expire: u32,
    minimum: u32,
  }),
  fc.record({
    type: fc.constant('OTHER' as const),
    code: fc.integer({ min: 256, max: 65535 }),
    rdata: binary(40),
  }),
);
const record: fc.Arbitrary<ResourceRecord> = fc.record({
  name,
  ttl: fc.integer({ min: 0, max: 0x7fffffff }),
  data,
});
const records = fc.array(record, { maxLength: 5 });
const flags = fc.record({
  qr: fc.boolean(),
  aa: fc.boolean(),
  tc: fc.boolean(),
  rd: fc.boolean(),
  ra: fc.boolean(),
  ad: fc.boolean(),
  cd: fc.boolean(),
});
const edns = fc.record(
  {
    udpSize: fc.integer({ min: 0, max: 65535 }),
    version: fc.integer({ min: 0, max: 255 }),
    dnssecOk: fc.boolean(),
    cookie: fc.constantFrom('0011223344556677', '00112233445566778899aabbccddeeff0102030405060708'),
    extendedError: fc.record({ code: fc.integer({ min: 0, max: 65535 }), text: binary(10) }),
  },
  { requiredKeys: ['udpSize', 'version', 'dnssecOk'] },
);
const message: fc.Arbitrary<DnsMessage> = fc.record(
  {
    id: fc.integer({ min: 0, max: 65535 }),
    opcode: fc.integer({ min: 0, max: 15 }),
    rcode: fc.integer({ min: 0, max: 15 }),
    flags,
    questions: fc.array(
      fc.record({ name, type: fc.integer({ min: 0, max: 65535 }), class: fc.constant(1) }),
      { maxLength: 2 },
    ),
    answers: records,
    authority: records,
    additional: records,
    edns,
  },
  { requiredKeys: ['id', 'opcode', 'rcode', 'flags', 'questions', 'answers', 'authority', 'additional'] },
);

describe('DNS messages on the wire', () => {
  it('come back as they were written [S3-010]', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeMessage(encodeMessage(value))).toEqual({ ok: true, value });
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it('compress names as BIND does: the recorded answer has 86 octets', () => {
    const answer: DnsMessage = {
      id: 1,
      opcode: 0,
      rcode: 0,
      flags: { ...NO_FLAGS, qr: true, rd: true, ra: true },
      questions: [{ name: 'hafen.example.', type: 1, class: 1 }],
      answers: [{ name: 'hafen.example.', ttl: 3599, data: { type: 'A', address: '192.0.2.80' } }],
      authority: [],
      additional: [],
      edns: { udpSize: 1232, version: 0, dnssecOk: false, cookie: '00'.repeat(24) },
    };
    expect(encodeMessage(answer).length).toBe(86);
    // Names are compared with their case, hence 13 octets more (recorded: dig HaFeN.ExAmPlE).
    const upper = { ...answer, questions: [{ name: 'HaFeN.ExAmPlE.', type: 1, class: 1 }] };
    expect(encodeMessage(upper).length).toBe(99);
  });

  it('never throw and never hang on hostile octets', () => {
    const random = randomStream('fuzz', 'wire');
    const seeds = fc.sample(message, { numRuns: 60, seed: 7 }).map(encodeMessage);
    for (let round = effort(60_000); round > 0; round--) {
      const bytes = (seeds[round % seeds.length] as Uint8Array).slice();
      const hits = 1 + nextInt(random, 4);
      for (let i = 0; i < hits; i++)
        bytes[nextInt(random, bytes.length)] = nextInt(random, 3) === 0 ? 0xc0 : nextInt(random, 256);
      const read = decodeMessage(bytes.subarray(0, nextInt(random, bytes.length + 1)));
      if (read.ok) encodeMessage(read.value);
    }
  });

  it('refuse pointers that lead forward or to themselves', () => {
    const header = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const read = decodeMessage(Uint8Array.from([...header, 0xc0, 12, 0, 1, 0, 1]));
    expect(read).toEqual({ ok: false, error: { reason: 'pointer does not point back', at: 12 } });
    const chain = decodeMessage(Uint8Array.from([...header, 1, 97, 0xc0, 14, 0, 1, 0, 1]));
    expect(chain).toMatchObject({ ok: false, error: { reason: 'pointer does not point back' } });
  });

  it('are cut to size with TC and stay readable [S3-010]', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 0, max: 300 }), (value, more) => {
        const empty = { ...value, answers: [], authority: [], additional: [] };
        const limit = encodeMessage(empty).length + more;
        const cut = fitMessage(value, limit);
        const bytes = encodeMessage(cut);
        expect(bytes.length).toBeLessThanOrEqual(limit);
        expect(decodeMessage(bytes)).toEqual({ ok: true, value: cut });
        if (cut.answers.length < value.answers.length) expect(cut.flags.tc).toBe(true);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});
