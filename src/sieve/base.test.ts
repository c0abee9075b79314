// RFC 5228 by its examples and its rules: every test and action of the base language, the errors and where they stand.

/* eslint-disable no-template-curly-in-string -- ${…} is how Sieve writes a variable */

import { describe, expect, it } from 'vitest';
import { compileSieve } from './check.ts';
import { pigeonholeLine } from './problem-text.ts';
import { done, holds, run } from './testing.ts';

const errors = (source: string): readonly string[] =>
  compileSieve(source).problems.map(
    ({ code, span, severity }) =>
      `${span.line}:${span.column} ${code}${severity === 'warning' ? ' (warning)' : ''}`,
  );

describe('actions', () => {
  it.each([
    ['', ['implicit keep']],
    ['keep;', ['keep']],
    ['keep; keep;', ['keep']],
    ['discard;', ['discard']],
    ['discard; keep;', ['discard', 'keep']],
    ['redirect "bart@example.com";', ['redirect bart@example.com']],
    ['require "fileinto"; fileinto "INBOX.harassment";', ['fileinto INBOX.harassment']],
    ['require "fileinto"; fileinto "A"; fileinto "A"; fileinto "B";', ['fileinto A', 'fileinto B']],
    ['require "fileinto"; fileinto "INBOX"; keep;', ['keep']],
    ['require ["fileinto","copy"]; fileinto :copy "A";', ['fileinto A', 'implicit keep']],
    [
      'require "copy"; redirect :copy "a@b.example"; stop; discard;',
      ['redirect a@b.example', 'implicit keep'],
    ],
    ['stop; discard;', ['implicit keep']],
    ['if false { discard; } elsif true { keep; } else { redirect "a@b.example"; }', ['keep']],
    ['if false { discard; } else { redirect "a@b.example"; }', ['redirect a@b.example']],
    ['if true { stop; } discard;', ['implicit keep']],
  ])('%s [S5-010]', (source, expected) => {
    expect(done(source)).toEqual(expected);
  });

  it('keep to redirect at most four times, then falls back to the implicit keep [S5-013]', () => {
    const five = [1, 2, 3, 4, 5].map((n) => `redirect "a${n}@b.example";`).join(' ');
    const result = run(five);
    expect(result.error).toMatchObject({ code: 'too-many-redirects', params: { limit: 4 } });
    expect(result.actions).toEqual([{ kind: 'keep', implicit: true, flags: [], script: '' }]);
    expect(result.abandoned).toHaveLength(4);
    expect(done('redirect "a@b.example"; redirect "A@B.example";')).toEqual(['redirect a@b.example']);
  });

  it('are at most 32', () => {
    const many = Array.from({ length: 33 }, (_, n) => `fileinto "f${n}";`).join('');
    expect(run(`require "fileinto"; ${many}`).error?.code).toBe('too-many-actions');
  });

  it('runs the extended example of the standard [S5-010]', () => {
    // RFC 5228 §9
    const source = `
      require ["fileinto"];
      if header :is "Sender" "owner-ietf-mta-filters@imc.org" { fileinto "filter"; }
      elsif address :DOMAIN :is ["From", "To"] "example.com" { keep; }
      elsif anyof (NOT address :all :contains ["To", "Cc", "Bcc"] "me@example.com",
                   header :matches "subject" ["*make*money*fast*", "*university*dipl*mas*"]) { fileinto "spam"; }
      else { fileinto "personal"; }`;
    expect(done(source)).toEqual(['fileinto spam']);
    expect(done(source, { message: 'Sender: owner-ietf-mta-filters@imc.org\r\n\r\n' })).toEqual([
      'fileinto filter',
    ]);
    expect(done(source, { message: 'From: a@example.com\r\n\r\n' })).toEqual(['keep']);
    expect(done(source, { message: 'To: me@example.com\r\n\r\n' })).toEqual(['keep']);
  });
});

