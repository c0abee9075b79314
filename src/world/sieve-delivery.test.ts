// The delivery agent decides by Sieve, in whole worlds: where a message goes, what a script sends over real SMTP, what happens when it fails,
// and what a full box answers. RFC 5228 §2.10, RFC 5230, RFC 5429; quota texts from recordings of Dovecot.

import { describe, expect, it } from 'vitest';
import { checkTrace } from './invariants.ts';
import type { Machine } from '../host/kernel.ts';
import { configure } from '../host/kernel.ts';
import { inject, mailbox, mailLog, mailWorld, MX, neighbour, results } from '../host/mta/testing.ts';
import { settingProblem, withSetting } from '../host/settings.ts';
import { eventsOf, pass } from '../host/testing/machine.ts';

const DAY = 86_400_000;

function set(machine: Machine, setting: string, value: string | number | boolean | null, host = MX): void {
  const program = machine.state.hosts.get(host)?.programs.get('mda');
  if (program === undefined) throw new Error(`no agent on ${host}`);
  expect(settingProblem('mda', setting, value)).toBeUndefined();
  configure(program, withSetting(program.config, setting, value));
}

function letter(subject: string, more: readonly string[] = [], to = 'bob@hafen.example'): string[] {
  return [
    `From: alice@absender.example`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: <${subject.replace(/\W/g, '')}@absender.example>`,
    ...more,
    '',
    'Hello',
  ];
}

function send(
  machine: Machine,
  subject: string,
  more: readonly string[] = [],
  to = 'bob@hafen.example',
): void {
  inject(machine, 'alice@absender.example', [to], letter(subject, more, to));
  pass(machine, 5000);
}

function withScript(script: string, user = 'bob'): Machine {
  const machine = mailWorld();
  set(machine, `scripts.${user}`, script);
  return machine;
}

const folders = (machine: Machine): string[] =>
  eventsOf(machine, 'mailbox.delivered').map(({ user, folder }) => `${user}/${folder}`);
const copies = (machine: Machine): string[] =>
  eventsOf(machine, 'sieve.copy').map((event) => `${event.purpose} ${event.recipients.join()}`);
const lawful = (machine: Machine): void => expect(checkTrace(machine.trace)).toEqual([]);

describe('actions', () => {
  it('files into a folder that is made, keeps the rest, and tells every test [S5-002] [S5-010]', () => {
    const machine = withScript(
      'require ["fileinto","mailbox"];\nif header :contains "subject" "garden" {\n  fileinto :create "Garden";\n}\n',
    );
    send(machine, 'the garden party');
    send(machine, 'tax');
    expect(folders(machine)).toEqual(['bob/Garden', 'bob/INBOX']);
    const [run, other] = eventsOf(machine, 'sieve.run');
    expect(run?.actions).toEqual([{ kind: 'fileinto', target: 'Garden', line: 3 }]);
    expect(other?.actions).toEqual([{ kind: 'implicitKeep', target: 'INBOX' }]);
    const test = run?.steps.find((step) => step.name === 'header');
    expect(test).toMatchObject({
      result: true,
      compared: [{ value: 'the garden party', key: 'garden', matched: true }],
    });
    const [placed] = eventsOf(machine, 'mailbox.placed');
    expect(placed).toMatchObject({
      cause: run?.seq,
      reasons: [{ id: 'sieveFileinto', params: { folder: 'Garden', line: 3 } }],
    });
    expect(mailLog(machine).join('\n')).toMatch(
      /dovecot: lmtp\(bob\)\[\d+\]: \S+: sieve: msgid=<thegardenparty@absender\.example>: stored mail into mailbox 'Garden'/,
    );
    lawful(machine);
  });

  it('sets flags, and edits the header that is stored [S5-011]', () => {
    const machine = withScript(
      'require ["imap4flags","editheader"]; addheader "X-Sorted" "yes"; setflag "\\\\Flagged"; keep;',
    );
    send(machine, 'x');
    expect(eventsOf(machine, 'mailbox.delivered')[0]?.flags).toEqual(['\\Flagged']);
    expect(mailbox(machine, 'bob')[0]).toMatch(/^X-Sorted: yes\r$/m);
  });

  it('discards with a word in the log, and nothing else', () => {
    const machine = withScript('discard;');
    send(machine, 'x');
    expect(folders(machine)).toEqual([]);
    expect(results(machine)[0]).toMatch(/sent 2\.0\.0/);
    expect(mailLog(machine).join('\n')).toContain(
      'Marked message to be discarded if not explicitly delivered',
    );
    lawful(machine);
  });

  it.each(['reject', 'ereject'])(
    '%s is 550 at the final dot, and the sender hears the reason [S5-011]',
    (command) => {
      const machine = withScript(`require "${command}"; ${command} "No more catalogues, please.";`);
      send(machine, 'x');
      expect(results(machine)[0]).toMatch(
        /bounced 5\.7\.1 .*550 5\.7\.1 <bob@hafen\.example> No more catalogues, please\./,
      );
      expect(eventsOf(machine, 'queue.bounce')).toHaveLength(1);
      lawful(machine);
    },
  );

  it('redirects over the own mail server with the sender kept, and copies when asked [S5-013]', () => {
    const machine = withScript('require "copy"; redirect :copy "anna@hafen.example";');
    send(machine, 'x');
    expect(folders(machine).sort()).toEqual(['anna/INBOX', 'bob/INBOX']);
    expect(copies(machine)).toEqual(['redirect anna@hafen.example']);
    const [annas = ''] = mailbox(machine, 'anna');
    expect(annas).toMatch(/^Return-Path: <alice@absender\.example>/);
    expect(annas).toMatch(/^X-Sieve-Redirected-From: bob@hafen\.example\r$/m);
    expect(annas.match(/^Return-Path:/gm)).toHaveLength(1);
    expect(eventsOf(machine, 'sieve.result')).toMatchObject([
      { status: 'sent', recipient: 'anna@hafen.example' },
    ]);
    lawful(machine);
  });

  it('a redirect in a circle ends: the message stays where it came round [S5-013]', () => {
    const machine = withScript('redirect "anna@hafen.example";');
    set(machine, 'scripts.anna', 'redirect "bob@hafen.example";');
    send(machine, 'x');
    pass(machine, 60_000);
    expect(folders(machine)).toEqual(['bob/INBOX']);
    expect(eventsOf(machine, 'mailbox.placed')[0]?.reasons[0]?.id).toBe('sieveLoop');
    lawful(machine);
  });

  it('a redirect that the server will not take leaves the message in the box', () => {
    const machine = withScript('redirect "nobody@hafen.example";');
    send(machine, 'x');
    expect(eventsOf(machine, 'sieve.result')).toMatchObject([{ status: 'refused' }]);
    expect(folders(machine)).toEqual(['bob/INBOX']);
    lawful(machine);
  });

  it('waits when the mail server is not there, and loses nothing', () => {
    const machine = mailWorld();
    const program = machine.state.hosts.get(MX)?.programs.get('mda');
    if (program === undefined) throw new Error('no agent');
    const submissionHost = { host: 'away', address: '127.0.0.1', port: 2525 };
    configure(program, { ...program.config, submissionHost } as typeof program.config);
    set(machine, 'scripts.bob', 'redirect "anna@hafen.example";');
    send(machine, 'x');
    expect(folders(machine)).toEqual([]);
    configure(program, {
      ...program.config,
      submissionHost: { ...submissionHost, port: 25 },
    } as typeof program.config);
    pass(machine, 120_000);
    expect(folders(machine)).toEqual(['anna/INBOX']);
    lawful(machine);
  });

  it('notifies by mail [S5-011]', () => {
    const machine = withScript('require "enotify"; notify :message "New mail" "mailto:anna@hafen.example";');
    send(machine, 'x');
    expect(folders(machine).sort()).toEqual(['anna/INBOX', 'bob/INBOX']);
    expect(mailbox(machine, 'anna')[0]).toMatch(/^Subject: New mail\r$/m);
    lawful(machine);
  });

  it('a folder that is not there and not made: the message is in the inbox, and the log says why', () => {
    const machine = withScript('require "fileinto"; fileinto "Nowhere";');
    send(machine, 'x');
    expect(folders(machine)).toEqual(['bob/INBOX']);
    expect(mailLog(machine).join('\n')).toContain(
      "failed to store into mailbox 'Nowhere': Mailbox doesn't exist: Nowhere",
    );
    lawful(machine);
  });

  it('after a run-time error the message is kept as it came [S5-010]', () => {
    const machine = withScript(
      // eslint-disable-next-line no-template-curly-in-string -- a variable of Sieve
      'require ["variables","fileinto"]; set "a" ""; fileinto "Junk"; redirect "${a}";',
    );
    send(machine, 'x');
    expect(folders(machine)).toEqual(['bob/INBOX']);
    expect(copies(machine)).toEqual([]);
    expect(eventsOf(machine, 'sieve.run')[0]?.error?.code).toBe('bad-address');
    expect(mailLog(machine).join('\n')).toContain('failed, but implicit keep was successful');
    lawful(machine);
  });

  it('a script that does not compile cannot be activated; the place is told', () => {
    expect(settingProblem('mda', 'scripts.bob', 'keep;\nfrop;\n')).toMatchObject({
      id: 'badScript',
      line: 2,
      column: 1,
    });
    expect(settingProblem('mda', 'scripts.bob', `#${'x'.repeat(70_000)}`)).toMatchObject({ why: 'tooLong' });
  });
});

