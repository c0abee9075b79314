import { describe, expect, it } from 'vitest';
import { findMistakes, type Mistake, type MistakeId } from './mistakes.ts';
import { relayAccessDenied } from './postfix.ts';
import { postfixConfig } from './session.ts';
import { acceptAll, serverRig, type Rule } from './test-rig.ts';

const onlyBlue: Rule = (question) =>
  question.kind === 'recipient' && !question.recipient.address.endsWith('@blue.example')
    ? { reply: relayAccessDenied(question.recipient.address) }
    : acceptAll(question);

interface Played {
  readonly mistakes: readonly Mistake[];
  readonly said: string;
}

function play(lines: readonly string[], changes: Parameters<typeof postfixConfig>[1] = {}): Played {
  const rig = serverRig(postfixConfig('mx.blue.example', { heloRequired: true, ...changes }), onlyBlue);
  rig.heard();
  let said = '';
  for (const line of lines) said = rig.say(line.endsWith('\n') ? line : `${line}\r\n`) || said;
  return { mistakes: findMistakes(rig.notes), said };
}

const HELO = 'EHLO mua.red.example';
const MAIL = 'MAIL FROM:<ana@red.example>';
const RCPT = 'RCPT TO:<bob@blue.example>';
const UP_TO_TEXT = [HELO, MAIL, RCPT, 'DATA'];
const BYE = '221 2.7.0 Error: I can break rules, too. Goodbye.';

const cases: readonly (readonly [`[${MistakeId}]`, readonly string[], string])[] = [
  ['[LM-01]', ['HELLO mua.red.example'], '500 5.5.2 Error: command not recognized'],
  ['[LM-01]', ['HELO'], '501 Syntax: HELO hostname'],
  ['[LM-02]', [HELO, 'MAIL FROM ana@red.example'], '501 5.5.4 Syntax: MAIL FROM:<address>'],
  ['[LM-03]', [HELO, 'MAIL FROM: ana@red.example'], '250 2.1.0 Ok'],
  ['[LM-04]', [HELO, 'FROM:<ana@red.example>'], BYE],
  ['[LM-04]', [HELO, MAIL, 'TO:<bob@blue.example>'], BYE],
  ['[LM-05]', [HELO, RCPT], '503 5.5.1 Error: need MAIL command'],
  ['[LM-06]', [HELO, MAIL, 'DATA'], '554 5.5.1 Error: no valid recipients'],
  ['[LM-07]', [HELO, MAIL, RCPT, 'Subject: Hi'], BYE],
  ['[LM-09]', [...UP_TO_TEXT, 'QUIT'], '354 End data with <CR><LF>.<CR><LF>'],
  ['[LM-10]', [...UP_TO_TEXT, '. '], '354 End data with <CR><LF>.<CR><LF>'],
  ['[LM-11]', [...UP_TO_TEXT, 'Subject: Hi', 'Hello Bob', '.'], '250 2.0.0 Ok: queued as 4ABC'],
  [
    '[LM-12]',
    [...UP_TO_TEXT, 'From: The Boss <boss@blue.example>', '', 'Hi', '.'],
    '250 2.0.0 Ok: queued as 4ABC',
  ],
  ['[LM-13]', [HELO, '.'], BYE],
  ['[LM-13]', [HELO, '<ana@red.example>'], BYE],
  ['[LM-14]', [HELO, 'MIA\x08\x08AIL FROM:<a@b.example>'], '500 5.5.2 Error: command not recognized'],
  ['[LM-15]', ['EHLO mua.red.example\n'], ''],
  [
    '[LM-19]',
    [HELO, MAIL, 'RCPT TO:<eva@green.example>'],
    '554 5.7.1 <eva@green.example>: Relay access denied',
  ],
  ['[LM-20]', ['GET / HTTP/1.1'], BYE],
  ['[LM-21]', [HELO, 'EXPN team'], '500 5.5.2 Error: command not recognized'],
  [
    '[LM-22]',
    [HELO, MAIL, RCPT, 'RCPT TO:<eva@green.example>'],
    '554 5.7.1 <eva@green.example>: Relay access denied',
  ],
  [
    '[LM-23]',
    [`${HELO}\r\n${MAIL}\r\n${RCPT}\r\nDATA\r\n`],
    '554 5.5.0 Error: SMTP protocol synchronization',
  ],
  ['[LM-24]', ['EHLO localhost'], ''],
  ['[LM-24]', ['HELO 1.2.3.4'], '250 mx.blue.example'],
];

describe('learner mistakes', () => {
  for (const [tag, lines, reply] of cases)
    it(`${JSON.stringify(lines.at(-1)?.trim())} is seen, the wire stays real ${tag} [G-01]`, () => {
      const { mistakes, said } = play(lines);
      expect(mistakes.map((each) => each.id)).toEqual([tag.slice(1, -1)]);
      if (reply !== '') expect(said.trimEnd()).toBe(reply);
    });
  it('waiting in vain after 354 is seen after 20 s of silence [LM-08]', () => {
    const rig = serverRig(postfixConfig('mx.blue.example'));
    for (const line of UP_TO_TEXT) rig.say(`${line}\r\n`);
    rig.wait(19_999);
    expect(findMistakes(rig.notes)).toEqual([]);
    rig.wait(1);
    expect(findMistakes(rig.notes)).toMatchObject([{ id: 'LM-08', params: { seconds: '20' }, count: 1 }]);
    expect(rig.heard()).toBe('');
  });
  it('the same mistake again has a higher count [S1-190]', () => {
    const { mistakes } = play([HELO, RCPT, RCPT, 'DATA', RCPT]);
    expect(mistakes.map(({ id, count }) => [id, count])).toEqual([
      ['LM-05', 1],
      ['LM-05', 2],
      ['LM-06', 1],
      ['LM-05', 3],
    ]);
  });
  it('with bare LF, commands work and the end of data is never recognised [LM-15]', () => {
    const lines = [...UP_TO_TEXT, 'Subject: x', '', 'Hi', '.'].map((line) => `${line}\n`);
    const { mistakes, said } = play(lines);
    expect(said).toBe('354 End data with <CR><LF>.<CR><LF>\r\n');
    expect(new Set(mistakes.map(({ id }) => id))).toEqual(new Set(['LM-15']));
    expect(play(lines, { forbidBareNewline: 'reject' }).said).toBe(
      '550 5.5.2 mx.blue.example Error: bare <LF> received\r\n',
    );
  });
  it('a good learner makes none', () => {
    const text = [
      'From: Ana <ana@red.example>',
      'To: bob@blue.example',
      'Subject: Hi',
      '',
      'Hello',
      '..dots',
      '.',
    ];
    expect(play([...UP_TO_TEXT, ...text, 'QUIT']).mistakes).toEqual([]);
  });
});
