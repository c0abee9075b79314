// Greylisting as Postgrey does it, first its table with the clock in hand, then at a server: what a client hears, what the log
// and the letter say. And the two test strings that a scanner and a filter find.

import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../base/dates.ts';
import { toBase64, utf8 } from '../../base/bytes.ts';
import { eventsOf, pass } from '../testing/machine.ts';
import { checkGreylist, type Greylist, type GreylistVerdict } from './greylist.ts';
import {
  Client,
  CLIENT,
  CLIENT_ADDRESS,
  inject,
  LETTER,
  mailbox,
  mailLog,
  mailWorld,
  neighbour,
  results,
} from './testing.ts';

const empty = (): Greylist => ({ triplets: new Map(), clients: new Map() });
function come(
  list: Greylist,
  now: number,
  changes: Partial<Record<'address' | 'sender' | 'recipient', string>> = {},
): GreylistVerdict {
  const { address = '192.0.2.41', sender = 'a@x.example', recipient = 'bob@hafen.example' } = changes;
  return checkGreylist(list, { isOn: true }, address, sender, recipient, now);
}
const short = (verdict: GreylistVerdict): string => `${verdict.action} ${verdict.reason}`;

describe('the table', () => {
  it('lets a triplet in after 300 seconds, not a moment before [S1-167]', () => {
    const list = empty();
    expect(short(come(list, 0))).toBe('greylist new');
    expect(come(list, 120_000)).toEqual({ action: 'greylist', reason: 'early-retry', secondsMissing: 180 });
    expect(short(come(list, 299_999))).toBe('greylist early-retry');
    expect(come(list, 300_000)).toEqual({ action: 'pass', reason: 'triplet found', delayedSeconds: 300 });
    // From then on it is known, and nothing is said of waiting.
    expect(come(list, HOUR)).toEqual({ action: 'pass', reason: 'triplet found' });
  });

  it('knows the network, and the sender without his numbers [S1-167]', () => {
    const list = empty();
    come(list, 0);
    expect(short(come(list, 10 * MINUTE, { address: '192.0.2.200' }))).toBe('pass triplet found');
    expect(short(come(list, 10 * MINUTE, { address: '192.0.3.41' }))).toBe('greylist new');
    expect(short(come(list, 10 * MINUTE, { recipient: 'anna@hafen.example' }))).toBe('greylist new');
    come(list, 0, { sender: 'bounce-17-bob=x@list.example' });
    expect(short(come(list, 10 * MINUTE, { sender: 'bounce-18-bob=x@list.example' }))).toBe(
      'pass triplet found',
    );
  });

  it('forgets who comes again only after two days, and everything after 35 [S1-167]', () => {
    const list = empty();
    come(list, 0);
    expect(short(come(list, 2 * DAY + 1))).toBe('greylist new');
    expect(short(come(list, 2 * DAY + 6 * MINUTE))).toBe('pass triplet found');
    expect(short(come(list, 36 * DAY))).toBe('pass triplet found');
    expect(short(come(list, 72 * DAY))).toBe('greylist new');
  });

  it('asks a client no more that came through five times, at most once an hour [S1-167]', () => {
    const list = empty();
    const hour = (i: number): number => i * 2 * HOUR;
    for (let i = 0; i < 5; i++) {
      come(list, hour(i), { sender: `s${'abcde'.charAt(i)}@x.example` });
      come(list, hour(i) + 10 * MINUTE, { sender: `s${'abcde'.charAt(i)}@x.example` });
    }
    expect(short(come(list, hour(6), { sender: 'quite@new.example' }))).toBe('pass client AWL');
    const fast = empty();
    for (const letter of 'abcdefg') come(fast, 0, { sender: `${letter}@x.example` });
    for (const letter of 'abcdefg') come(fast, 10 * MINUTE, { sender: `${letter}@x.example` });
    expect(short(come(fast, 11 * MINUTE, { sender: 'quite@new.example' }))).toBe('greylist new');
  });
});

