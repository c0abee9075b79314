import { describe, expect, it } from 'vitest';
import { timeOf } from '../../../base/dates.ts';
import type { QueueListing } from '../../mta/queue.ts';
import { recordedCommands, recordingText } from '../../testing/recording.ts';
import { mailqText } from './mailq.ts';

const ARRIVED = timeOf(2026, 11, 23, 8, 0, 4);

const message = (
  queueId: string,
  size: number,
  sender: string,
  recipients: QueueListing['recipients'],
  flag: QueueListing['flag'] = '',
): QueueListing => ({ queueId, flag, size, arrivedAt: ARRIVED, sender, recipients });

/** Ids and dates change from run to run. */
const normal = (text: string, ids: readonly string[]): string =>
  ids
    .reduce((out, id, i) => out.replaceAll(id, i === 0 ? '⟨id⟩' : `⟨id${i}⟩`), text)
    .replaceAll('Mon Nov 23 09:00:04', '⟨date⟩');

const REASON = 'connect to 203.0.113.67[203.0.113.67]:25: Network is unreachable';
const clara = { address: 'clara@wolke.example', reason: REASON };
const dora = { address: 'dora@wolke.example', reason: REASON };
const emil = { address: 'emil@wolke.example', reason: REASON };

describe('mailq', () => {
  it('prints deferred and held mail as recorded [S11-030]', () => {
    for (const [file, flag] of [
      ['deferred', ''],
      ['hold', '!'],
    ] as const) {
      const listing = [
        message('1C0FFEE0001', 461, 'bernd@hafen.example', [clara, dora], flag),
        message('1C0FFEE0001', 466, 'bernd@hafen.example', [emil], flag),
      ];
      const recorded = recordedCommands(`tools/postqueue/${file}.txt`).find(
        (c) => c.command === 'postqueue -p',
      );
      expect(normal(mailqText(listing, 60), ['1C0FFEE0001'])).toBe(recorded?.output);
    }
  });

  it('prints an empty queue as recorded [S11-030]', () => {
    expect(mailqText([], 60)).toBe(recordedCommands('tools/postqueue/empty.txt')[0]?.output);
  });

  it('starts a long reason in the first column [S11-030]', () => {
    const text = recordingText('servers/mailq_many.txt');
    const from = text.indexOf('-Queue ID-');
    const refused = 'connect to 127.0.0.1[127.0.0.1]:12999: Connection refused';
    const greylisted =
      'host 127.0.0.1[127.0.0.1] said: 450 4.2.0 <ok@temp.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/temp.example.html (in reply to RCPT TO command)';
    const ours = mailqText(
      [
        message('2AAAAAAAAAA', 325, 'anna@hafen.example', [
          { address: 'x@refused.example', reason: refused },
          { address: 'z@refused.example', reason: refused },
        ]),
        message('3AAAAAAAAAA', 2267, 'anna@hafen.example', [
          { address: 'ok@temp.example', reason: greylisted },
        ]),
        message('1AAAAAAAAAA', 357, 'anna@hafen.example', [{ address: 'bob@hafen.example' }], '!'),
      ],
      60,
    );
    const named = ours
      .replace('2AAAAAAAAAA', '⟨queue-id-2⟩')
      .replace('3AAAAAAAAAA', '⟨queue-id-3⟩')
      .replace('1AAAAAAAAAA', '⟨queue-id⟩')
      .replaceAll('Mon Nov 23 09:00:04', '⟨date⟩');
    expect(text.slice(from).startsWith(named)).toBe(true);
  });

  it('counts one request in the singular [S11-030]', () => {
    expect(mailqText([message('1AAAAAAAAAA', 2048, 'a@b.example', [])], 0)).toContain(
      '-- 2 Kbytes in 1 Request.\n',
    );
  });
});
