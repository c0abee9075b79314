import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { latin1 } from '../base/bytes.ts';
import { timeOf } from '../base/dates.ts';
import { mailboxesOf, parseAddressList } from './address.ts';
import { composeMessage } from './compose.ts';
import { decodeHeaderText } from './encoded-word.ts';
import { firstField, parseMessage } from './header.ts';
import { displayText } from './text.ts';
import { cases } from '../testing/effort.ts';

const date = timeOf(2026, 11, 23, 9, 0, 0);
const clean = (text: string): string =>
  text
    .replace(/[\r\n\0]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

describe('compose', () => {
  it('writes what we and postal-mime read back, in lines of at most 998 with CRLF only [S8-001]', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 }).map(clean);
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        text,
        fc.uint8Array({ maxLength: 30 }),
        fc.boolean(),
        async (name, subject, body, file, attach) => {
          const raw = composeMessage({
            from: { name, address: 'anna@a.example' },
            to: [{ address: 'bob@b.example' }, { name: 'B, C', address: 'c@c.example' }],
            subject,
            date,
            zoneMinutes: 60,
            messageId: '<1@a.example>',
            text: body,
            ...(attach
              ? {
                  attachments: [
                    { filename: 'ä.bin', contentType: 'application/octet-stream', content: file },
                  ],
                  boundary: 'b0',
                }
              : {}),
          });
          expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
          for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
          const message = parseMessage(raw);
          expect(decodeHeaderText(firstField(message, 'subject')?.value ?? '')).toBe(subject);
          const from = mailboxesOf(parseAddressList(firstField(message, 'from')?.value ?? ''))[0];
          expect(clean(decodeHeaderText(from?.name ?? ''))).toBe(name);
          expect(displayText(raw).text?.trimEnd()).toBe(body);
          const theirs = await PostalMime.parse(latin1(raw), { attachmentEncoding: 'arraybuffer' });
          expect((theirs.text ?? '').trim()).toBe(body);
          expect(theirs.to?.map((to) => to.address)).toEqual(['bob@b.example', 'c@c.example']);
          expect(theirs.attachments.map((a) => a.filename)).toEqual(attach ? ['ä.bin'] : []);
        },
      ),
      cases(200),
    );
  });
});