describe('tests', () => {
  it.each([
    ['true', true],
    ['false', false],
    ['not false', true],
    ['allof (true, true)', true],
    ['allof (true, false)', false],
    ['anyof (false, true)', true],
    ['anyof (false, false)', false],
    ['exists "from"', true],
    ['exists ["From", "Date"]', true],
    ['exists ["From", "X-Nothing"]', false],
    ['size :over 100', true],
    ['size :over 1M', false],
    ['size :under 1K', true],
    // RFC 5228 §5.7: an empty header contains the empty string, a missing one does not.
    ['header :is "X-Empty" ""', true],
    ['header :contains "X-Empty" ""', true],
    ['header :is "X-Nothing" ""', false],
    ['header :contains "X-Nothing" ""', false],
    ['header :is "X-Caffeine" ""', false],
    ['header :contains "X-Caffeine" ""', true],
    ['header "subject" "i HAVE a present for you"', true],
    ['header :comparator "i;octet" "subject" "i HAVE a present for you"', false],
    ['header :contains ["x-nothing", "subject"] ["anvil", "present"]', true],
    ['header :matches "subject" "I have * for ???"', true],
    ['header :matches "subject" "I have * for ??"', false],
    ['header :matches "subject" "*"', true],
    ['address :is :all "from" "coyote@desert.example.org"', true],
    ['address :localpart "from" "coyote"', true],
    ['address :domain "cc" "desert.example.org"', true],
    ['address :all "cc" "tweety@x.example"', true],
    ['address :contains "cc" "Wile"', true],
    ['address :is "cc" "Wile E."', false],
  ])('%s is %s [S5-010]', (test, expected) => {
    expect(holds(test)).toBe(expected);
  });

  it('size is neither over nor under its exact value [S5-010]', () => {
    const message = `Subject: x\r\n\r\n${'a'.repeat(1024 - 14)}`;
    expect(message).toHaveLength(1024);
    expect(holds('size :over 1K', '', { message })).toBe(false);
    expect(holds('size :under 1K', '', { message })).toBe(false);
    expect(holds('size :over 1023', '', { message })).toBe(true);
  });

  it('envelope looks at the path, the null path too [S5-010]', () => {
    const require = 'require "envelope";';
    expect(holds('envelope :all :is "from" "coyote@DESERT.example.org"', require)).toBe(true);
    expect(holds('envelope :domain "to" "acme.example.com"', require)).toBe(true);
    const bounced = { envelope: { from: '', to: 'a@b.example' } };
    expect(holds('envelope :domain "from" ""', require, bounced)).toBe(true);
    expect(holds('envelope :contains "from" "@"', require, bounced)).toBe(false);
  });

  it.each([
    ['address :localpart "from" "stephan"', false],
    ['address :domain "to" "example.org"', false],
    ['address :all "resent-to" ""', true],
    ['address :all "cc" "nonsense"', true],
    ['address :localpart "cc" "nonsense"', false],
    ['address :all :contains "bcc" ""', false],
  ])('finds no parts in what is no address: %s is %s [S5-010]', (test, expected) => {
    const message =
      'From: stephan@\r\nTo: @example.org\r\nCc: nonsense\r\nResent-To:\r\nBcc: undisclosed-recipients:;\r\n\r\n';
    expect(holds(test, '', { message })).toBe(expected);
  });

  it('decodes encoded words and raw UTF-8 before it compares [S5-010]', () => {
    const message = 'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= aus K\u00c3\u00b6ln\r\n\r\n';
    expect(holds('header :is "subject" "Grüße aus Köln"', '', { message })).toBe(true);
    expect(holds('header :matches "subject" "Gr??e*K?ln"', '', { message })).toBe(true);
  });
});

describe('the explanation', () => {
  it('has one entry a command and test, in order, with what was compared', () => {
    const { steps } = run(
      'if anyof (header :contains "Subject" ["anvil", "PRESENT"], true) { keep; } else { discard; }',
    );
    expect(steps.map(({ name, depth, result }) => [name, depth, result])).toEqual([
      ['if', 0, true],
      ['anyof', 1, true],
      ['header', 2, true],
      ['keep', 1, undefined],
    ]);
    expect(steps[2]).toMatchObject({
      rule: 'RFC 5228 §5.7',
      matcher: { type: { kind: 'contains' }, comparator: 'i;ascii-casemap' },
      compared: [
        { source: 'header Subject', value: 'I have a present for you', key: 'anvil', matched: false },
        { source: 'header Subject', value: 'I have a present for you', key: 'PRESENT', matched: true },
      ],
    });
    expect(structuredClone(steps)).toEqual(steps);
  });
});

describe('strings', () => {
  const literal = (source: string): unknown => {
    const { script } = compileSieve(`require "fileinto"; fileinto ${source};`);
    const argument = script?.commands[1]?.args['mailbox'];
    return argument?.kind === 'string' ? argument.value : undefined;
  };

  it('undoes escapes, dot-stuffing and any line end [S5-010]', () => {
    expect(literal('"a\\"b\\\\c\\d"')).toBe('a"b\\cd');
    const reason = 'require "reject"; reject text: # note\n..dot\nline\r\n.\n;';
    expect(done(reason)).toEqual(['reject .dot\r\nline\r\n']);
  });

  it('reads numbers with quantifiers', () => {
    expect(holds('size :under 2k')).toBe(true);
    expect(errors('if size :over 9007199254740993 { keep; }')).toContain('1:15 number-too-big');
    expect(errors('if size :over 1X { keep; }')).toContain('1:15 bad-number');
  });

  it('skips both kinds of comments', () => {
    expect(done('# one\n/* two\n * / three */ discard; # end')).toEqual(['discard']);
  });
});

