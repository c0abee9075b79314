// A replay: one message that was signed rightly, sent again by somebody else to many. DKIM cannot tell, and DMARC believes
// it; only time (x=) ends it, and oversigning keeps the replayer from adding fields.

import { describe, expect, it } from 'vitest';
import { signDkim } from '../auth/dkim-sign.ts';
import { callFromOutside } from './kernel.ts';
import { keyOf } from './mta/sign.ts';
import { mailWorld, MX, signer } from './mta/testing.ts';
import { eventsOf, settle, START } from './testing/machine.ts';

const key = signer('absender.example', 's1');
const NOW = Math.floor(START / 1000);
const LETTER = [
  'From: Shop <shop@absender.example>',
  'To: someone@elsewhere.example',
  'Subject: Your voucher',
  'Date: Mon, 23 Nov 2026 08:30:00 +0100',
  'Message-ID: <v1@absender.example>',
  '',
  'Buy now.',
  '',
].join('\r\n');

function signed(options: { expires?: number; oversigned?: readonly string[] } = {}): string {
  const { field } = signDkim(LETTER, {
    domain: 'absender.example',
    selector: 's1',
    key: keyOf(key.key.privateKey),
    timestamp: NOW - 600,
    ...options,
  });
  return `${field}\r\n${LETTER}`;
}

/** The replayer sends what it kept from its own address to Bob and Anna. */
function replay(raw: string) {
  const machine = mailWorld({
    zone: `${key.line}absender.example. IN TXT "v=spf1 ip4:192.0.2.1 -all"\n_dmarc.absender.example. IN TXT "v=DMARC1; p=reject"\n`,
    hafen: { mynetworks: [], verify: { authservId: MX, onReject: 'reject' } },
    hosts: [
      {
        name: 'box.replay.test',
        addresses: ['203.0.113.66'],
        programs: [
          ['libresolv', 'libresolv', { nameservers: ['198.18.0.53'] }],
          [
            'sender',
            'sender',
            {
              helo: 'box.replay.test',
              messages: [
                {
                  name: 'replay',
                  reversePath: 'shop@absender.example',
                  recipient: 'bob@hafen.example',
                  alsoTo: ['anna@hafen.example'],
                  headers: [],
                  body: '',
                  raw,
                },
              ],
            },
          ],
        ],
      },
    ],
  });
  callFromOutside(machine, 'box.replay.test', 'sender', { type: 'send', message: 'replay' }, undefined);
  settle(machine);
  const [dkim] = eventsOf(machine, 'auth.dkim');
  return {
    spf: eventsOf(machine, 'auth.spf')[0]?.verdict.result,
    dkim: dkim?.verdicts[0]?.reason,
    dmarc: eventsOf(machine, 'auth.dmarc')[0]?.verdict.result,
    inboxes: eventsOf(machine, 'mailbox.delivered').map(({ user, folder }) => `${user} ${folder}`),
  };
}

describe('a replayed message', () => {
  it('fails SPF, passes DKIM, and so passes DMARC for everybody [S4-026]', () => {
    expect(replay(signed())).toEqual({
      spf: 'fail',
      dkim: 'ok',
      dmarc: 'pass',
      inboxes: ['bob INBOX', 'anna INBOX'],
    });
  });

  it('ends with x= [S4-026]', () => {
    expect(replay(signed({ expires: NOW - 60 }))).toMatchObject({
      dkim: 'expired',
      dmarc: 'fail',
      inboxes: [],
    });
  });

  it('may get another To unless that is oversigned [S4-026]', () => {
    const add = (raw: string): string => `To: bob@hafen.example\r\n${raw}`;
    expect(replay(add(signed({ oversigned: ['from', 'subject', 'date', 'to'] })))).toMatchObject({
      dkim: 'signature',
      dmarc: 'fail',
    });
    const cc = (raw: string): string => `Cc: bob@hafen.example\r\n${raw}`;
    expect(replay(cc(signed()))).toMatchObject({ dkim: 'ok', dmarc: 'pass' });
  });
});
