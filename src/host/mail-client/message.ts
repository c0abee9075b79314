// A message as a mail program keeps it: from the bytes that came, header or whole, to the line in its list; and from what a
// person typed to the bytes that go out. RFC 5322 §3.6.

import { fromLatin1, utf8 } from '../../base/bytes.ts';
import { nextInt } from '../../base/random.ts';
import { mailboxesOf, parseAddressList, printAddrSpec } from '../../message/address.ts';
import { composeMessage, type Correspondent } from '../../message/compose.ts';
import { parseMailDate } from '../../message/date.ts';
import { decodeHeaderText } from '../../message/encoded-word.ts';
import { firstField, parseMessage } from '../../message/header.ts';
import { messageIds } from '../../message/message-id.ts';
import { displayText } from '../../message/text.ts';
import type { Os } from '../program.ts';
import type { MailDraft } from './ask.ts';
import type { MailClientConfig } from './config.ts';
import type { MailMessage } from './notes.ts';
import { plainFlags } from './tell.ts';

/** @param raw what is here, a binary string */
export function messageFrom(
  raw: string,
  about: Pick<MailMessage, 'id' | 'flags' | 'size' | 'here' | 'onServer' | 'uidl'>,
  os: Os,
): MailMessage {
  const parsed = parseMessage(raw);
  const text = (name: string): string =>
    decodeHeaderText(firstField(parsed, name)?.value ?? '').slice(0, 500);
  const date = parseMailDate(firstField(parsed, 'Date')?.value ?? '')?.time;
  return {
    ...about,
    flags: plainFlags(about.flags),
    hash: os.keep(raw),
    from: text('From'),
    to: text('To'),
    subject: text('Subject'),
    messageId: firstField(parsed, 'Message-ID')?.value.trim().slice(0, 500) ?? '',
    ...(date === undefined ? {} : { date }),
  };
}

/** Whether a message holds a text, as far as it is here: what a program without a network can search. */
export function holdsText(message: MailMessage, wanted: string, os: Os): boolean {
  const sought = wanted.toLowerCase();
  const body = message.here === 'whole' ? (displayText(os.kept(message.hash)).text ?? '') : '';
  return [message.subject, message.from, message.to, body].some((one) => one.toLowerCase().includes(sought));
}

/** `Bob <bob@hafen.example>` as name and address. */
function correspondent(typed: string): Correspondent {
  const [box] = mailboxesOf(parseAddressList(typed));
  if (box === undefined) return { address: typed };
  const address = printAddrSpec(box.localPart, box.domain);
  return box.name === '' ? { address } : { name: decodeHeaderText(box.name), address };
}

export interface Composed {
  /** Binary string, CRLF lines. */
  readonly raw: string;
  readonly messageId: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  /** Everybody once, as they go into the envelope: binary strings. */
  readonly recipients: readonly string[];
}

/**
 * The bytes of a message as typed. Bcc goes into the envelope alone (RFC 5322 §3.6.3: the first of its three ways).
 *
 * @param answered the header of the message that it answers
 */
export function compose(
  config: MailClientConfig,
  draft: MailDraft,
  number: number,
  answered: string | undefined,
  os: Os,
): Composed {
  const draws = os.random('mail-id');
  const letters = Array.from({ length: 8 }, () => nextInt(draws, 36).toString(36)).join('');
  const domain = config.address.slice(config.address.lastIndexOf('@') + 1);
  const messageId = `<${Math.floor(os.now / 1000)}.${number}.${letters}@${domain}>`;
  const original = answered === undefined ? undefined : parseMessage(answered);
  const value = (name: string): string => (original && firstField(original, name)?.value) ?? '';
  const [parent] = messageIds(value('Message-ID'));
  // RFC 5322 §3.6.4: the parent's References, else its In-Reply-To, and then the parent itself.
  const before = messageIds(value('References'));
  const [older] = messageIds(value('In-Reply-To'));
  const thread = [...(before.length > 0 ? before : older === undefined ? [] : [older])];
  const raw = composeMessage({
    from: { name: config.name, address: config.address },
    to: draft.to.map(correspondent),
    cc: draft.cc.map(correspondent),
    // A line end would begin another field.
    subject: draft.subject.replace(/[\r\n\0]+/g, ' '),
    date: os.now,
    zoneMinutes: os.host.zoneMinutes,
    messageId,
    ...(parent === undefined ? {} : { inReplyTo: parent, references: [...thread, parent].slice(-20) }),
    text: draft.text.replaceAll('\0', ''),
  });
  const addresses = (typed: readonly string[]): string[] => typed.map((one) => correspondent(one).address);
  const [to, cc, bcc] = [addresses(draft.to), addresses(draft.cc), addresses(draft.bcc)];
  const recipients = [...new Set([...to, ...cc, ...bcc])].map((address) => fromLatin1(utf8(address)));
  return { raw, messageId, to, cc, bcc, recipients };
}
