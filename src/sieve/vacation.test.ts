// The rules of automatic answers (RFC 5230, RFC 3834), one by one, the reply itself, and two absent people who write to
// each other.

import { describe, expect, it } from 'vitest';
import { DAY, SECOND } from '../base/dates.ts';
import { firstField, parseMessage } from '../message/header.ts';
import { run } from './testing.ts';
import type { SieveInput, SieveRun } from './run.ts';
import type { VacationDecision } from './vacation.ts';

const HEADERS = {
  From: 'Boss <boss@acme.example>',
  To: 'Alice <alice@home.example>',
  Subject: 'Meeting',
  'Message-ID': '<1@acme.example>',
};

function message(more: Readonly<Record<string, string>> = {}): string {
  const fields = Object.entries({ ...HEADERS, ...more }).filter(([, value]) => value !== '');
  return `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\nHi\r\n`;
}

const AWAY = 'require "vacation"; vacation "I am away.";';
const facts = (more: Partial<SieveInput> = {}): Partial<SieveInput> => ({
  message: message(),
  envelope: { from: 'boss@acme.example', to: 'alice@home.example' },
  environment: { host: 'mx.home.example' },
  ...more,
});

function decision(result: SieveRun): VacationDecision {
  const action = result.actions.find((one) => one.kind === 'vacation');
  if (action?.kind !== 'vacation') throw new Error(`no vacation: ${result.error?.code ?? 'not run'}`);
  return action.decision;
}

const answer = (source: string, more: Partial<SieveInput> = {}): string => {
  const decided = decision(run(source, facts(more)));
  return decided.send ? 'sent' : decided.because;
};

describe('an answer is sent', () => {
  it('to the reverse path, from the own address, by nobody, marked as automatic [S5-012]', () => {
    const result = run(AWAY, facts());
    expect(result.actions.map(({ kind }) => kind)).toEqual(['vacation', 'keep']);
    const decided = decision(result);
    if (!decided.send) throw new Error(decided.because);
    expect(decided.reply).toMatchObject({ reversePath: '', forwardPath: 'boss@acme.example' });
    expect(decided.reply.message).toBe(
      [
        'Message-ID: <dovecot-sieve-1795420804-0-1@mx.home.example>',
        'Date: Mon, 23 Nov 2026 09:00:04 +0100',
        'From: <alice@home.example>',
        'To: Boss <boss@acme.example>',
        'Subject: Auto: Meeting',
        'In-Reply-To: <1@acme.example>',
        'References: <1@acme.example>',
        'Auto-Submitted: auto-replied (vacation)',
        'Precedence: bulk',
        'X-Auto-Response-Suppress: All',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        'I am away.',
        '',
      ].join('\r\n'),
    );
    expect(decided.checks.every(({ passed }) => passed)).toBe(true);
    expect(decided.checks.map(({ check }) => check)).toHaveLength(9);
  });

  it('with subject, sender, references and MIME as the script says [S5-012]', () => {
    const source = `require "vacation"; vacation :subject "Weg für immer" :from "Álice <alice@home.example>" :mime text:
Content-Type: text/html

<p>Away</p>
.
;`;
    const decided = decision(run(source, facts({ message: message({ References: '<a@x> <b@x>' }) })));
    if (!decided.send) throw new Error(decided.because);
    const reply = parseMessage(decided.reply.message);
    expect(firstField(reply, 'subject')?.value).toBe('Weg =?UTF-8?Q?f=C3=BCr?= immer');
    expect(firstField(reply, 'from')?.value).toMatch(/^=\?UTF-8\?\S+\?= <alice@home\.example>$/);
    expect(firstField(reply, 'references')?.value).toBe('<a@x> <b@x> <1@acme.example>');
    expect(firstField(reply, 'content-type')?.value).toBe('text/html');
    expect(decided.reply.message).toMatch(/\r\n\r\n<p>Away<\/p>\r\n$/);
  });

  it('from the address that was written to [S5-012]', () => {
    const source = 'require "vacation"; vacation :addresses ["info@home.example"] "away";';
    const to = { message: message({ To: 'info@home.example' }) };
    const decided = decision(run(source, facts(to)));
    expect(decided.send && decided.reply.message).toContain('From: <info@home.example>\r\n');
    expect(answer(AWAY, to)).toBe('addressed-to-me');
    expect(answer(AWAY, { ...to, ownAddresses: ['info@home.example'] })).toBe('sent');
  });
});

