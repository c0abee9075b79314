// The mistakes of people who type POP3, IMAP and TLS for the first time, in a world, and what the page tells of it all.

import { describe, expect, it } from 'vitest';
import { LAPTOP, letter, openScene, type Scene } from './testing.ts';
import { why } from './why.ts';

const POP = ['telnet mail.wolke.example 110', 'USER alice', 'PASS brieftaube'];
const IMAP = ['telnet mail.wolke.example 143', 'a LOGIN alice brieftaube'];

function scene(): Scene {
  const found = openScene();
  found.type(LAPTOP, ...letter('mail.wolke.example', 'alice@wolke.example'));
  return found;
}

function hints(...lines: readonly string[]): readonly string[] {
  const { journal, type } = scene();
  const before = journal.coach.hints.length;
  type(LAPTOP, ...lines);
  return journal.coach.hints.slice(before).map(({ id }) => id);
}

describe('the coach at a mailbox', () => {
  it.each([
    ['AC-TAG', ['telnet mail.wolke.example 143', 'LOGIN alice brieftaube']],
    ['AC-LITERAL', ['telnet mail.wolke.example 143', 'a LOGIN alice {5}', 'brieftaube']],
    ['AC-QUOTE', ['telnet mail.wolke.example 143', 'a LOGIN alice brief"taube']],
    ['AC-UID', [...IMAP, 'b SELECT INBOX', 'c FETCH 400 FLAGS']],
    ['AC-BODY', [...IMAP, 'b SELECT INBOX', 'c FETCH 1 BODY']],
    ['AC-SELECT', [...IMAP, 'b FETCH 1 BODY[]']],
    ['AC-USER', ['telnet mail.wolke.example 110', 'PASS brieftaube']],
    ['AC-SMTP', ['telnet mail.wolke.example 110', 'EHLO laptop.home.example']],
    ['AC-SMTP', ['telnet mail.wolke.example 143', 'MAIL FROM:<a@wolke.example>']],
    ['AC-TLS', ['telnet mail.wolke.example 993']],
    ['LM-18', ['openssl s_client -quiet -crlf -connect mail.wolke.example:993', 'QUIT']],
  ])('sees %s in %j, and nothing else [S7-036]', (id, lines) => {
    expect(hints(...lines)).toEqual([id]);
  });

  it('sees POP3 and IMAP at the SMTP port [S7-036]', () => {
    expect(hints('telnet mail.wolke.example 25', 'USER alice')).toContain('AC-MAIL');
  });

  it('sees a DELE that no QUIT confirmed [S7-036]', () => {
    const { journal, type, run } = scene();
    type(LAPTOP, ...POP, 'DELE 1');
    run({ type: 'hangUp', terminal: LAPTOP });
    expect(journal.coach.hints.map(({ id }) => id)).toEqual(['AC-DELE']);
    expect(journal.marks.marks.map(({ text }) => text.key)).toContain('mark.pop3.kept');
  });

  it('is silent about a session in order', () => {
    expect(hints(...POP, 'LIST', 'RETR 1', 'DELE 1', 'QUIT')).toEqual([]);
    expect(
      hints(...IMAP, 'b SELECT INBOX', 'c FETCH 1 BODY[]', 'd FETCH 1 BODYSTRUCTURE', 'e LOGOUT'),
    ).toEqual([]);
  });
});

describe('the story at a mailbox', () => {
  it('tells of login, folder, reading, marking and removal, each with a why', () => {
    const { journal, type } = scene();
    const before = journal.marks.marks.length;
    type(LAPTOP, ...IMAP, 'b SELECT INBOX', 'c FETCH 1 BODY[]', 'd STORE 1 +FLAGS (\\Deleted)', 'e EXPUNGE');
    const marks = journal.marks.marks.slice(before);
    const told = marks.filter(({ text }) => /^mark\.(?:imap|mailbox)/.test(text.key));
    expect(told.map(({ text }) => text.key)).toEqual([
      'mark.imap.login',
      'mark.imap.selected',
      'mark.mailbox.seen',
      'mark.mailbox.markedDeleted',
      'mark.imap.expunged',
    ]);
    for (const { seq } of told) expect(why(journal, { kind: 'event', seq })?.plain).not.toEqual([]);
  });

  it('shows protected data by its length alone', () => {
    const { journal, type } = scene();
    const before = journal.marks.marks.length;
    type(LAPTOP, 'openssl s_client -quiet -crlf -connect mail.wolke.example:993', 'a LOGIN alice brieftaube');
    const marks = journal.marks.marks.slice(before);
    const flights = marks.flatMap(({ flight }) => (flight?.kind === 'tls' ? [flight.label] : []));
    expect(flights.length).toBeGreaterThan(3);
    expect(flights.every((label) => /^TLS, \d+ bytes$/.test(label))).toBe(true);
    expect(marks.some(({ flight }) => flight?.label.includes('brieftaube'))).toBe(false);
    expect(marks.map(({ text }) => text.key)).toContain('mark.tls.good');
  });
});