describe('vacation', () => {
  const AWAY = 'require "vacation"; vacation :days 7 :subject "Away" "I am away.";';

  it('answers a sender once in seven days, and lists never [S5-012]', () => {
    const machine = mailWorld({
      hosts: [neighbour('absender.example', '192.0.2.60', {}, ['alice'])],
      zone: 'absender.example. IN MX 10 mx.absender.example.\nmx.absender.example. IN A 192.0.2.60\n',
    });
    set(machine, 'scripts.bob', AWAY);
    send(machine, 'one');
    send(machine, 'two');
    send(machine, 'list', ['List-Id: <garden.linde.example>']);
    expect(copies(machine)).toEqual(['vacation alice@absender.example']);
    pass(machine, 7 * DAY + 1000);
    send(machine, 'three');
    expect(copies(machine)).toHaveLength(2);
    expect(folders(machine).filter((one) => one === 'bob/INBOX')).toHaveLength(4);
    const replies = mailbox(machine, 'alice', 'mx.absender.example');
    expect(replies).toHaveLength(2);
    expect(replies[0]).toMatch(/^In-Reply-To: <one@absender\.example>\r$/m);
    expect(mailLog(machine).join('\n')).toContain(
      'discarded duplicate vacation response to <alice@absender.example>',
    );
    expect(mailLog(machine).join('\n')).toContain(
      'discarding vacation response to mailinglist recipient <alice@absender.example>',
    );
    lawful(machine);
  });

  it('two absent people writing to each other get one reply each, and it is quiet [S5-012]', () => {
    const machine = withScript(AWAY);
    set(machine, 'scripts.anna', AWAY);
    inject(
      machine,
      'anna@hafen.example',
      ['bob@hafen.example'],
      ['From: anna@hafen.example', 'To: bob@hafen.example', 'Subject: 1', '', 'x'],
    );
    inject(
      machine,
      'bob@hafen.example',
      ['anna@hafen.example'],
      ['From: bob@hafen.example', 'To: anna@hafen.example', 'Subject: 2', '', 'x'],
    );
    pass(machine, DAY);
    expect(copies(machine).sort()).toEqual(['vacation anna@hafen.example', 'vacation bob@hafen.example']);
    const replies = mailbox(machine, 'bob').filter((raw) => /^Auto-Submitted: auto-replied/m.test(raw));
    expect(replies).toHaveLength(1);
    expect(replies[0]).toMatch(/^Return-Path: <>\r\n/);
    lawful(machine);
  });
});

