import { describe, expect, it } from 'vitest';
import { answerTo, typedPeople } from './reply.ts';

const RAW = [
  'From: =?utf-8?q?J=C3=B6rg?= <joerg@hafen.example>',
  'Reply-To: list@hafen.example',
  'To: Alice <alice@wolke.example>, "Bob, Jr." <bob@hafen.example>',
  'Cc: ALICE@wolke.example, anna@hafen.example',
  'Subject: Fog',
  'Date: Mon, 23 Nov 2026 09:00:00 +0100',
  '',
  'Thick.',
  '> Where?',
  '',
].join('\r\n');
const wrote = (from: string, date: string): string => `${date}, ${from}:`;

describe('an answer', () => {
  it('goes where Reply-To says, quotes what was written, and keeps the subject', () => {
    expect(answerTo(RAW, 'alice@wolke.example', false, wrote)).toEqual({
      to: 'list@hafen.example',
      cc: '',
      subject: 'Re: Fog',
      text: '\n\nMon, 23 Nov 2026 09:00:00 +0100, Jörg <joerg@hafen.example>:\n> Thick.\n>> Where?\n',
    });
    expect(answerTo(RAW.replace('Fog', 'RE: Fog'), '', false, wrote).subject).toBe('RE: Fog');
  });

  it('to all leaves oneself out, and nobody gets it twice', () => {
    expect(answerTo(RAW, 'alice@wolke.example', true, wrote).cc).toBe(
      '"Bob, Jr." <bob@hafen.example>, anna@hafen.example',
    );
  });

  it('addresses are cut at commas, but not within quotes', () => {
    expect(typedPeople('"Bob, Jr." <bob@hafen.example>, anna@hafen.example;; x')).toEqual([
      '"Bob, Jr." <bob@hafen.example>',
      'anna@hafen.example',
      'x',
    ]);
  });
});
