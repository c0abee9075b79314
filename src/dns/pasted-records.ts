// DNS records as people have them at hand: lines of a zone file, the output of dig, host or nslookup, TXT values without
// quotes. Answers a policy's questions from them and tells what was given from what nobody gave: a missing record is not
// a name that does not exist. RFC 1035 §5.1, RFC 2308 §2.

import type { DnsAnswer, DnsQuestion, DnsStatus } from './lookup.ts';
import { labelsOf, nameKey, parentName, parseName, withoutDot } from './name.ts';
import { TYPE_CODES } from './records.ts';
import { findNode, findSet } from './zone.ts';
import { answerFromPieces, parseZonePieces, type ZonePieces } from './zone-pieces.ts';
import type { ZoneRecord } from './zone-file.ts';
import type { ZoneProblem } from './zone-problem.ts';

/** `given`: a record was pasted. `absent`: pasted text says that there is none. `missing`: nobody knows. */
export type AnswerState = 'given' | 'absent' | 'assumed' | 'missing';

export interface PastedRecords {
  readonly pieces: ZonePieces;
  /** The lines as they were understood, one for each pasted one. */
  readonly text: string;
  readonly records: readonly ZoneRecord[];
  /** What a tool said about a question without an answer section: by `questionKey`. */
  readonly statuses: ReadonlyMap<string, DnsStatus>;
  readonly problems: readonly ZoneProblem[];
  /** Lines that were understood although a zone file would not have them, from 1. */
  readonly mended: readonly number[];
  /** There is an `@` before any `$ORIGIN`: nobody can tell whose. */
  readonly isRelative: boolean;
}

export interface PastedAnswer {
  readonly answer: DnsAnswer;
  readonly state: AnswerState;
  /** What has to be pasted: the question itself, or the end of its CNAME chain. */
  readonly wanted: DnsQuestion;
}

export function questionKey({ name, type }: DnsQuestion): string {
  return `${nameKey(name)} ${type}`;
}

/** Reads pasted text; never fails. Lines with errors are left out and reported. */
export function readPastedRecords(text: string): PastedRecords {
  const statuses = new Map<string, DnsStatus>();
  const mended: number[] = [];
  let status: DnsStatus | undefined;
  const lines = text.split(/\r\n|\r|\n/).map((line, i) => {
    const said = /\bstatus: (NOERROR|NXDOMAIN|SERVFAIL|REFUSED)\b/.exec(line)?.[1];
    if (said !== undefined && line.startsWith(';')) status = said as DnsStatus;
    const asked = /^;\s?([^\s;]+)\s+IN\s+([A-Z0-9]+)\s*$/.exec(line);
    if (asked !== null && status !== undefined) {
      note(statuses, asked[1] ?? '', asked[2] ?? '', status);
      status = undefined;
    }
    const mend = mendLine(line, statuses);
    if (mend !== line) mended.push(i + 1);
    return mend;
  });
  const understood = lines.join('\n');
  const { pieces, records, problems } = parseZonePieces(understood);
  const origin = lines.findIndex((line) => /^\$ORIGIN\b/i.test(line));
  const at = lines.findIndex((line) => /^@\s/.test(line));
  return {
    pieces,
    text: understood,
    records,
    statuses,
    problems: problems.filter((one) => one.severity === 'error'),
    mended,
    isRelative: at >= 0 && (origin < 0 || at < origin),
  };
}

function note(statuses: Map<string, DnsStatus>, name: string, type: string, status: DnsStatus): void {
  const parsed = parseName(name);
  if (!parsed.ok || !Object.hasOwn(TYPE_CODES, type)) return;
  statuses.set(questionKey({ name: parsed.value, type: type as DnsQuestion['type'] }), status);
}

