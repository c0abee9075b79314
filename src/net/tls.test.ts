// The TLS model between two ends: it comes to terms in any pieces, hides and guards what it carries, checks the chain against
// the simulated clock, and tells plain text from TLS.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  identityProblem,
  openTlsClient,
  openTlsServer,
  tlsClose,
  tlsDrain,
  tlsEnded,
  tlsReceive,
  tlsWrite,
  type TlsClientConfig,
  type TlsEnd,
  type TlsOutput,
  type TlsServerConfig,
} from './tls.ts';
import { readRecord } from './tls-record.ts';
import { converse, NOW, randomOf, ROOTS, testIdentity } from './testing.ts';
import { cases } from '../testing/effort.ts';

const NAME = 'mail.hafen.example';
const identity = testIdentity(NAME);

function pair(
  client: Partial<TlsClientConfig> = {},
  server: Partial<TlsServerConfig> = {},
): { client: TlsEnd; server: TlsEnd } {
  return {
    client: openTlsClient(
      { roots: ROOTS, enforce: true, serverName: NAME, hostname: NAME, ...client },
      randomOf('c'),
    ),
    server: openTlsServer({ identity, ...server }, randomOf('s')),
  };
}
const kinds = (outputs: readonly TlsOutput[]): string[] => outputs.map(({ kind }) => kind);
const plain = (outputs: readonly TlsOutput[]): string =>
  outputs.map((output) => (output.kind === 'plain' ? output.bytes : '')).join('');

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
  it('comes to terms in pieces of any size, and carries both ways what was written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 80 }).map((text) => text.replace(/[^\0-ÿ]/gu, '?'))),
        (sizes, texts) => {
          let turn = 0;
          const cut = (bytes: string): string[] => {
            const out: string[] = [];
            for (let at = 0; at < bytes.length;) {
              const size = sizes[turn++ % sizes.length] ?? 1;
              out.push(bytes.slice(at, at + size));
              at += size;
            }
            return out;
          };
          const { client, server } = pair({ versions: [version] });
          const opened = converse(client, server, cut);
          expect(opened.server).toEqual([
            { kind: 'established', session: expect.objectContaining({ version, serverName: NAME }) },
          ]);
          expect(kinds(opened.client)).toEqual(
            version === 'TLSv1.3' ? ['established', 'ticket'] : ['established'],
          );
          for (const text of texts) {
            tlsWrite(client, text);
            tlsWrite(server, text);
          }
          const talk = converse(client, server, cut);
          expect(plain(talk.server)).toBe(texts.join(''));
          expect(plain(talk.client)).toBe(texts.join(''));
        },
      ),
      cases(40),
    );
  });

  it('shows an onlooker records of the right length and nothing of the text', () => {
    const { client, server } = pair({ versions: [version] });
    converse(client, server);
    const secret = 'PASS geheim12345\r\n'.repeat(2000);
    tlsWrite(client, secret);
    const { wire, server: heard } = converse(client, server);
    expect(plain(heard)).toBe(secret);
    let bytes = wire.map((one) => one.bytes).join('');
    expect(bytes).not.toContain('geheim');
    let records = 0;
    for (let read = readRecord(bytes); read.kind === 'record'; read = readRecord(bytes)) {
      expect(read.record.type).toBe(23);
      bytes = bytes.slice(read.length);
      records++;
    }
    expect([bytes, records]).toEqual(['', Math.ceil(secret.length / 16_384)]);
  });

  it('notices a changed byte and stops', () => {
    const { client, server } = pair({ versions: [version] });
    converse(client, server);
    tlsWrite(client, 'MAIL FROM:<a@b.example>\r\n');
    const [sent] = tlsDrain(client);
    const bytes = sent?.kind === 'wire' ? sent.bytes : '';
    tlsReceive(
      server,
      `${bytes.slice(0, 9)}${String.fromCharCode(bytes.charCodeAt(9) ^ 1)}${bytes.slice(10)}`,
      NOW,
    );
    expect(tlsDrain(server)).toContainEqual({
      kind: 'failed',
      failure: { kind: 'sentAlert', alert: 'bad_record_mac' },
    });
  });
});

