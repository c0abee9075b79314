// How nslookup prints an answer: in sentences, or with `set debug` section by section. Every line is that of BIND 9.18's.

import { rdataText, typeCode, typeName, type RecordData, type ResourceRecord } from '../../../dns/records.ts';
import { rcodeName, type DnsMessage } from '../../../dns/wire.ts';
import type { QueryServer } from '../dns-query.ts';

/** What stands before the data of each type. */
const WORDS: Readonly<Record<number, string>> = {
  1: 'internet address = ',
  2: 'nameserver = ',
  5: 'canonical name = ',
  12: 'name = ',
  13: 'hinfo = ',
  15: 'mail exchanger = ',
  16: 'text = ',
  28: 'has AAAA address ',
  33: 'service = ',
};

/** A name without its final dot. */
export function bareName(name: string): string {
  return name === '.' ? name : name.replace(/\.$/, '');
}

export function serverBlock(server: QueryServer, port: number): string {
  return `Server:\t\t${server.label}\nAddress:\t${server.address}#${port}\n\n`;
}

export function notFoundText(name: string, rcode: number): string {
  return `** server can't find ${bareName(name)}: ${rcodeName(rcode)}\n`;
}

function dataText(data: RecordData): string {
  const code = typeCode(data);
  return `${WORDS[code] ?? `rdata_${code} = `}${rdataText(data)}\n`;
}

function soaText(data: Extract<RecordData, { type: 'SOA' }>): string {
  const { serial, refresh, retry, expire, minimum } = data;
  const numbers = Object.entries({ serial, refresh, retry, expire, minimum });
  return (
    `\torigin = ${bareName(data.mname)}\n\tmail addr = ${bareName(data.rname)}\n` +
    numbers.map(([name, value]) => `\t${name} = ${value}\n`).join('')
  );
}

/** Records in sentences. Addresses have two lines each among the answers. */
export function answerText(records: readonly ResourceRecord[], isAnswer: boolean): string {
  return records
    .map(({ name, data }) => {
      if (data.type === 'SOA') return `${bareName(name)}\n${soaText(data)}`;
      if (isAnswer && (data.type === 'A' || data.type === 'AAAA'))
        return `Name:\t${bareName(name)}\nAddress: ${data.address}\n`;
      return `${bareName(name)}\t${dataText(data)}`;
    })
    .join('');
}

/** The whole message, as `set debug` shows it. */
export function debugText(message: DnsMessage): string {
  const section = (title: string, records: readonly ResourceRecord[]): string =>
    `    ${title}:\n${records
      .map(({ name, ttl, data }) => {
        const text = data.type === 'SOA' ? soaText(data) : `\t${dataText(data)}`;
        return `    ->  ${bareName(name)}\n${text}\tttl = ${ttl}\n`;
      })
      .join('')}`;
  const questions = message.questions.map(
    ({ name, type }) => `\t${bareName(name)}, type = ${typeName(type)}, class = IN\n`,
  );
  return (
    `------------\n    QUESTIONS:\n${questions.join('')}${section('ANSWERS', message.answers)}` +
    `${section('AUTHORITY RECORDS', message.authority)}${section('ADDITIONAL RECORDS', message.additional)}------------\n`
  );
}