describe('addresses', () => {
  it('a folder for the detail is used when it exists; other delimiters are a setting [S5-003]', () => {
    const machine = mailWorld();
    send(machine, 'a', [], 'bob+Drafts@hafen.example');
    send(machine, 'b', [], 'bob+nothing@hafen.example');
    expect(folders(machine)).toEqual(['bob/Drafts', 'bob/INBOX']);
    expect(eventsOf(machine, 'mailbox.placed').map((event) => event.reasons[0]?.id)).toEqual([
      'subaddress',
      'subaddressNoFolder',
    ]);
  });

  it('an alias table takes everything for a domain when it says so [S5-004]', () => {
    const virtualAliasMaps = [
      'bob@hafen.example bob@hafen.example',
      'anna@hafen.example anna@hafen.example',
      '@hafen.example anna@hafen.example',
    ];
    expect(settingProblem('mta', 'virtualAliasMaps', virtualAliasMaps)).toBeUndefined();
    expect(settingProblem('mta', 'virtualAliasMaps', ['sales'])).toMatchObject({ why: 'badText' });
    const machine = mailWorld({ hafen: { virtualAliasMaps } });
    send(machine, 'a', [], 'tippfehler@hafen.example');
    send(machine, 'b');
    expect(folders(machine)).toEqual(['anna/INBOX', 'bob/INBOX']);
  });
});

