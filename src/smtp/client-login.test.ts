// The client before the transaction: STARTTLS and AUTH against a server that a test plays. RFC 3207, RFC 4954.

import { describe, expect, it } from 'vitest';
import { toBase64, utf8 } from '../base/bytes.ts';
import { openSaslServer, saslAccount, saslRespond } from '../sasl/server.ts';
import { fromBase64, isBase64Error } from '../base/bytes.ts';
import { clientRig, type ClientRig } from './test-rig.ts';

const LOGIN = { user: 'alice', password: 'geheim' };
const greet = (rig: ClientRig, offers: string): string => {
  rig.feed('220 mx.blue.example ESMTP\r\n');
  rig.said();
  return rig.hear(`250-mx.blue.example\r\n250-${offers}\r\n250 8BITMIME\r\n`);
};

describe('STARTTLS', () => {
  it('is used when offered, and what was said before it is said again', () => {
    const rig = clientRig({}, { tls: 'may' });
    expect(greet(rig, 'STARTTLS')).toBe('STARTTLS\r\n');
    // What a stranger put behind the reply must not count.
    rig.feed('220 2.0.0 Ready to start TLS\r\n250 forged\r\n');
    expect(rig.handshakes).toBe(1);
    expect(rig.secured()).toBe('EHLO mail.red.example\r\n');
    expect(rig.hear('250-mx.blue.example\r\n250 8BITMIME\r\n')).toBe('MAIL FROM:<ana@red.example>\r\n');
  });

  it('is no must under may, and the end of the matter under encrypt [S2-071]', () => {
    expect(greet(clientRig({}, { tls: 'may' }), 'SIZE')).toMatch(/^MAIL FROM/);
    const strict = clientRig({}, { tls: 'encrypt' });
    expect(greet(strict, 'SIZE')).toBe('QUIT\r\n');
    expect(strict.outcomes).toMatchObject([
      {
        status: 'deferred',
        dsn: '4.7.4',
        text: 'TLS is required, but was not offered by host mx.blue.example[198.51.100.25]',
      },
    ]);
  });
});

describe('AUTH', () => {
  it('takes the strongest mechanism and goes on when it is through [S1-111] [S1-116]', () => {
    const plain = clientRig({}, { login: LOGIN });
    expect(greet(plain, 'AUTH PLAIN LOGIN')).toBe(`AUTH PLAIN ${toBase64(utf8('\0alice\0geheim'))}\r\n`);
    expect(plain.hear('235 2.7.0 Authentication successful\r\n')).toMatch(/^MAIL FROM/);

    const scram = clientRig({}, { login: LOGIN, nonce: 'abc' });
    let said = greet(scram, 'AUTH PLAIN SCRAM-SHA-256 LOGIN');
    expect(said).toMatch(/^AUTH SCRAM-SHA-256 /);
    const server = openSaslServer('SCRAM-SHA-256', { challenge: '<1@x>', nonce: 'def' });
    const bytesOf = (text: string): Uint8Array => {
      const bytes = fromBase64(text.trim().split(' ').at(-1) ?? '');
      if (isBase64Error(bytes)) throw new Error(text);
      return bytes;
    };
    const asked = saslRespond(server, bytesOf(said));
    expect(asked.kind).toBe('account');
    // No secret of this mechanism is on record: the client hears a refusal and tells it.
    expect(saslAccount(server, { user: 'alice', password: 'geheim' }).kind).toBe('failed');
    said = scram.hear('535 5.7.8 Error: authentication failed: (reason unavailable)\r\n');
    expect(said).toBe('QUIT\r\n');
    expect(scram.outcomes?.[0]).toMatchObject({
      status: 'deferred',
      dsn: '4.7.0',
      text: 'SASL authentication failed; server mx.blue.example[198.51.100.25] said: 535 5.7.8 Error: authentication failed: (reason unavailable)',
    });
  });

  it('answers the two questions of LOGIN [S1-112]', () => {
    const rig = clientRig({}, { login: LOGIN });
    expect(greet(rig, 'AUTH LOGIN')).toBe('AUTH LOGIN\r\n');
    expect(rig.hear('334 VXNlcm5hbWU6\r\n')).toBe(`${toBase64(utf8('alice'))}\r\n`);
    expect(rig.hear('334 UGFzc3dvcmQ6\r\n')).toBe(`${toBase64(utf8('geheim'))}\r\n`);
    expect(rig.hear('235 2.7.0 Authentication successful\r\n')).toMatch(/^MAIL FROM/);
  });

  it('gives up where nothing fits, and does not send the password twice', () => {
    const rig = clientRig({}, { login: LOGIN });
    expect(greet(rig, 'AUTH GSSAPI')).toBe('QUIT\r\n');
    expect(rig.outcomes?.[0]?.status).toBe('deferred');
  });
});