describe('a handshake fails', () => {
  const failure = (client: Partial<TlsClientConfig>, server: Partial<TlsServerConfig> = {}): unknown[] => {
    const ends = pair(client, server);
    const { client: c, server: s } = converse(ends.client, ends.server);
    return [c, s].map((outputs) => outputs.find((output) => output.kind === 'failed'));
  };
  const failed = (one: object): unknown => ({ kind: 'failed', failure: one });

  it.each([
    ['with another name', { hostname: 'imap.hafen.example' }, {}, 'bad_certificate', 62],
    ['with an unknown root', { roots: '' }, {}, 'unknown_ca', 20],
    ['with an expired certificate', {}, { identity: testIdentity(NAME, 10) }, 'certificate_expired', 10],
  ] as const)('%s, and both ends say why', (_what, client, server, alert, code) => {
    expect(failure(client, server)).toEqual([
      failed({ kind: 'sentAlert', alert, code }),
      failed({ kind: 'gotAlert', alert }),
    ]);
  });

  it('with a version that is too old', () => {
    expect(failure({ versions: ['TLSv1', 'TLSv1.1'] })).toEqual([
      failed({ kind: 'gotAlert', alert: 'protocol_version' }),
      failed({ kind: 'sentAlert', alert: 'protocol_version' }),
    ]);
  });

  it('goes on without enforcement, with the same verdict', () => {
    const { client, server } = pair({ hostname: 'imap.hafen.example', enforce: false });
    const outputs = converse(client, server).client;
    expect(kinds(outputs)).toEqual(['established', 'ticket']);
    expect(client.peer).toMatchObject({
      code: 62,
      path: [
        { subject: 'CN = mail.hafen.example' },
        { subject: 'O = Test Trust, CN = Test Root', isSelfSigned: true },
      ],
    });
  });

  it('when the other side speaks plain text, on either end', () => {
    const { client, server } = pair();
    tlsReceive(client, '220 mail.hafen.example ESMTP Postfix\r\n', NOW);
    expect(tlsDrain(client).at(-1)).toEqual(failed({ kind: 'noTls' }));
    tlsReceive(server, 'EHLO laptop\r\n', NOW);
    expect(tlsDrain(server)).toEqual([failed({ kind: 'noTls' })]);
  });

  it('when the connection ends in the middle', () => {
    const { client } = pair();
    tlsDrain(client);
    tlsEnded(client);
    expect(tlsDrain(client)).toEqual([failed({ kind: 'ended' })]);
  });
});

describe('an end', () => {
  it('says goodbye, and what comes after it is not heard', () => {
    const { client, server } = pair();
    converse(client, server);
    tlsClose(client);
    tlsWrite(client, 'more');
    expect(kinds(converse(client, server).server)).toEqual(['closed']);
  });

  it('is plain data: a copy goes on as the original does', () => {
    const { client, server } = pair();
    converse(client, server);
    const copy = structuredClone(server);
    tlsWrite(client, 'x');
    const [sent] = tlsDrain(client);
    const bytes = sent?.kind === 'wire' ? sent.bytes : '';
    for (const end of [server, copy]) {
      tlsReceive(end, bytes, NOW);
      expect(plain(tlsDrain(end))).toBe('x');
    }
  });

  it('says what is wrong with its certificate and key', () => {
    expect(identityProblem(identity)).toBeUndefined();
    expect(identityProblem({ ...identity, chain: 'no' })).toBe('certificate');
    expect(identityProblem({ ...identity, key: 'no' })).toBe('key');
    expect(identityProblem({ chain: ROOTS, key: identity.key })).toBe('mismatch');
  });

  it('survives whatever comes on the wire', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }),
        fc.boolean(),
        (pieces, isClient) => {
          const { client, server } = pair();
          const end = isClient ? client : server;
          // With the head of a handshake record, so that more than the framing is reached.
          for (const piece of pieces)
            for (const head of ['', '\x16\x03\x03\0\x20\x01\0\0\x1c'])
              tlsReceive(end, head + String.fromCharCode(...piece), NOW);
          expect(end.input.length).toBeLessThan(2000);
        },
      ),
      cases(5000),
    );
  });
});
