// Other people's dialogues, as far as they are SMTP and not one server's taste: RFC 5321 appendix D, and chasquid's. Their
// words are theirs, so codes (RFC 5321) or classes (chasquid) are compared. Skipped when the suites are not at hand.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromLatin1, latin1, utf8 } from '../base/bytes.ts';
import { clientConfig, clientDrain, clientReceive, openClientSession } from '../smtp/client.ts';
import { userUnknown } from '../smtp/postfix.ts';
import { postfixConfig } from '../smtp/session.ts';
import { conformancePath, logSuite } from '../testing/suite-log.ts';
import { sessionTarget, type TalkPolicy } from './session-target.ts';

const folder = conformancePath('smtp');
const present = folder !== null;
// Of chasquid's 27 dialogues most need its own texts, TLS, AUTH or a whole server.
logSuite('smtp dialogues', present ? 13 : 0, present ? 19 : 32);

const policy: TalkPolicy = (question) => {
  if (question.kind === 'message') return { ok: true, queueId: '4CONF1' };
  if (question.kind === 'recipient' && question.recipient.address.startsWith('Green@'))
    return { reply: userUnknown(question.recipient.address, 'local recipient') };
  return { ok: true };
};

const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');

/** A server to talk to line by line: what it says to a line, as lines. */
function server(hostname: string): { say: (text: string) => string[]; message: () => string } {
  const target = sessionTarget(postfixConfig(hostname), { address: '192.0.2.7', name: 'unknown' }, policy);
  target.connect('1');
  const heard = (): string[] => {
    const { bytes } = target.receive('1');
    return fromLatin1(bytes)
      .split('\r\n')
      .filter((line) => line !== '');
  };
  return {
    say(text) {
      if (text !== '') target.send('1', utf8(text));
      return heard();
    },
    message() {
      const last = target.questions.findLast((question) => question.kind === 'message');
      return last?.kind === 'message' ? last.message : '';
    },
  };
}

describe.skipIf(!present)('RFC 5321 appendix D', () => {
  // D.4's VRFY names a person; Postfix says 252, which RFC 5321 §3.5.3 allows too.
  const allowed: Readonly<Record<string, string>> = { 'VRFY Crispin': '252' };
  for (const name of ['1', '2', '3', '3-1', '4'])
    it(`scenario D.${name} [S1-040] [S1-046]`, () => {
      const lines = read(`rfc5321-scenarios/test_trace_d_${name}.txt`)
        .replace(/\r/g, '')
        .trimEnd()
        .split('\n');
      const { say } = server('foo.com');
      let inText = false;
      let last = '';
      let codes = say('').map((line) => line.slice(0, 3));
      for (const line of lines) {
        const reply = /^(\d{3})([ -])/.exec(line);
        if (reply && (!inText || last === '.')) {
          if (reply[2] === '-') continue;
          const code = codes.at(-1);
          expect(code, `${last} -> ${line}`).toBe(allowed[last] ?? reply[1]);
          inText = reply[1] === '354';
          codes = [];
        } else {
          codes = say(`${line}\r\n`).map((each) => each.slice(0, 3));
          last = line;
        }
      }
    });
});

describe.skipIf(!present)('chasquid’s dialogues', () => {
  const dialogues = [
    't-12-minor_dialogs/helo.cmy',
    't-12-minor_dialogs/empty_helo.cmy',
    't-12-minor_dialogs/data_dot_stuffing.cmy',
    't-12-minor_dialogs/unknown_command.cmy',
    't-05-null_address/sendmail.cmy',
  ];
  for (const name of dialogues)
    it(`${name} [S1-012] [S1-021] [S1-061]`, () => {
      const { say, message } = server('testserver');
      let said = say('');
      const text: string[] = [];
      let inText = false;
      for (const line of read(`chasquid-dialogs/${name}`).split('\n')) {
        const step = /^c (->|<-|<~|<\.\.\.)(?: (.*))?$/.exec(line);
        if (!step) continue;
        const words = step[2] ?? '';
        if (step[1] === '->') {
          said = say(`${words}\r\n`);
          if (inText && words !== '.') text.push(words.replace(/^\./, ''));
          continue;
        }
        // `<... 250 HELP` waits for the end of a list that ends otherwise here.
        expect(said.at(-1)?.charAt(0), line).toBe(words.charAt(0));
        inText = words.startsWith('354');
      }
      if (text.length > 0)
        expect(message()).toBe(fromLatin1(utf8(text.map((each) => `${each}\r\n`).join(''))));
    });

  for (const name of ['test_tcp_success', 'test_tcp_null', 'test_unix_failure'])
    it(`${name}: our LMTP client against the scripted server [S2-020] [S2-022]`, () => {
      const script = read(`chasquid-dialogs/cmd/mda-lmtp/${name}.cmy`);
      const reversePath = name === 'test_tcp_null' ? '' : 'from';
      const session = openClientSession(
        clientConfig('mail.red.example', { protocol: 'lmtp', skipQuitResponse: false }),
        {
          server: { name: 'lmtp.example', address: '192.0.2.1' },
          nexthop: 'example',
          reversePath,
          recipients: [{ address: reversePath === '' ? '' : 'to' }],
          message: 'Subject: test\r\n\r\nThis is a test.\r\n',
        },
        0,
      );
      let sent = '';
      let outcome: string | undefined;
      const drain = (): void => {
        for (const output of clientDrain(session)) {
          if (output.kind === 'send') sent += output.bytes;
          if (output.kind === 'done') outcome = output.outcomes[0]?.status;
        }
      };
      let checked = 0;
      let refusal = '';
      for (const line of script.split('\n')) {
        const step = /^nc (->|<-|<~)(?: (.*))?$/.exec(line);
        if (!step) continue;
        const words = step[2] ?? '';
        if (step[1] === '->') {
          if (/^[45]/.test(words)) refusal = words.charAt(0);
          clientReceive(session, latin1(`${words}\r\n`), 0);
          drain();
          continue;
        }
        const end = sent.indexOf('\r\n');
        const got = end < 0 ? '(nothing)' : sent.slice(0, end);
        sent = sent.slice(end + 2);
        // Theirs hangs up or quits after a refusal, ours says RSET first, as Postfix does.
        if (refusal !== '' && got === 'RSET') break;
        if (step[1] === '<~') expect(got).toMatch(new RegExp(`^${words}`));
        else expect(got).toBe(words);
        checked++;
      }
      expect(checked).toBeGreaterThan(2);
      expect(outcome).toBe({ '': 'delivered', '4': 'deferred', '5': 'bounced' }[refusal]);
    });
});