describe('a server that greylists', () => {
  const world = () => mailWorld({ hafen: { mynetworks: [], greylist: { isOn: true } } });
  const REFUSED =
    '450 4.2.0 <bob@hafen.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/hafen.example.html\r\n';

  function knock(machine: ReturnType<typeof world>, recipient = 'bob@hafen.example'): string {
    const client = new Client(machine);
    client.lines(`EHLO ${CLIENT}`, 'MAIL FROM:<a@absender.example>');
    const answer = client.lines(`RCPT TO:<${recipient}>`);
    if (answer.startsWith('250')) {
      client.lines('DATA');
      client.say([...LETTER, '.', ''].join('\r\n'));
    }
    client.lines('QUIT');
    return answer;
  }

  it('says 450 twice, then 250, and writes into the letter how long it took [S1-167]', () => {
    const machine = world();
    expect(knock(machine)).toBe(REFUSED);
    pass(machine, 100_000);
    expect(knock(machine)).toBe(REFUSED);
    pass(machine, 210_000);
    expect(knock(machine)).toBe('250 2.1.5 Ok\r\n');
    expect(mailbox(machine, 'bob')[0]).toMatch(
      /^X-Greylist: delayed 31\d seconds by postgrey-1\.37 at mx\.hafen\.example; Mon, 23 Nov 2026 09:05:\d\d CET\r$/m,
    );
    const log = mailLog(machine).join('\n');
    expect(log).toMatch(
      /postgrey\[\d+\]: action=greylist, reason=new, client_name=mail\.absender\.example, client_address=192\.0\.2\.41, sender=a@absender\.example, recipient=bob@hafen\.example/,
    );
    expect(log).toMatch(/reason=early-retry \(200s missing\)/);
    expect(log).toMatch(/action=pass, reason=triplet found, delay=31\d/);
    expect(log).toContain('NOQUEUE: reject: RCPT from mail.absender.example[192.0.2.41]: 450 4.2.0');
  });

  it('tells who is refused for good at once, and asks nothing of its own network', () => {
    expect(knock(world(), 'nobody@hafen.example')).toMatch(/^550 5\.1\.1 /);
    expect(knock(world(), 'x@elsewhere.example')).toMatch(/^554 5\.7\.1 /);
    const own = mailWorld({ hafen: { mynetworks: [CLIENT_ADDRESS], greylist: { isOn: true } } });
    expect(knock(own)).toBe('250 2.1.5 Ok\r\n');
  });

  it('gets its letter from a real server, which comes again by itself [S1-167] [S2-030]', () => {
    const machine = mailWorld({
      zone: 'remote.example. IN MX 10 mx.remote.example.\nmx.remote.example. IN A 192.0.2.60\n',
      hosts: [neighbour('remote.example', '192.0.2.60', { greylist: { isOn: true } })],
    });
    inject(machine, 'anna@hafen.example', ['ok@remote.example']);
    expect(results(machine)[0]).toMatch(
      /^ok@remote\.example: deferred 4\.2\.0 host mx\.remote\.example\[192\.0\.2\.60\] said: 450 4\.2\.0 /,
    );
    pass(machine, 15 * MINUTE);
    expect(mailbox(machine, 'ok', 'mx.remote.example')).toHaveLength(1);
  });
});

describe('a server that looks into letters', () => {
  const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
  const GTUBE = ['XJS*C4JDBQADN1.NSBN3*2IDNEN*', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('');
  const VIRUS = '550 5.7.1 virus Eicar-Test-Signature detected by ClamAV - http://www.clamav.net\r\n';
  const SPAM = '550 5.7.1 Blocked by SpamAssassin\r\n';
  const send = (lines: readonly string[], mynetworks: readonly string[] = []) => {
    const machine = mailWorld({ hafen: { mynetworks, contentChecks: true } });
    return { machine, answer: inject(machine, 'a@absender.example', ['bob@hafen.example'], lines) };
  };
  const attached = (content: string): string[] => [
    'From: a@absender.example',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'See the file.',
    '--b',
    'Content-Type: application/octet-stream; name=eicar.com',
    'Content-Transfer-Encoding: base64',
    '',
    toBase64(utf8(content)),
    '--b--',
  ];

  it('refuses the test virus, bare or in an attachment [S5-016] [S1-067]', () => {
    expect(send(['Subject: x', '', EICAR]).answer).toBe(VIRUS);
    const { machine, answer } = send(attached(EICAR));
    expect(answer).toBe(VIRUS);
    expect(mailbox(machine, 'bob')).toEqual([]);
    expect(mailLog(machine).join('\n')).toMatch(
      /postfix\/cleanup\[\d+\]: \w+: milter-reject: END-OF-MESSAGE from .*: 5\.7\.1 virus Eicar-Test-Signature detected/,
    );
    expect(eventsOf(machine, 'content.found')).toMatchObject([{ finding: { kind: 'virus' } }]);
  });

  it('gives the spam test string a thousand points [S5-016]', () => {
    const { machine, answer } = send(['Subject: x', '', `Dear all, ${GTUBE}`]);
    expect(answer).toBe(SPAM);
    expect(eventsOf(machine, 'content.found')).toMatchObject([
      { finding: { kind: 'spam', rule: 'GTUBE', score: 1000 } },
    ]);
    expect(mailLog(machine).join('\n')).toContain('identified spam (1000.0/5.0)');
  });

  it('takes what only talks of them, and what the own network sends', () => {
    expect(send(['Subject: x', '', `A virus scanner finds ${EICAR}`]).answer).toMatch(/^250 /);
    expect(send(attached(`${EICAR}${' '.repeat(70)}`)).answer).toMatch(/^250 /);
    expect(send(['Subject: x', '', 'Hello']).answer).toMatch(/^250 /);
    expect(send(['Subject: x', '', EICAR], [CLIENT_ADDRESS]).answer).toMatch(/^250 /);
  });
});
