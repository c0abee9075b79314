// How dig prints a message: banner, header, sections, statistics; and the short form. Every line is that of BIND 9.18's
// dig. Knows no query and no terminal.

import {
  multilineText,
  questionText,
  rdataText,
  recordText,
  type ResourceRecord,
} from '../../../dns/records.ts';
import { rcodeName, type DnsMessage } from '../../../dns/wire.ts';
import { serverText, type DnsReply } from '../dns-query.ts';
import { dateText } from './basics.ts';

/** Parts of the output that `+[no]…` switches. */
export interface DigShow {
  cmd: boolean;
  comments: boolean;
  question: boolean;
  answer: boolean;
  authority: boolean;
  additional: boolean;
  stats: boolean;
  /** Several lines for one record. */
  multiline: boolean;
}

export const DIG_VERSION = '9.18.49-1~deb12u3-Debian';
const OPCODES = ['QUERY', 'IQUERY', 'STATUS', 'RESERVED3', 'NOTIFY', 'UPDATE'];
/** RFC 8914 §4 */
const EXTENDED_ERRORS: Readonly<Record<number, string>> = {
  0: 'Other',
  3: 'Stale Answer',
  6: 'DNSSEC Bogus',
  9: 'DNSKEY Missing',
  13: 'Cached Error',
  14: 'Not Ready',
  15: 'Blocked',
  18: 'Prohibited',
  20: 'Not Authoritative',
  22: 'No Reachable Authority',
  23: 'Network Error',
  24: 'Invalid Data',
};

/** The lines that dig prints before the first answer. */
export function bannerText(args: readonly string[], serversFound: number | undefined): string {
  const found =
    serversFound === undefined ? '' : `; (${serversFound} server${serversFound === 1 ? '' : 's'} found)\n`;
  const command = args.length === 0 ? '' : ` ${args.join(' ')}`;
  return `\n; <<>> DiG ${DIG_VERSION} <<>>${command}\n${found};; global options: +cmd\n`;
}

/** One message, sent or received. `sentCookie` is the cookie of the query, to check that the answer's fits. */
export function messageText(message: DnsMessage, show: DigShow, sentCookie?: string): string {
  let out = '';
  if (show.comments) {
    out += `;; ->>HEADER<<- opcode: ${OPCODES[message.opcode] ?? `RESERVED${message.opcode}`}, status: ${rcodeName(message.rcode)}, id: ${message.id}\n`;
    const flags = (['qr', 'aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const).filter((flag) => message.flags[flag]);
    const additional = message.additional.length + (message.edns === undefined ? 0 : 1);
    out += `;; flags:${flags.map((flag) => ` ${flag}`).join('')}; QUERY: ${message.questions.length}, ANSWER: ${message.answers.length}, AUTHORITY: ${message.authority.length}, ADDITIONAL: ${additional}\n`;
    if (message.flags.qr && message.flags.rd && !message.flags.ra)
      out += ';; WARNING: recursion requested but not available\n';
    out += '\n';
    if (message.edns !== undefined) {
      const { version, dnssecOk, udpSize, cookie, extendedError } = message.edns;
      out += `;; OPT PSEUDOSECTION:\n; EDNS: version: ${version}, flags:${dnssecOk ? ' do' : ''}; udp: ${udpSize}\n`;
      if (cookie !== undefined) {
        const good =
          sentCookie !== undefined && cookie.startsWith(sentCookie) && cookie.length > sentCookie.length;
        out += `; COOKIE: ${cookie}${!message.flags.qr ? '' : good ? ' (good)' : ' (bad)'}\n`;
      }
      if (extendedError !== undefined) {
        const name = EXTENDED_ERRORS[extendedError.code];
        out += `; EDE: ${extendedError.code}${name === undefined ? '' : ` (${name})`}${extendedError.text === '' ? '' : `: (${extendedError.text})`}\n`;
      }
    }
  }
  const end = show.comments ? '\n' : '';
  if (show.question && message.questions.length > 0) {
    if (show.comments) out += ';; QUESTION SECTION:\n';
    out += message.questions.map((q) => `;${questionText(q.name, q.type, show.multiline)}\n`).join('') + end;
  }
  const text = show.multiline ? multilineText : recordText;
  const section = (name: string, records: readonly ResourceRecord[]): void => {
    if (records.length === 0) return;
    if (show.comments) out += `;; ${name} SECTION:\n`;
    out += records.map((record) => `${text(record)}\n`).join('') + end;
  };
  if (show.answer) section('ANSWER', message.answers);
  if (show.authority) section('AUTHORITY', message.authority);
  if (show.additional) section('ADDITIONAL', message.additional);
  return out;
}

/** The statistics behind an answer. */
export function statsText(reply: DnsReply, port: number, now: number, zoneMinutes: number): string {
  return (
    `;; Query time: ${reply.ms} msec\n;; SERVER: ${serverText(reply.server, port)} (${reply.transport})\n` +
    `;; WHEN: ${dateText(now, zoneMinutes)}\n;; MSG SIZE  rcvd: ${reply.size}\n\n`
  );
}

/** `+short`: the data of every answer. */
export function shortText(message: DnsMessage): string {
  return message.answers.map((record) => `${rdataText(record.data)}\n`).join('');
}

/** The records of one step of `+trace`. */
export function traceText(message: DnsMessage, multiline = false): string {
  const text = multiline ? multilineText : recordText;
  return [...message.answers, ...message.authority].map((record) => `${text(record)}\n`).join('');
}

/** What ends one step of `+trace`. */
export function receivedText(reply: DnsReply, port: number): string {
  return `;; Received ${reply.size} bytes from ${serverText(reply.server, port)} in ${reply.ms} ms\n\n`;
}
