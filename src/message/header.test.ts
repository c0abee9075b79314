import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendField,
  firstField,
  foldField,
  missingBlankLine,
  parseMessage,
  prependField,
  printMessage,
  removeFields,
  unfold,
} from './header.ts';
import { cases } from '../testing/effort.ts';

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => String.fromCharCode(...bytes)),
  fc
    .array(fc.constantFrom('A', ':', ' ', '\t', '\r', '\n', '\r\n', 'Subject: x\r\n', '\xe9', 'From', '\0'), {
      maxLength: 40,
    })
    .map((parts) => parts.join('')),
);

describe('header', () => {
  it('prints every input back byte for byte, and places are true', () => {
    fc.assert(
      fc.property(anyBytes, (raw) => {
        const message = parseMessage(raw);
        expect(printMessage(message)).toBe(raw);
        for (const field of message.fields) {
          expect(raw.slice(field.start, field.end)).toBe(field.raw);
          expect(raw.slice(field.valueStart, field.valueStart + field.rawValue.length)).toBe(field.rawValue);
          expect(field.raw.startsWith(field.name)).toBe(true);
        }
        expect(message.headerEnd).toBeLessThanOrEqual(message.bodyStart);
      }),
      cases(20000),
    );
  });

  it('unfolds, tolerates blanks before the colon and keeps the raw value [S8-001]', () => {
    const message = parseMessage('Subject : Hello\r\n\tworld\r\nTo:bob@x\r\n\r\nbody');
    expect(message.fields.map((field) => [field.name, field.value])).toEqual([
      ['Subject', 'Hello\tworld'],
      ['To', 'bob@x'],
    ]);
    expect(message.raw.slice(message.bodyStart)).toBe('body');
    expect(message.separation).toBe('blank-line');
  });

  it('works with lone LF as line end', () => {
    const message = parseMessage('A: 1\n b\n\ntext\n');
    expect(message.fields[0]?.value).toBe('1 b');
    expect(message.bodyStart).toBe(9);
  });

  it('tells where the blank line is missing [LM-11]', () => {
    const text = parseMessage('Subject: Hi\r\nHello Bob,\r\nhow are you?\r\n');
    expect(text.separation).toBe('not-a-field');
    expect(missingBlankLine(text)).toEqual({ offset: 13, line: 2, text: 'Hello Bob,', reason: 'text-line' });
    const prose = parseMessage('Subject: Hi\r\nFrom: a@x\r\nNote: bring cake\r\n');
    expect(missingBlankLine(prose)).toEqual({
      offset: 24,
      line: 3,
      text: 'Note: bring cake',
      reason: 'looks-like-field',
    });
    expect(missingBlankLine(parseMessage('Subject: Hi\r\n\r\nHello'))).toBeUndefined();
    expect(missingBlankLine(parseMessage('Subject: Hi\r\nX-Test: 1\r\n'))).toBeUndefined();
  });

  it('edits leave every other byte alone', () => {
    fc.assert(
      fc.property(anyBytes, (raw) => {
        const added = prependField(raw, 'X-New: 1');
        expect(added.endsWith(raw)).toBe(true);
        if (!/^[ \t]/.test(raw)) expect(removeFields(added, (field) => field.start === 0)).toBe(raw);
        expect(removeFields(raw, () => false)).toBe(raw);
        const last = parseMessage(appendField(raw, 'X-Last: 1')).fields.at(-1);
        expect(last?.raw.trimEnd()).toBe('X-Last: 1');
      }),
      cases(5000),
    );
    expect(firstField(parseMessage(prependField('A: 1\n\n', 'B: 2')), 'b')?.raw).toBe('B: 2\n');
  });

  it('folds at 78 and gives the text back when unfolded [S8-001]', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, (list) => {
        const value = list.join(' ');
        const folded = foldField('Subject', value);
        for (const line of folded.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
        expect(unfold(folded.slice('Subject:'.length))).toBe(value);
      }),
    );
  });
});