describe('quota', () => {
  const BIG = ['X-Filler: '.padEnd(300, 'x')];

  it('a full box is refused for good, and the sender gets the bounce [S5-014] [S5-001]', () => {
    const machine = mailWorld();
    set(machine, 'quota.bob.messages', 1);
    send(machine, 'one');
    send(machine, 'two');
    expect(results(machine).filter((line) => line.startsWith('bob'))).toMatchObject([
      expect.stringMatching(/sent/),
      expect.stringMatching(
        /bounced 5\.2\.2 .*552 5\.2\.2 <bob@hafen\.example> Quota exceeded \(mailbox for user is full\)/,
      ),
    ]);
    lawful(machine);
  });

  it('with quota_full_tempfail the sender’s server waits [S5-001]', () => {
    const machine = mailWorld();
    set(machine, 'quota.bob.bytes', 400);
    set(machine, 'quotaFullTempfail', true);
    send(machine, 'one', BIG);
    expect(results(machine)[0]).toMatch(/deferred 4\.2\.2 .*452 4\.2\.2/);
    set(machine, 'quota.bob.bytes', 100_000);
    pass(machine, 3_600_000);
    expect(folders(machine)).toEqual(['bob/INBOX']);
    lawful(machine);
  });

  it('warns once at 80 and once at 95 percent [S5-014]', () => {
    const machine = mailWorld();
    set(machine, 'quota.bob.messages', 20);
    for (let i = 0; i < 19; i++) send(machine, `n${i}`);
    expect(
      eventsOf(machine, 'mailbox.quota').map(({ percent, messages }) => `${percent} ${messages}`),
    ).toEqual(['80 16', '95 19']);
    expect(mailLog(machine).join('\n')).toContain('quota: Executing warning: quota-warning 80 bob');
  });

  it('asks for all copies of a script at once: all are stored or none [S5-002]', () => {
    const machine = withScript('require ["fileinto","mailbox"]; fileinto :create "A"; fileinto :create "B";');
    set(machine, 'quota.bob.messages', 1);
    send(machine, 'x');
    expect(folders(machine)).toEqual([]);
    expect(results(machine)[0]).toMatch(/bounced 5\.2\.2/);
    lawful(machine);
  });
});
