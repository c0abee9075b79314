// The data of a record as fields of a form, and back as the words of a zone file. Knows types; no text and no page.

import { fromLatin1, fromUtf8, latin1, utf8 } from '../../base/bytes.ts';
import type { ZoneRecord } from '../../dns/zone-file.ts';
import { txtWords, wordsOf } from './zone-edit.ts';
import { soaFields } from './zone-tokens.ts';

/** Types that a form offers for a new record. */
export const formTypes = ['A', 'AAAA', 'MX', 'TXT', 'CNAME', 'NS', 'PTR', 'SRV', 'CAA', 'TLSA'] as const;

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  A: ['address'],
  AAAA: ['address6'],
  MX: ['preference', 'exchange'],
  TXT: ['text'],
  CNAME: ['target'],
  NS: ['target'],
  PTR: ['target'],
  SOA: soaFields,
};

/** The fields of a type; `words` is everything as it stands, for types without fields of their own. */
export const fieldsOf = (type: string): readonly string[] => FIELDS[type] ?? ['words'];

/** What stands in the fields of a record. */
export function fieldValues(text: string, record: ZoneRecord, type: string): string[] {
  if (record.data.type === 'TXT') return [readable(record.data.strings.join(''))];
  const words = wordsOf(text, record);
  return fieldsOf(type)[0] === 'words' ? [words.join(' ')] : words;
}

/** The words that the fields stand for. */
export function dataWords(type: string, values: readonly string[]): string[] {
  const [first = ''] = values;
  if (type === 'TXT') return txtWords(first);
  const plain = values.map((value) => value.trim());
  if (fieldsOf(type)[0] !== 'words') return plain;
  return first.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g) ?? [''];
}

/** Bytes as text where they are UTF-8, else one character a byte. */
function readable(binary: string): string {
  const text = fromUtf8(latin1(binary));
  return fromLatin1(utf8(text)) === binary ? text : binary;
}