describe('errors', () => {
  it.each([
    ['keep', ['1:5 expected-command-end']],
    ['keep;;', ['1:6 expected-command']],
    ['keep "a";', ['1:1 argument-count']],
    ['frop;\nfrop;\nkeep;', ['1:1 unknown-command']],
    ['if true keep;', ['1:1 block-missing', '1:4 missing-semicolon']],
    [
      'if header :is "a" "b" keep; }',
      ['1:1 block-missing', '1:4 missing-semicolon', '1:29 expected-command'],
    ],
    ['if header is "a" "b" { keep; }', ['1:4 argument-count', '1:11 missing-colon']],
    ['if true { keep;', ['1:16 expected-block-end']],
    ['if { keep; }', ['1:1 test-missing']],
    ['if allof true { keep; }', ['1:4 test-single-for-list']],
    ['if not (true, false) { keep; }', ['1:4 test-list-for-one']],
    ['else { keep; }', ['1:1 else-without-if']],
    ['if true { } keep; elsif true { }', ['1:19 else-without-if']],
    ['keep; require "fileinto";', ['1:7 require-late']],
    ['if true { require "copy"; }', ['1:11 require-late']],
    ['require "frop";', ['1:9 unknown-capability']],
    ['require "keep";', ['1:9 unknown-capability']],
    ['fileinto "x";', ['1:1 not-required']],
    ['if true { stop; keep; }', ['1:17 unreachable (warning)']],
    ['redirect :copy "a@b.example";', ['1:10 tag-not-required']],
    ['redirect "a b";', ['1:10 bad-address']],
    ['redirect ["a@b.example"];', ['1:10 argument-type']],
    ['if header :is :contains "a" "b" { }', ['1:15 duplicate-tag']],
    ['if header "a" :is "b" { }', ['1:15 tag-after-positional']],
    ['if header :comparator "a" "b" { }', ['1:4 argument-count']],
    ['if header :comparator "a" "b" "c" { }', ['1:23 unknown-comparator']],
    ['if header :comparator :is "a" "b" { }', ['1:11 tag-value-missing']],
    ['if header :comparator 12 "a" "b" { }', ['1:23 tag-value-type']],
    ['if size 100 { }', ['1:4 tag-missing']],
    ['if size :over :under 100 { }', ['1:15 duplicate-tag']],
    ['if address "subject" "x" { }', ['1:12 header-not-address']],
    ['if header "a b" "x" { }', ['1:11 bad-header-name (warning)']],
    ['true;', ['1:1 wrong-use']],
    ['if keep { }', ['1:4 wrong-use']],
    ['keep "open', ['1:6 unterminated-string']],
    ['/* open', ['1:1 unterminated-comment']],
    ['if header ["a", ] "b" { }', ['1:17 expected-list-string']],
    ['if header [] "b" { }', ['1:12 expected-list-string']],
    ['keep; § discard;', ['1:7 bad-character']],
  ])('%j: %j [S5-010]', (source, expected) => {
    expect(errors(source)).toEqual(expected);
  });

  it('goes on after an error and finds the next ones [S5-010]', () => {
    const source = 'keep\nif true { frop; discard "x"; }\nredirect;\nif header [ "a" "b" { gibt; }\nkeep;';
    expect(errors(source)).toEqual([
      '1:1 missing-semicolon',
      '2:11 unknown-command',
      '2:17 argument-count',
      '3:1 argument-count',
      '4:17 expected-list-end',
      '4:23 unknown-command',
    ]);
  });

  it.each([
    ['@wrong.example.com', false],
    ['error', false],
    ['error@', false],
    ['Ana Bolika error@example.org', false],
    ['Ana Bolika <error@example.org', false],
    [' more error @  example.com  ', false],
    ['@', false],
    ['<>', false],
    ['', false],
    ['Error <ana@', false],
    ['a@example.org,b@example.net', false],
    ['a@example.org,%&^&!!~', false],
    ['team: a@example.org;', false],
    ['a@exa mple.org', false],
    ['Ana Good <a@example.org>', true],
    ['ok@example.com', true],
    [' more  @  example.com  ', true],
    ['.japanese@example.com', true],
    ['..japanese...local..@example.com', true],
    ['"a b"@example.com', true],
    ['a@[192.0.2.1]', true],
    ['grüße@köln.example', true],
  ])('an address to write to: %j is %s [S5-010]', (address, good) => {
    const quoted = address.replace(/"/g, '\\"');
    expect(errors(`redirect "${quoted}";`)).toEqual(good ? [] : ['1:10 bad-address']);
  });

  it('are said as Pigeonhole says them', () => {
    const lines = (source: string): readonly string[] =>
      compileSieve(source).problems.map((problem) => pigeonholeLine('main', problem));
    expect(lines('\nfrop;')).toEqual([
      "main: line 2: error: unknown command 'frop' (only reported once at first occurrence).",
    ]);
    expect(lines('keep')).toEqual([
      "main: line 1: error: expected end of command ';' or the beginning of a compound block '{', but found end of file.",
    ]);
    expect(lines('if header :frop "a" "b" { }')).toEqual([
      "main: line 1: error: unknown tagged argument ':frop' for the header test (reported only once at first occurrence).",
    ]);
    expect(lines('require "frop";')).toEqual([
      "main: line 1: error: require command: unknown Sieve capability `frop'.",
    ]);
  });

  it('bounds the nesting of tests and blocks', () => {
    expect(errors(`if ${'not '.repeat(40)} true { }`)[0]).toMatch(/tests-too-deep/);
    expect(errors(`${'if true {'.repeat(40)}${'}'.repeat(40)}`)[0]).toMatch(/blocks-too-deep/);
    expect(errors(`if ${'anyof('.repeat(100_000)}`).length).toBeGreaterThan(0);
  });
});
