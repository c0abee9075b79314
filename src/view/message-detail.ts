// One message opened: envelope, headers with what can be explained in them, text, and its way so far. Content is data:
// nothing in it is ever run or fetched.

import { decodeHeaderText } from '../message/encoded-word.ts';
import { explainField } from '../message/header-explain.ts';
import { parseMessage } from '../message/header.ts';
import { displayText } from '../message/text.ts';
import { newest } from './history.ts';
import type { Journal } from './journal.ts';
import type { MessageDetail } from './types.ts';

/**
 * The message of that identity, as it lies in the mailbox, else as its newest server had it. `m12:345` is the copy that
 * delivery event 345 put into a mailbox.
 */
export function messageDetail(journal: Journal, id: string): MessageDetail | undefined {
  const [name = '', delivery] = id.split(':');
  const message = journal.messages.all.get(name);
  const state = message === undefined ? undefined : newest(message.states);
  if (message === undefined || state === undefined) return putThere(journal, id);
  const delivered = message.copies.filter((copy) => copy.folder !== undefined);
  const copy =
    delivery === undefined
      ? (delivered[0] ?? message.copies[message.copies.length - 1])
      : delivered.find((one) => one.seq === Number(delivery));
  const raw = copy === undefined ? (message.refusedText ?? '') : (journal.kept.get(copy.hash) ?? '');
  return {
    id,
    envelope: {
      reversePath: copy?.reversePath ?? state.from,
      recipients: copy?.recipients ?? state.to,
    },
    envelopes: message.copies
      // Of several mailboxes only the one that was opened.
      .filter((one) => one.folder === undefined || one === copy)
      .map(({ host, seq, reversePath, recipients, folder }) => ({
        host,
        seq,
        reversePath,
        recipients,
        ...(folder === undefined ? {} : { folder }),
      })),
    ...contentOf(raw),
    place: state.place,
    ...(copy?.folder === undefined ? {} : { folder: copy.folder }),
    hops: [...message.hops],
    seq: copy?.folder === undefined ? state.seq : copy.seq,
  };
}

/** What stands in the message, whoever has it. */
function contentOf(raw: string): Pick<MessageDetail, 'headers' | 'text' | 'otherParts' | 'raw'> {
  const parsed = parseMessage(raw);
  const shown = displayText(raw);
  return {
    headers: parsed.fields.map((field) => {
      const { key, tokens } = explainField(field);
      return {
        name: field.name,
        raw: field.rawValue,
        value: decodeHeaderText(field.value),
        explain: key,
        tokens,
      };
    }),
    ...(shown.text === undefined ? {} : { text: shown.text }),
    otherParts: shown.others.map((part) => ({ type: part.contentType, size: part.size })),
    raw,
  };
}

/** A message that a mail program put into a folder (APPEND), such as the copy in Sent: it has no way and no envelope. */
function putThere(journal: Journal, id: string): MessageDetail | undefined {
  for (const states of journal.folders.values()) {
    const entry = newest(states)?.find((one) => one.id === id);
    if (entry === undefined) continue;
    return {
      id,
      envelope: { reversePath: '', recipients: [] },
      envelopes: [],
      ...contentOf(journal.kept.get(entry.hash) ?? ''),
      place: entry.folder === 'Junk' ? 'junk' : 'inbox',
      folder: entry.folder,
      hops: [],
      seq: entry.seq,
    };
  }
  return undefined;
}
