// The extensions by the examples and rules of their standards, one block each.

/* eslint-disable no-template-curly-in-string -- ${…} is how Sieve writes a variable */

import { describe, expect, it } from 'vitest';
import { compileSieve } from './check.ts';
import type { SieveAction } from './run.ts';
import { done, holds, input, run } from './testing.ts';
import { runSieve } from './interpreter.ts';

const codes = (source: string): readonly string[] => compileSieve(source).problems.map(({ code }) => code);
const step = (source: string, name: string): Readonly<Record<string, unknown>> =>
  run(source).steps.findLast((one) => one.name === name)?.facts ?? {};

describe('variables (RFC 5229)', () => {
  const value = (source: string, variable = 'a'): unknown =>
    step(
      `require ["variables", "regex", "enotify", "encoded-character"]; ${source} set "z" "\${${variable}}";`,
      'set',
    )['value'];

  it.each([
    // RFC 5229 §3 and §4: the examples.
    ['set "company" "ACME"; set "a" "&%${}!";', '&%${}!'],
    ['set "company" "ACME"; set "a" "${doh!}";', '${doh!}'],
    ['set "company" "ACME"; set "a" "${President, ${Company} Inc.}";', '${President, ACME Inc.}'],
    ['set "a" "juMBlEd lETteRS"; set :length "a" "${a}";', '15'],
    ['set "a" "juMBlEd lETteRS"; set :lower "a" "${a}";', 'jumbled letters'],
    ['set "a" "juMBlEd lETteRS"; set :upperfirst "a" "${a}";', 'JuMBlEd lETteRS'],
    ['set "a" "juMBlEd lETteRS"; set :upperfirst :lower "a" "${a}";', 'Jumbled letters'],
    ['set :quotewildcard "a" "Rock*";', 'Rock\\*'],
    ['set :quoteregex "a" "a.b*";', 'a\\.b\\*'],
    ['set :encodeurl "a" "Grüße & more";', 'Gr%C3%BC%C3%9Fe%20%26%20more'],
    ['set "a" "${unknown}";', ''],
    ['set "A" "x";', 'x'],
    // A value is not expanded again.
    ['set "d" "$"; set "b" "${d}{c}"; set "c" "no"; set "a" "${b}";', '${c}'],
    // Encoded characters come first (RFC 5229 §3).
    ['set "c" "yes"; set "a" "${hex:24}{c}";', 'yes'],
  ])('%s gives %j [S5-011]', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  it('sets match values, as short as possible from the left [S5-011]', () => {
    // RFC 5229 §3.2
    const message =
      'List-ID: Sieve <ietf-mta-filters.imc.org>\r\nSubject: [acme-users] [fwd] version 1.0 is out\r\n\r\n';
    const source = `require ["fileinto", "variables"];
      if header :matches "List-ID" "*<*@*" { fileinto "INBOX.lists.\${2}"; stop; }
      if header :matches "Subject" "[*] *" { fileinto "INBOX.\${1}.\${2}"; }`;
    expect(done(source, { message })).toEqual(['fileinto INBOX.acme-users.[fwd] version 1.0 is out']);
  });

  it('keeps match values when a test fails and changes none when it is not asked [S5-011]', () => {
    const source = `require ["fileinto", "variables"];
      if header :matches "subject" "I * a*" { }
      if header :matches "subject" "You * *" { }
      if anyof (true, header :matches "from" "*@*") { }
      fileinto "\${1}-\${9}";`;
    expect(done(source)).toEqual(['fileinto have-']);
  });

  it('cuts long values and refuses impossible names [S5-011]', () => {
    expect(String(value(`set "a" "${'ü'.repeat(5000)}";`))).toHaveLength(4096);
    expect(codes('require "variables"; set "1a" "x";')).toEqual(['bad-variable']);
    expect(codes('require "variables"; set "a.b" "x";')).toEqual(['bad-variable']);
    expect(codes('require "variables"; set "a" "${x.y}";')).toEqual(['unknown-namespace']);
    expect(codes('require "variables"; if header :comparator "${c}" "a" "b" { }')).toContain('not-constant');
    expect(codes('require "variables"; set :upper :lower "a" "x";')).toEqual(['duplicate-tag']);
  });

  it('tests strings and counts those that are not empty [S5-011]', () => {
    const need = 'require ["variables", "relational", "comparator-i;ascii-numeric"]; set "s" "Yes";';
    // Octet by octet unless told otherwise, as with Pigeonhole.
    expect(holds('string :is "${s}" "yes"', need)).toBe(false);
    expect(holds('string :is "${s}" "Yes"', need)).toBe(true);
    expect(holds('string :is :comparator "i;ascii-casemap" "${s}" "yes"', need)).toBe(true);
    expect(holds('string :count "eq" :comparator "i;ascii-numeric" ["${s}", "${nothing}"] "1"', need)).toBe(
      true,
    );
    expect(holds('string :matches "${s}" "?es"', need)).toBe(true);
  });

  it('leaves ${…} alone without the extension', () => {
    expect(done('require "fileinto"; fileinto "${a}";')).toEqual(['fileinto ${a}']);
  });
});

describe('encoded-character (RFC 5228 §2.4.2.4)', () => {
  const decode = (text: string): readonly string[] =>
    done(`require ["encoded-character", "fileinto"]; fileinto "${text}";`);

  it.each([
    ['$${hex:40}', '$@'],
    ['${hex: 40 }', '@'],
    ['${HEX: 40}', '@'],
    ['${hex:40', '${hex:40'],
    ['${hex:400}', '${hex:400}'],
    ['${hex:4${hex:30}}', '${hex:40}'],
    ['${unicode:40}', '@'],
    ['${ unicode:40}', '${ unicode:40}'],
    ['${UNICODE:40}', '@'],
    ['${UnICoDE:0000040}', '@'],
    ['${Unicode:20ac}', '€'],
    ['${hex:e2 82 ac}', '€'],
    ['${Unicode:Cool}', '${Unicode:Cool}'],
  ])('%s is %s [S5-011]', (text, expected) => {
    expect(decode(text)).toEqual([`fileinto ${expected}`]);
  });

  it('refuses what Unicode does not have [S5-011]', () => {
    expect(codes('require "encoded-character"; redirect "${unicode:200000}@a.example";')).toContain(
      'bad-encoded-character',
    );
    expect(codes('require "encoded-character"; redirect "${unicode:DF01}@a.example";')).toContain(
      'bad-encoded-character',
    );
  });
});

describe('relational and numbers (RFC 5231, RFC 4790 §9.1)', () => {
  const need = 'require ["relational", "comparator-i;ascii-numeric"];';
  const message = [
    'Received: one',
    'Received: two',
    'X-Priority: 3 (Normal)',
    'To: a@x.example, b@x.example, c@x.example',
    'Subject: m',
    '',
    '',
  ].join('\r\n');

  it.each([
    ['header :value "lt" :comparator "i;ascii-numeric" "x-priority" "4"', true],
    ['header :value "ge" :comparator "i;ascii-numeric" "x-priority" "03"', true],
    ['header :value "gt" :comparator "i;ascii-numeric" "x-priority" "20"', false],
    ['header :value "gt" :comparator "i;ascii-numeric" "subject" "99999999999999999999999"', true],
    ['header :value "eq" :comparator "i;ascii-numeric" "subject" "no number"', true],
    ['header :is :comparator "i;ascii-numeric" "x-priority" "0003"', true],
    ['header :value "gt" "subject" "L"', true],
    ['header :value "ne" "subject" "M"', false],
    // RFC 5231 §4.2: fields are counted in header, addresses in address.
    ['header :count "eq" :comparator "i;ascii-numeric" "received" "2"', true],
    ['header :count "ge" :comparator "i;ascii-numeric" ["received", "to"] "3"', true],
    ['address :count "gt" :comparator "i;ascii-numeric" "to" "2"', true],
    ['header :count "eq" :comparator "i;ascii-numeric" "x-nothing" "0"', true],
  ])('%s is %s [S5-011]', (test, expected) => {
    expect(holds(test, need, { message })).toBe(expected);
  });

  it('refuses relations and comparators that make no sense [S5-011]', () => {
    expect(codes(`${need} if header :value "bigger" "a" "b" { }`)).toEqual(['bad-relation']);
    expect(codes(`${need} if header :contains :comparator "i;ascii-numeric" "a" "b" { }`)).toEqual([
      'comparator-match',
    ]);
    expect(codes('if header :comparator "i;ascii-numeric" "a" "b" { }')).toEqual(['not-required']);
  });
});

describe('imap4flags (RFC 5232)', () => {
  const flags = (source: string): readonly string[] | undefined => {
    const [action] = run(
      `require ["imap4flags", "fileinto", "variables", "relational", "comparator-i;ascii-numeric"]; ${source}`,
    ).actions;
    return action?.kind === 'keep' || action?.kind === 'fileinto' ? action.flags : undefined;
  };

  it.each([
    ['setflag "\\\\Seen"; keep;', ['\\Seen']],
    ['setflag "\\\\seen"; addflag ["\\\\Deleted", "$Label1 \\\\SEEN"];', ['\\Seen', '\\Deleted', '$Label1']],
    [
      'addflag "flagvar" "\\\\Flagged"; addflag "flagvar" "\\\\Seen"; keep :flags "${flagvar}";',
      ['\\Flagged', '\\Seen'],
    ],
    ['setflag ["\\\\A b", "c"]; removeflag "B"; fileinto "x";', ['c']],
    ['setflag "a"; keep :flags [];', undefined],
    ['setflag "a"; fileinto :flags "b c" "x";', ['b', 'c']],
    ['setflag "a \\\\Recent"; keep;', ['a']],
  ])('%s marks %j [S5-011]', (source, expected) => {
    if (expected === undefined) expect(() => flags(source)).toThrow(/expecting string/);
    else expect(flags(source)).toEqual(expected);
  });

  it.each([
    ['setflag "MyVar" ["NonJunk", "gnus-forward"];', 'hasflag :contains "MyVar" "Junk"', true],
    ['setflag "MyVar" ["NonJunk", "gnus-forward"];', 'hasflag :contains "MyVar" "forward"', true],
    ['setflag "MyVar" ["NonJunk", "gnus-forward"];', 'hasflag :contains "MyVar" ["label", "forward"]', true],
    ['setflag "MyVar" ["NonJunk"];', 'hasflag :contains "MyVar" ["label", "forward"]', false],
    ['addflag "a b"; addflag "c";', 'hasflag "B"', true],
    ['addflag "a b";', 'hasflag "x b"', true],
    ['addflag "a b";', 'hasflag :count "ge" :comparator "i;ascii-numeric" "2"', true],
  ])('%s %s is %s [S5-011]', (before, test, expected) => {
    const need = 'require ["imap4flags", "variables", "relational", "comparator-i;ascii-numeric"];';
    expect(holds(test, `${need} ${before}`)).toBe(expected);
  });
});

describe('addresses with details, and in the envelope (RFC 5233)', () => {
  it.each([
    ['address :user "cc" "wile"', true],
    ['address :detail "cc" "acme"', true],
    ['address :detail "from" ""', false],
    ['address :user "from" "coyote"', true],
    ['envelope :detail "to" "lists"', true],
    ['envelope :user "to" "ana"', true],
    ['envelope "auth" "ana@x.example"', true],
  ])('%s is %s [S5-011]', (test, expected) => {
    const envelope = { from: 'a@b.example', to: 'ana+lists@x.example', auth: 'ana@x.example' };
    expect(holds(test, 'require ["subaddress", "envelope"];', { envelope })).toBe(expected);
  });
});

describe('reject and ereject (RFC 5429)', () => {
  it('refuse, and go with nothing else [S5-011]', () => {
    expect(done('require "ereject"; ereject "No more mail, please.";')).toEqual([
      'ereject No more mail, please.',
    ]);
    expect(run('require ["reject", "fileinto"]; fileinto "x"; reject "no";').error).toMatchObject({
      code: 'action-conflict',
      params: { command: 'reject', other: 'fileinto' },
    });
    expect(run('require "reject"; reject "no"; keep;').error?.code).toBe('action-conflict');
    expect(run('require "reject"; reject "no"; reject "no";').error?.code).toBe('duplicate-reject');
    expect(done('require "reject"; reject "no"; keep;')).toEqual(['implicit keep']);
  });
});

describe('body (RFC 5173)', () => {
  const message = [
    'From: whomever@example.com',
    'Subject: mixed',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '& This is a multi-part message in MIME format.',
    '--outer',
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '& This is a nested multi-part message.',
    '--inner',
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Transfer-Encoding: base64',
    '',
    'R3LDvMOfZSBhdXMgS8O2bG4=',
    '--inner',
    'Content-Type: text/html; charset="utf-8"',
    '',
    '<html><b>He</b>llo</html>',
    '--inner--',
    '& This is the end of the inner part.',
    '--outer',
    'Content-Type: message/rfc822',
    '',
    'From: someone.else@example.org',
    'Subject: hello request',
    '',
    '$ Please say Hello',
    '--outer--',
    '& This is the end.',
    '',
  ].join('\r\n');

  it.each([
    ['body :contains "Grüße"', true],
    ['body :raw :contains "Grüße"', false],
    ['body :raw :contains "R3LDvMOfZSBh"', true],
    ['body :text :contains "Hello"', true],
    ['body :content "text" :contains "Köln"', true],
    ['body :content "text/html" :contains "<b>He</b>"', true],
    ['body :content "text/plain" :contains "<b>"', false],
    ['body :content "multipart" :contains "end of the inner part"', true],
    ['body :content "multipart/mixed" :contains "nested"', false],
    ['body :content "message/rfc822" :contains "hello request"', true],
    ['body :content "message" :contains "Please say"', false],
    ['body :content "image" :contains ""', false],
  ])('%s is %s [S5-011]', (test, expected) => {
    expect(holds(test, 'require "body";', { message })).toBe(expected);
  });

  it('leaves match values alone [S5-011]', () => {
    const source =
      'require ["body", "variables", "fileinto"]; if body :matches "*anvil*" { fileinto "<${1}>"; }';
    expect(done(source)).toEqual(['fileinto <>']);
  });
});

describe('mailbox, special-use and fcc (RFC 5490, RFC 8579, RFC 8580)', () => {
  const mailboxes = [{ name: 'INBOX' }, { name: 'Spam', specialUse: ['\\Junk'] }, { name: 'Old' }];
  const first = (source: string): SieveAction | undefined => run(source, { mailboxes }).actions[0];

  it('files by use before name, and says whether the mailbox exists [S5-011, S5-008]', () => {
    expect(
      first('require ["fileinto","special-use","mailbox"]; fileinto :specialuse "\\\\junk" :create "Junk";'),
    ).toMatchObject({
      mailbox: 'Spam',
      exists: true,
      create: true,
    });
    expect(first('require ["fileinto","mailbox"]; fileinto :create "New";')).toMatchObject({
      exists: false,
      create: true,
    });
    expect(first('require ["fileinto"]; fileinto "Old";')).toMatchObject({ exists: true, create: false });
  });

  it.each([
    ['mailboxexists "inbox"', true],
    ['mailboxexists ["Old", "INBOX"]', true],
    ['mailboxexists ["Old", "New"]', false],
    ['specialuse_exists "\\\\Junk"', true],
    ['specialuse_exists ["\\\\Junk", "\\\\Sent"]', false],
    ['specialuse_exists "Spam" "\\\\junk"', true],
    ['specialuse_exists "Old" "\\\\junk"', false],
  ])('%s is %s [S5-011]', (test, expected) => {
    expect(holds(test, 'require ["mailbox", "special-use"];', { mailboxes })).toBe(expected);
  });

  it('keeps a copy of what goes out [S5-011]', () => {
    const source = `require ["vacation", "fcc", "mailbox", "imap4flags"];
      vacation :days 7 :fcc "Sent" :create :flags ["\\\\Seen"] "away";`;
    expect(first(source)).toMatchObject({
      kind: 'vacation',
      fcc: { mailbox: 'Sent', create: true, flags: ['\\Seen'] },
    });
    expect(codes('require ["vacation", "mailbox"]; vacation :create "away";')).toEqual(['tag-needs-tag']);
  });
});

describe('date and index (RFC 5260)', () => {
  const message = [
    'Received: from b by c; Wed, 25 Nov 2026 00:30:00 +0100',
    'Received: from a by b; Tue, 24 Nov 2026 10:00:00 -0800 (PST)',
    'Date: Tue, 24 Nov 2026 09:06:31 -0800',
    'From: x@y.example',
    '',
    '',
  ].join('\r\n');
  const need = 'require ["date", "index", "relational", "comparator-i;ascii-numeric"];';

  it.each([
    ['date :originalzone "date" "hour" "09"', true],
    ['date :zone "+0000" "date" "hour" "17"', true],
    ['date "date" "hour" "18"', true],
    ['date :zone "+0000" "date" "date" "2026-11-24"', true],
    ['date :zone "-0800" "date" "time" "09:06:31"', true],
    ['date :zone "+0530" "date" "iso8601" "2026-11-24T22:36:31+05:30"', true],
    ['date :originalzone "date" "std11" "Tue, 24 Nov 2026 09:06:31 -0800"', true],
    ['date :originalzone "date" "zone" "-0800"', true],
    ['date "date" "weekday" "2"', true],
    ['date :zone "+0000" "date" "julian" "61368"', true],
    ['date "date" "month" "11"', true],
    ['date :value "ge" :comparator "i;ascii-numeric" "date" "year" "2026"', true],
    ['date :originalzone "received" "day" "25"', true],
    ['date :index 2 :originalzone "received" "day" "24"', true],
    ['date :index 1 :last :originalzone "received" "day" "24"', true],
    ['date "from" "day" "24"', false],
    ['date :count "eq" :comparator "i;ascii-numeric" "x-date" "day" "0"', true],
    ['currentdate "date" "2026-11-23"', true],
    ['currentdate :zone "+0000" "time" "08:00:04"', true],
    ['currentdate "hour" "09"', true],
    ['currentdate "weekday" "1"', true],
    ['header :index 2 :contains "received" "from a"', true],
    ['header :index 2 :last :contains "received" "from b"', true],
    ['header :index 3 :contains "received" ""', false],
  ])('%s is %s [S5-011]', (test, expected) => {
    expect(holds(test, need, { message })).toBe(expected);
  });

  it('refuses parts and zones that do not exist [S5-011]', () => {
    expect(codes(`${need} if date :zone "CET" "date" "hour" "1" { }`)).toEqual(['bad-zone']);
    expect(codes(`${need} if currentdate "season" "1" { }`)).toEqual(['bad-date-part']);
    expect(codes(`${need} if header :index 0 "a" "b" { }`)).toEqual(['bad-number-value']);
    expect(codes(`${need} if header :last "a" "b" { }`)).toEqual(['tag-needs-tag']);
  });
});

describe('editheader (RFC 5293)', () => {
  const message = 'Received: a\r\nX-A: one\r\nX-A: two\r\nSubject: s\r\nX-A: three\r\n\r\nbody';
  const after = (source: string): string | undefined => {
    const last = run(`require ["editheader", "fileinto", "copy"]; ${source}`, { message }).actions.at(-1);
    return last?.kind === 'keep' ? (last.message ?? message) : undefined;
  };
  const without = (...lines: readonly string[]): string =>
    lines.reduce((text, line) => text.replace(`${line}\r\n`, ''), message);

  it.each([
    ['addheader "X-New" "v";', `X-New: v\r\n${message}`],
    ['addheader :last "X-New" "v";', message.replace('\r\n\r\n', '\r\nX-New: v\r\n\r\n')],
    ['addheader "X-New" "Grüße";', `X-New: =?UTF-8?B?R3LDvMOfZQ==?=\r\n${message}`],
    ['addheader "X-New" "a\r\nBcc: b@c.example";', `X-New: a Bcc: b@c.example\r\n${message}`],
    ['deleteheader "x-a";', without('X-A: one', 'X-A: two', 'X-A: three')],
    ['deleteheader :index 2 "X-A";', without('X-A: two')],
    ['deleteheader :index 1 :last "X-A";', without('X-A: three')],
    ['deleteheader :index 9 :last "X-A";', message],
    ['deleteheader :contains "X-A" ["ne", "thr"];', without('X-A: one', 'X-A: three')],
    ['deleteheader :index 1 "X-A" "two";', message],
    ['deleteheader "Received";', message],
    ['addheader "Received" "b";', `Received: b\r\n${message}`],
  ])('%j [S5-011]', (source, expected) => {
    expect(after(source)).toBe(expected);
  });

  it('shows edits to later tests, and to actions as they were then [S5-011]', () => {
    const source = `require ["editheader", "fileinto"]; fileinto "before"; deleteheader "X-A";
      if not exists "X-A" { addheader "X-Gone" "yes"; fileinto "after"; }`;
    const files = run(source, { message }).actions.filter((action) => action.kind === 'fileinto');
    expect(files[0]?.message).toBeUndefined();
    expect(files[1]?.message).toBe(`X-Gone: yes\r\n${without('X-A: one', 'X-A: two', 'X-A: three')}`);
  });

  it('refuses names that are none, when written and when computed [S5-011]', () => {
    expect(codes('require "editheader"; addheader "X: Y" "z";')).toEqual(['bad-header-name']);
    expect(run('require ["editheader", "variables"]; addheader "${n}" "z";').error?.code).toBe(
      'bad-header-name',
    );
  });
});

describe('duplicate (RFC 7352)', () => {
  const message = 'Message-ID: <1@a.example>\r\nX-Event: e7\r\n\r\n';
  const now = input('').now;
  const twice = (test: string, laterMs: number): readonly [string | undefined, string | undefined] => {
    const source = `require ["duplicate", "variables"]; if ${test} { discard; }`;
    const first = run(source, { message });
    const second = run(source, { message, state: first.state, now: now + laterMs });
    return [first.actions[0]?.kind, second.actions[0]?.kind];
  };

  it.each([
    ['duplicate', 1000, ['keep', 'discard']],
    ['duplicate :seconds 60', 61_000, ['keep', 'keep']],
    ['duplicate :header "X-Event" :handle "notify"', 1000, ['keep', 'discard']],
    ['duplicate :header "X-None"', 1000, ['keep', 'keep']],
    ['duplicate :uniqueid "u"', 8 * 86400_000, ['keep', 'keep']],
    // Within one run nothing has been seen before.
    ['allof (duplicate, duplicate)', 1000, ['keep', 'discard']],
  ] as const)('%s after %i ms: %j [S5-011]', (test, later, expected) => {
    expect(twice(test, later)).toEqual(expected);
  });

  it('prolongs with :last and forgets when the run fails [S5-011]', () => {
    const source = 'require "duplicate"; if duplicate :seconds 60 :last { discard; }';
    const one = run(source, { message });
    const two = run(source, { message, state: one.state, now: now + 50_000 });
    const three = run(source, { message, state: two.state, now: now + 100_000 });
    expect(three.actions[0]?.kind).toBe('discard');
    const failing = 'require ["duplicate", "reject"]; if duplicate { } reject "a"; keep;';
    expect(run(failing, { message }).state.duplicates).toEqual({});
    expect(codes('require "duplicate"; if duplicate :header "a" :uniqueid "b" { }')).toEqual([
      'duplicate-tag',
    ]);
  });
});

describe('spamtest and virustest (RFC 5235)', () => {
  const need =
    'require ["spamtest", "spamtestplus", "virustest", "relational", "comparator-i;ascii-numeric"];';
  const ge = ':value "ge" :comparator "i;ascii-numeric"';

  it.each([
    ['spamtest "0"', undefined, true],
    ['spamtest "1"', { score: -3, max: 15 }, true],
    ['spamtest "10"', { score: 99, max: 15 }, true],
    [`spamtest ${ge} "3"`, { score: 5, max: 15 }, true],
    [`spamtest ${ge} "5"`, { score: 5, max: 15 }, false],
    [`spamtest :percent ${ge} "33"`, { score: 5, max: 15 }, true],
    ['spamtest :percent "100"', { score: 15, max: 15 }, true],
  ] as const)('%s of %j is %s [S5-011]', (test, spam, expected) => {
    expect(holds(test, need, spam === undefined ? {} : { spam })).toBe(expected);
  });

  it('virustest reads 0 when nobody looked [S5-011]', () => {
    expect(holds('virustest "0"', need)).toBe(true);
    expect(holds(`virustest ${ge} "4"`, need, { virus: 5 })).toBe(true);
  });
});

describe('environment (RFC 5183)', () => {
  it('knows what the host tells, and nothing else [S5-011]', () => {
    const environment = { name: 'Pigeonhole Sieve', location: 'MDA', phase: 'post' };
    const need = 'require "environment";';
    expect(holds('environment :contains "name" "pigeon"', need, { environment })).toBe(true);
    expect(holds('environment "location" "MDA"', need, { environment })).toBe(true);
    expect(holds('environment :contains "remote-ip" ""', need, { environment })).toBe(false);
    expect(codes(`${need} if environment "constructor" "x" { }`)).toEqual(['unknown-environment']);
    expect(holds('environment :contains "constructor" ""', need, { environment })).toBe(false);
  });
});

describe('include (RFC 6609)', () => {
  const need = 'require ["include", "variables", "fileinto"];';
  const scripts = {
    personal: {
      spam: 'require ["include","variables","fileinto"]; global "n"; if header :contains "subject" "present" { set "n" "spam"; return; } set "n" "ham"; fileinto "never";',
      stopper: 'stop;',
      loop: 'require "include"; include "loop";',
      broken: '\nfrop;',
      own: 'require ["variables"]; set "mine" "theirs";',
      nine: 'require "include"; include "eight"; include "eight";',
    },
    global: { file: 'require "fileinto"; fileinto "global";' },
  };

  it('runs other scripts with variables of their own, shared only when global [S5-011]', () => {
    expect(done(`${need} global "n"; include "spam"; fileinto "\${n}";`, { scripts })).toEqual([
      'fileinto spam',
    ]);
    expect(done(`${need} include "spam"; fileinto "\${global.n}";`, { scripts })).toEqual(['fileinto spam']);
    expect(done(`${need} set "mine" "ours"; include "own"; fileinto "\${mine}";`, { scripts })).toEqual([
      'fileinto ours',
    ]);
    expect(done(`${need} include :global "file"; include :once :global "file";`, { scripts })).toEqual([
      'fileinto global',
    ]);
    expect(done(`${need} include "stopper"; discard;`, { scripts })).toEqual(['implicit keep']);
    expect(done(`${need} return; discard;`, { scripts })).toEqual(['implicit keep']);
  });

  it('fails on scripts that are missing, broken or circular [S5-011]', () => {
    const error = (name: string): unknown => run(`${need} include "${name}";`, { scripts }).error;
    expect(error('nowhere')).toMatchObject({ code: 'include-missing' });
    expect(error('broken')).toMatchObject({
      code: 'include-broken',
      params: { value: 'personal:broken', line: 2 },
    });
    expect(error('loop')).toMatchObject({ code: 'include-recursive', script: 'personal:loop' });
    expect(done(`${need} include :optional "nowhere"; discard;`, { scripts })).toEqual(['discard']);
    expect(codes(`${need} include "../x";`)).toEqual(['bad-script-name']);
  });
});

describe('notify (RFC 5435, RFC 5436)', () => {
  it('mails a notification that no machine answers [S5-011]', () => {
    const source = `require ["enotify", "variables"];
      notify :importance "1" :message "New: \${1}Grüße" "mailto:0123456789@sms.example.net?cc=b@x.example&X-Extra=1&Received=no&body=Hello%20there";`;
    const [action, keep] = run(source).actions;
    if (action?.kind !== 'notify') throw new Error('no notification');
    expect(keep).toMatchObject({ kind: 'keep', implicit: true });
    expect(action).toMatchObject({
      reversePath: 'roadrunner@acme.example.com',
      forwardPaths: ['0123456789@sms.example.net', 'b@x.example'],
      importance: '1',
    });
    expect(action.message).toContain(
      'To: 0123456789@sms.example.net\r\nCc: b@x.example\r\nSubject: New: =?UTF-8?B?R3LDvMOfZQ==?=\r\n',
    );
    expect(action.message).toContain(
      'Auto-Submitted: auto-notified; owner-email="roadrunner@acme.example.com"\r\n',
    );
    expect(action.message).toContain('X-Extra: 1\r\n');
    expect(action.message).not.toContain('Received');
    expect(action.message).toMatch(/\r\n\r\nHello there\r\n$/);
  });

  it('says nothing about automatic mail, and nobody is told twice [S5-011]', () => {
    const to = (...methods: string[]): unknown =>
      run(`require "enotify"; ${methods.map((one) => `notify "mailto:${one}";`).join(' ')}`).actions.flatMap(
        (action) => (action.kind === 'notify' ? [action.forwardPaths] : []),
      );
    expect(to('a@b.example?cc=a@b.example,c@d.example', 'c@d.example?cc=e@f.example')).toEqual([
      ['a@b.example', 'c@d.example'],
      ['e@f.example'],
    ]);
    // One comma, written as in RFC 2368, and one that belongs to an address (RFC 6068 §2).
    expect(to('a@b.example%2cc@d.example')).toEqual([['a@b.example', 'c@d.example']]);
    expect(to('%22a%2cb%22@c.example')).toEqual([['"a,b"@c.example']]);
    const source = 'require "enotify"; notify "mailto:a@b.example";';
    expect(done(source, { message: 'Auto-Submitted: auto-generated\r\n\r\n' })).toEqual(['implicit keep']);
    expect(done(source, { message: 'Auto-Submitted: no\r\n\r\n' })).not.toEqual(['implicit keep']);
  });

  it('says nothing about notifications and sends bounces from nobody [S5-011]', () => {
    const source = 'require "enotify"; notify "mailto:a@b.example";';
    const message = 'Auto-Submitted: auto-notified; owner-email="x@y.example"\r\n\r\n';
    expect(done(source, { message })).toEqual(['implicit keep']);
    expect(run(source, { envelope: { from: '', to: 'me@x.example' } }).actions[0]).toMatchObject({
      reversePath: '',
    });
  });

  it('knows valid methods [S5-011]', () => {
    const need = 'require "enotify";';
    expect(holds('valid_notify_method ["mailto:a@b.example", "mailto:?to=a@b.example"]', need)).toBe(true);
    expect(holds('valid_notify_method "xmpp:a@b.example"', need)).toBe(false);
    expect(holds('notify_method_capability "mailto:a@b.example" "Online" "maybe"', need)).toBe(true);
    expect(holds('notify_method_capability "mailto:a@b.example" "Online" "yes"', need)).toBe(false);
    expect(codes(`${need} notify "mailto:nobody";`)).toEqual(['bad-method']);
    expect(codes(`${need} notify :importance "5" "mailto:a@b.example";`)).toEqual(['bad-importance']);
  });
});

describe('regex', () => {
  it('matches and hands its groups over [S5-011]', () => {
    const source =
      'require ["regex", "variables", "fileinto"]; if header :regex "subject" "(have|has) (a|an) ([a-z]+)" { fileinto "${1}/${3}"; }';
    expect(done(source)).toEqual(['fileinto have/present']);
    expect(codes('require "regex"; if header :regex "subject" "(a" { }')).toEqual(['bad-regex']);
    expect(
      run('require ["regex", "variables"]; set "p" "[a"; if header :regex "subject" "${p}" { }').error?.code,
    ).toBe('bad-regex');
  });

  it('ends, whatever the pattern [S5-010]', () => {
    const message = `Subject: ${'a'.repeat(30_000)}!\r\n\r\n`;
    const result = runSieve(
      input('require "regex"; if header :regex "subject" "^(a+)+$" { discard; }', { message }),
    );
    expect(result.actions[0]?.kind).toBe('keep');
    const limits = { work: 100_000 };
    expect(
      run('require "regex"; if header :regex "subject" "((a*)*)*b" { }', { message, limits }).error?.code,
    ).toBe('too-many-steps');
  });
});

describe('what Pigeonhole decides where the RFCs leave room', () => {
  it('flags in a variable stay as they were written, in a mailbox they do not [S5-011]', () => {
    const need = 'require ["imap4flags", "variables", "relational", "comparator-i;ascii-numeric"];';
    const set = 'setflag "f" "\\\\seen $frop \\\\SEEN";';
    expect(holds('string "${f}" "\\\\seen $frop"', `${need} ${set}`)).toBe(true);
    expect(holds('hasflag :contains "f" "frop seen"', `${need} ${set}`)).toBe(true);
  });

  it('vacation-seconds brings vacation with it [S5-011]', () => {
    expect(codes('require "vacation-seconds"; vacation :seconds 60 "x";')).toEqual([]);
  });

  it('a body is there only behind an empty line, and its text only where it can be read [S5-011]', () => {
    const need = 'require "body";';
    const bodyless = { message: 'Subject: x\r\n' };
    expect(holds('body :raw :contains ""', need, bodyless)).toBe(false);
    expect(holds('body :raw :matches "*"', need, bodyless)).toBe(false);
    const mixed = (type: string, encoding = '7bit'): { message: string } => ({
      message:
        'Content-Type: multipart/mixed; boundary=b\r\n\r\nbefore\r\n--b\r\n' +
        `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n<p>Hello</p>\r\n--b--\r\nafter\r\n`,
    });
    expect(holds('body :text :contains "Hello"', need, mixed('application/xhtml+xml'))).toBe(true);
    expect(holds('body :text :contains "<p>"', need, mixed('application/xhtml+xml'))).toBe(false);
    expect(holds('body :text :contains "Hello"', need, mixed('text/plain/odd'))).toBe(false);
    expect(holds('body :text :contains "Hello"', need, mixed('text/plain', 'odd'))).toBe(false);
    for (const words of ['before', 'after'])
      expect(holds(`body :content "multipart" :contains "${words}"`, need, mixed('text/plain'))).toBe(true);
    expect(holds('body :content "multipart" :contains "--b"', need, mixed('text/plain'))).toBe(false);
  });

  it('an attached message is compared by its header alone, without the empty line [S5-011]', () => {
    const message =
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ntext\r\n--b--\r\n';
    expect(
      holds('body :content "message/rfc822" :is "Subject: in\r\n"', 'require "body";', { message }),
    ).toBe(true);
  });
});