/** What dig, host and nslookup print, and what people type, as a line of a zone file; '' where it says nothing of use. */
function mendLine(line: string, statuses: Map<string, DnsStatus>): string {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith(';')) return line;
  const host =
    /^(\S+) (descriptive text|has address|has IPv6 address|mail is handled by|is an alias for|domain name pointer) (.+)$/.exec(
      trimmed,
    );
  if (host !== null) {
    const type = { d: 'TXT', m: 'MX', i: 'CNAME' }[host[2]?.slice(0, 1) ?? ''];
    const address = host[2] === 'has address' ? 'A' : 'AAAA';
    return `${host[1] ?? ''} ${host[2] === 'domain name pointer' ? 'PTR' : (type ?? address)} ${host[3] ?? ''}`;
  }
  const lookup = /^(\S+)\s+text = (".*)$/.exec(trimmed);
  if (lookup !== null) return `${lookup[1] ?? ''} TXT ${lookup[2] ?? ''}`;
  // The short form of a name that does not exist, and what host says of it.
  const absent =
    /^(\S+?)\.?\s+(?:IN\s+)?(?:(TXT|A|AAAA|MX|PTR)\s+)?(NXDOMAIN|NODATA|SERVFAIL|TIMEOUT)\.?$/i.exec(trimmed);
  if (absent !== null) {
    const word = absent[3]?.toUpperCase() ?? '';
    const status: DnsStatus = word === 'NODATA' ? 'NOERROR' : (word as DnsStatus);
    for (const type of absent[2] === undefined
      ? ['TXT', 'A', 'AAAA', 'MX', 'PTR']
      : [absent[2].toUpperCase()])
      note(statuses, absent[1] ?? '', type, status);
    return '';
  }
  const gone =
    /^Host (\S+) not found: (\d)\(/.exec(trimmed) ??
    /^\*\* server can't find (\S+?): (NXDOMAIN)/.exec(trimmed);
  if (gone !== null) {
    for (const type of ['TXT', 'A', 'AAAA', 'MX', 'PTR'])
      note(statuses, gone[1] ?? '', type, gone[2] === '2' ? 'SERVFAIL' : 'NXDOMAIN');
    return '';
  }
  if (/^(?:Server|Address|Non-authoritative answer|Name):?\s/.test(trimmed) || /^Non-auth/.test(trimmed))
    return '';
  // A value without quotes would end at its first `;` and lose its blanks.
  const bare = /^(\s*\S+\s+(?:\d+\s+)?(?:IN\s+)?(?:\d+\s+)?TXT\s+)([^"\s(].*)$/i.exec(line);
  if (bare !== null) return `${bare[1] ?? ''}${quoted(bare[2]?.trim() ?? '')}`;
  return line;
}

/** Strings of at most 255 bytes (RFC 1035 §3.3.14). */
export function quoted(text: string): string {
  return (text.match(/[^]{1,250}/g) ?? ['']).map((part) => `"${part.replace(/["\\]/g, '\\$&')}"`).join(' ');
}

/** What is known about a question. A missing answer comes as a time-out: whoever asks cannot tell either. */
export function answerFromPasted(records: PastedRecords, question: DnsQuestion): PastedAnswer {
  const answer = answerFromPieces(records.pieces, question);
  const last = answer.records.findLast((record) => record.data.type === 'CNAME');
  const end = last?.data.type === 'CNAME' ? { name: last.data.target, type: question.type } : question;
  if (answer.records.some((record) => record.data.type === question.type))
    return { answer, state: 'given', wanted: end };
  const status = records.statuses.get(questionKey(end));
  if (status !== undefined) return { answer: { ...answer, status }, state: 'absent', wanted: end };
  if (answer.status === 'SERVFAIL' || isCovered(records.pieces, end.name))
    return { answer, state: 'absent', wanted: end };
  // No top-level domain but a few publishes a policy for all below it (RFC 9989 §4.10 walks up to it nevertheless).
  if (end.type === 'TXT' && /^_dmarc\.[^.]+\.$/i.test(end.name))
    return { answer: { status: 'NXDOMAIN', records: answer.records }, state: 'assumed', wanted: end };
  return { answer: { status: 'TIMEOUT', records: [] }, state: 'missing', wanted: end };
}

/** A whole zone was pasted and the name lies in it: what it does not have does not exist. */
function isCovered({ zone }: ZonePieces, name: string): boolean {
  for (let up = name, left = labelsOf(name).length; left > 0; left--, up = parentName(up)) {
    const node = findNode(zone, up);
    if (findSet(node, TYPE_CODES.SOA) !== undefined) return true;
    // Below a delegation another zone begins.
    if (node?.sets.some((set) => set.data[0]?.type === 'NS')) return false;
  }
  return false;
}

/** The command that fetches the answer on a real machine, in a form that can be pasted here whole. */
export function digCommand({ name, type }: DnsQuestion): string {
  const word = withoutDot(name);
  return `dig ${type} ${/^[A-Za-z0-9._-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`}`;
}