describe('no answer is sent', () => {
  it.each([
    ['sender-null', { envelope: { from: '', to: 'alice@home.example' } }],
    ['sender-system', { envelope: { from: 'MAILER-DAEMON@acme.example', to: 'alice@home.example' } }],
    ['sender-system', { envelope: { from: 'list-request@acme.example', to: 'alice@home.example' } }],
    ['sender-system', { envelope: { from: 'owner-list@acme.example', to: 'alice@home.example' } }],
    ['sender-system', { envelope: { from: 'LISTSERV@acme.example', to: 'alice@home.example' } }],
    ['sender-system', { envelope: { from: 'majordomo@acme.example', to: 'alice@home.example' } }],
    ['sender-self', { envelope: { from: 'Alice@home.example', to: 'alice@home.example' } }],
    ['list-header', { message: message({ 'List-Id': '<l.acme.example>' }) }],
    ['list-header', { message: message({ 'List-Unsubscribe': '<https://acme.example>' }) }],
    ['auto-submitted', { message: message({ 'Auto-Submitted': 'auto-replied' }) }],
    ['auto-submitted', { message: message({ 'Auto-Submitted': 'auto-generated; x=y' }) }],
    ['precedence', { message: message({ Precedence: 'bulk' }) }],
    ['precedence', { message: message({ Precedence: 'List' }) }],
    ['precedence', { message: message({ Precedence: 'junk' }) }],
    ['auto-response-suppress', { message: message({ 'X-Auto-Response-Suppress': 'DR, OOF' }) }],
    ['addressed-to-me', { message: message({ To: 'list@acme.example' }) }],
    ['addressed-to-me', { message: message({ To: '' }) }],
    ['sent', { message: message({ 'Auto-Submitted': 'no' }) }],
    ['sent', { message: message({ To: 'list@acme.example', Cc: '"A" <ALICE@home.example>' }) }],
    ['sent', { message: message({ To: '', Bcc: 'alice@home.example' }) }],
  ] as const)('%s: %j [S5-012]', (expected, more) => {
    expect(answer(AWAY, more)).toBe(expected);
  });

  it('says which rule spoke against it, with what it saw [S5-012]', () => {
    const decided = decision(run(AWAY, facts({ message: message({ 'List-Id': '<l.acme.example>' }) })));
    expect(decided.checks.at(-1)).toEqual({
      check: 'list-header',
      passed: false,
      rule: 'RFC 5230 §4.6',
      evidence: 'List-Id: <l.acme.example>',
    });
    expect(decided).not.toHaveProperty('reply');
  });
});

describe('the memory', () => {
  const now = 1_795_420_804_000;
  const sequence = (
    source: string,
    afterMs: readonly number[],
    from: readonly string[] = [],
  ): readonly string[] => {
    let state: SieveRun['state'] = { duplicates: {}, vacations: {} };
    return afterMs.map((ms, index) => {
      const envelope = { from: from[index] ?? 'boss@acme.example', to: 'alice@home.example' };
      const result = run(source, facts({ now: now + ms, state, envelope }));
      state = structuredClone(result.state);
      const decided = decision(result);
      return decided.send ? 'sent' : decided.because;
    });
  };

  it.each([
    ['seven days by default', AWAY, [0, 7 * DAY - 1, 7 * DAY]],
    ['as many as the script says', AWAY.replace('"I', ':days 2 "I'), [0, 2 * DAY - 1, 2 * DAY]],
    ['one at least', AWAY.replace('"I', ':days 0 "I'), [0, DAY - 1, DAY]],
    [
      'in seconds',
      'require "vacation-seconds"; require "vacation"; vacation :seconds 60 "x";',
      [0, 59 * SECOND, 60 * SECOND],
    ],
  ])('holds %s [S5-012]', (_name, source, times) => {
    expect(sequence(source, times)).toEqual(['sent', 'already-answered', 'sent']);
  });

  it('is per sender and handle [S5-012]', () => {
    expect(sequence(AWAY, [0, 1, 2], ['a@x.example', 'b@x.example', 'A@X.example'])).toEqual([
      'sent',
      'sent',
      'already-answered',
    ]);
    const first = run('require "vacation"; vacation :handle "h" "one";', facts());
    const again = (source: string): string => answer(source, { state: first.state });
    expect(again('require "vacation"; vacation :handle "h" "two";')).toBe('already-answered');
    expect(again('require "vacation"; vacation "one";')).toBe('sent');
  });

  it('always answers with :seconds 0 [S5-012]', () => {
    const source = 'require ["vacation", "vacation-seconds"]; vacation :seconds 0 "x";';
    expect(sequence(source, [0, 0, 1])).toEqual(['sent', 'sent', 'sent']);
  });

  it('allows one vacation a run and not with reject [S5-011]', () => {
    expect(run(`${AWAY} vacation "again";`, facts()).error?.code).toBe('duplicate-vacation');
    expect(run('require ["vacation", "reject"]; vacation "x"; reject "y";', facts()).error?.code).toBe(
      'action-conflict',
    );
    expect(run('require ["vacation", "reject"]; vacation "x"; reject "y";', facts()).state.vacations).toEqual(
      {},
    );
  });
});

describe('two absent people', () => {
  it('who write to each other answer once each, and no answer is answered [S5-012]', () => {
    const boxes: Record<string, SieveRun['state'] | undefined> = {};
    const sent: string[] = [];
    const letter = (from: string, to: string): { from: string; to: string; raw: string } => ({
      from,
      to,
      raw: message({ From: from, To: to }),
    });
    const queue = [letter('bob@b.example', 'alice@a.example'), letter('alice@a.example', 'bob@b.example')];
    for (let mail = queue.shift(); mail !== undefined; mail = queue.shift()) {
      expect(sent.length).toBeLessThan(10);
      const state = boxes[mail.to];
      const result = run(AWAY, {
        message: mail.raw,
        envelope: { from: mail.from, to: mail.to },
        ...(state === undefined ? {} : { state }),
      });
      boxes[mail.to] = result.state;
      const decided = decision(result);
      if (!decided.send) continue;
      sent.push(`${mail.to} to ${decided.reply.forwardPath}`);
      queue.push({
        from: decided.reply.reversePath,
        to: decided.reply.forwardPath,
        raw: decided.reply.message,
      });
    }
    expect(sent).toEqual(['alice@a.example to bob@b.example', 'bob@b.example to alice@a.example']);
  });
});
