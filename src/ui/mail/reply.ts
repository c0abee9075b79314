// An answer as mail programs begin it: to whom, about what, with what quoted. And addresses as they are typed into a field.
// RFC 5322 §3.6.2 (Reply-To), §3.6.4 and §3.6.5 (Re:).

import { mailboxesOf, parseAddressList, printAddrSpec } from '../../message/address.ts';
import { decodeHeaderText } from '../../message/encoded-word.ts';
import { allFields, firstField, parseMessage } from '../../message/header.ts';
import { renderMessage } from '../../message/rendered.ts';

export interface Answer {
  readonly to: string;
  readonly cc: string;
  readonly subject: string;
  /** What was written, quoted, with an empty line before it for the answer. */
  readonly text: string;
}

interface Person {
  readonly address: string;
  readonly typed: string;
}

function people(raw: string, name: string): Person[] {
  return allFields(parseMessage(raw), name).flatMap(({ value }) =>
    mailboxesOf(parseAddressList(value)).map((box) => {
      const address = printAddrSpec(box.localPart, box.domain);
      const shown = decodeHeaderText(box.name).replace(/["\\]/g, '');
      if (shown === '') return { address, typed: address };
      return { address, typed: `${/[,;<>()@:.]/.test(shown) ? `"${shown}"` : shown} <${address}>` };
    }),
  );
}

const join = (all: readonly Person[]): string => all.map(({ typed }) => typed).join(', ');
const isIn = (all: readonly Person[], { address }: Person): boolean =>
  all.some((one) => one.address.toLowerCase() === address.toLowerCase());

/** `wrote` makes the line above what is quoted. */
export function answerTo(
  raw: string,
  own: string,
  toAll: boolean,
  wrote: (from: string, date: string) => string,
): Answer {
  const message = parseMessage(raw);
  const author = people(raw, 'Reply-To').length > 0 ? people(raw, 'Reply-To') : people(raw, 'From');
  const me: Person = { address: own, typed: own };
  const others = toAll
    ? [...people(raw, 'To'), ...people(raw, 'Cc')].filter((one) => !isIn([me, ...author], one))
    : [];
  const unique = others.filter((one, i) => !isIn(others.slice(0, i), one));
  const subject = decodeHeaderText(firstField(message, 'Subject')?.value ?? '');
  const from = people(raw, 'From')[0]?.typed ?? '';
  const date = firstField(message, 'Date')?.value ?? '';
  const letter = renderMessage(raw);
  const text = letter.text?.text ?? (letter.html?.html ?? '').replace(/<[^>]*>/g, ' ');
  const quoted = text
    .trimEnd()
    .split('\n')
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()))
    .join('\n');
  return {
    to: join(author),
    cc: join(unique),
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
    text: `\n\n${wrote(from, date)}\n${quoted}\n`,
  };
}

/** Addresses of a field, cut at commas and semicolons outside of quotes. */
export function typedPeople(field: string): readonly string[] {
  const all: string[] = [];
  let one = '';
  let isQuoted = false;
  for (const char of field) {
    if (char === '"') isQuoted = !isQuoted;
    if (!isQuoted && (char === ',' || char === ';' || char === '\n')) {
      all.push(one);
      one = '';
    } else one += char;
  }
  return [...all, one].map((text) => text.trim()).filter((text) => text !== '');
}
