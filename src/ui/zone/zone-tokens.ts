// A zone file line by line as coloured and explainable tokens: for colours, hover and completion, and so forgiving. What
// counts is what the engine's parser says (dns/zone-file.ts); this file never judges. Read RFC 1035 §5.1 first, then
// RFC 7208 §4.6.1 for what stands in SPF strings and RFC 6376 §3.2 for tag lists.

export type TokenKind =
  | 'comment'
  | 'directive'
  | 'owner'
  | 'ttl'
  | 'class'
  | 'type'
  | 'name'
  | 'number'
  | 'address'
  | 'string'
  | 'escape'
  | 'version'
  | 'qualifier'
  | 'term'
  | 'tag'
  | 'value'
  | 'delimiter'
  | 'unknown';

/** What stands in a TXT record, as far as its first characters tell. */
export type TextFormat = 'spf' | TagFormat | 'plain';
export type TagFormat = 'dkim' | 'dmarc' | 'sts' | 'tlsrpt' | 'bimi';

export const soaFields = ['mname', 'rname', 'serial', 'refresh', 'retry', 'expire', 'minimum'] as const;
export type SoaField = (typeof soaFields)[number];

export type Meaning =
  | { readonly of: 'directive'; readonly name: string }
  | { readonly of: 'owner' | 'target'; readonly name: string }
  | { readonly of: 'ttl'; readonly seconds: number }
  | { readonly of: 'class' }
  | { readonly of: 'type'; readonly name: string }
  | { readonly of: 'soa'; readonly field: SoaField; readonly value: string }
  | { readonly of: 'preference'; readonly value: number }
  | { readonly of: 'address'; readonly address: string }
  | { readonly of: 'version'; readonly format: TextFormat }
  | { readonly of: 'spf'; readonly qualifier: string; readonly term: string; readonly value: string }
  | { readonly of: 'tag'; readonly format: TagFormat; readonly tag: string; readonly value: string };

/** `start` and `end` count UTF-16 units from 0. */
export interface ZoneToken {
  readonly start: number;
  readonly end: number;
  readonly kind: TokenKind;
  readonly meaning?: Meaning;
}

/** What a line leaves for the next one: a record in parentheses goes on. */
export interface LineState {
  readonly depth: number;
  readonly owner: string;
  /** '' until the type was read. */
  readonly type: string;
  /** Fields of the record data read so far. */
  readonly field: number;
  readonly format: TextFormat | undefined;
  /** The tag whose value may go on in the next string. */
  readonly tag: string;
}

export const initialState: LineState = {
  depth: 0,
  owner: '',
  type: '',
  field: 0,
  format: undefined,
  tag: '',
};

export const recordTypes = [
  'A',
  'AAAA',
  'MX',
  'TXT',
  'CNAME',
  'NS',
  'SOA',
  'PTR',
  'SRV',
  'CAA',
  'TLSA',
  'SPF',
] as const;
const otherTypes = new Set([
  'HINFO',
  'NAPTR',
  'DS',
  'DNSKEY',
  'RRSIG',
  'NSEC',
  'SSHFP',
  'LOC',
  'RP',
  'HTTPS',
  'SVCB',
  'DNAME',
]);
export const directives = ['$ORIGIN', '$TTL', '$INCLUDE', '$GENERATE'] as const;
const isType = (word: string): boolean =>
  (recordTypes as readonly string[]).includes(word) || otherTypes.has(word) || /^TYPE\d+$/.test(word);

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

/** Seconds of a TTL as BIND reads it (`3600`, `1h30m`); undefined when it is none. */
export function ttlSeconds(text: string): number | undefined {
  if (!/^(?:\d+[smhdw])*\d*$/i.test(text) || text === '') return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw]?)/gi)) {
    seconds += Number(count) * (unitSeconds[(unit ?? '').toLowerCase()] ?? 1);
  }
  return seconds;
}

export interface LineTokens {
  readonly tokens: readonly ZoneToken[];
  readonly next: LineState;
}

interface Reader {
  state: LineState;
  ttlSeen: boolean;
  readonly tokens: ZoneToken[];
}

/** Reads one line, without its line end. */
export function readLine(line: string, before: LineState = initialState): LineTokens {
  const fresh = before.depth === 0;
  const reader: Reader = {
    state: fresh ? { ...initialState, owner: before.owner } : before,
    ttlSeen: false,
    tokens: [],
  };
  const { tokens } = reader;
  let ownerExpected = fresh && !/^[\s;]/.test(line);
  let directive = '';
  let at = 0;
  while (at < line.length) {
    const rest = line.slice(at);
    const blank = /^\s+/.exec(rest)?.[0];
    if (blank) {
      at += blank.length;
      continue;
    }
    if (rest.startsWith(';')) {
      tokens.push({ start: at, end: line.length, kind: 'comment' });
      break;
    }
    if (rest.startsWith('(') || rest.startsWith(')')) {
      const depth = Math.max(0, reader.state.depth + (rest.startsWith('(') ? 1 : -1));
      reader.state = { ...reader.state, depth };
      tokens.push({ start: at, end: at + 1, kind: 'delimiter' });
      at += 1;
      continue;
    }
    if (rest.startsWith('"')) {
      const quoted = /^"(?:[^"\\]|\\.)*"?/.exec(rest)?.[0] ?? '"';
      readString(reader, quoted, at);
      ownerExpected = false;
      at += quoted.length;
      continue;
    }
    const word = /^(?:[^\s;()"\\]|\\.)+/.exec(rest)?.[0] ?? rest[0] ?? '';
    const token = { start: at, end: at + word.length };
    if (ownerExpected) {
      ownerExpected = false;
      if (word.startsWith('$')) {
        directive = word.toUpperCase();
        tokens.push({ ...token, kind: 'directive', meaning: { of: 'directive', name: directive } });
      } else {
        reader.state = { ...reader.state, owner: word };
        tokens.push({ ...token, kind: 'owner', meaning: { of: 'owner', name: word } });
      }
    } else if (directive !== '') {
      tokens.push({ ...token, ...directiveValue(directive, word) });
    } else {
      readWord(reader, word, at);
    }
    at += word.length;
  }
  const next = reader.state.depth === 0 ? { ...initialState, owner: reader.state.owner } : reader.state;
  return { tokens, next };
}

function directiveValue(directive: string, word: string): { kind: TokenKind; meaning?: Meaning } {
  const seconds = directive === '$TTL' ? ttlSeconds(word) : undefined;
  if (seconds !== undefined) return { kind: 'ttl', meaning: { of: 'ttl', seconds } };
  if (directive === '$ORIGIN') return { kind: 'name', meaning: { of: 'target', name: word } };
  return { kind: 'unknown' };
}

function readWord(reader: Reader, word: string, start: number): void {
  const { state } = reader;
  const token = { start, end: start + word.length };
  const upper = word.toUpperCase();
  if (state.type === '') {
    const seconds = ttlSeconds(word);
    if (seconds !== undefined && !reader.ttlSeen) {
      reader.ttlSeen = true;
      reader.tokens.push({ ...token, kind: 'ttl', meaning: { of: 'ttl', seconds } });
    } else if (/^(IN|CH|HS)$/.test(upper)) {
      reader.tokens.push({ ...token, kind: 'class', meaning: { of: 'class' } });
    } else {
      reader.state = { ...state, type: upper, field: 0, format: undefined, tag: '' };
      reader.tokens.push(
        isType(upper)
          ? { ...token, kind: 'type', meaning: { of: 'type', name: upper } }
          : { ...token, kind: 'unknown' },
      );
    }
    return;
  }
  if (state.type === 'TXT' || state.type === 'SPF') {
    readText(reader, word, start);
    return;
  }
  reader.tokens.push({ ...token, ...dataField(state.type, state.field, word) });
  reader.state = { ...state, field: state.field + 1 };
}

function dataField(type: string, field: number, word: string): { kind: TokenKind; meaning?: Meaning } {
  const target: { kind: TokenKind; meaning: Meaning } = {
    kind: 'name',
    meaning: { of: 'target', name: word },
  };
  switch (type) {
    case 'A':
    case 'AAAA':
      return field === 0
        ? { kind: 'address', meaning: { of: 'address', address: word } }
        : { kind: 'unknown' };
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return target;
    case 'MX':
      if (field === 0) return { kind: 'number', meaning: { of: 'preference', value: Number(word) } };
      return target;
    case 'SRV':
      return field < 3 ? { kind: 'number' } : target;
    case 'SOA': {
      const soa = soaFields[field];
      if (!soa) return { kind: 'unknown' };
      const kind = field < 2 ? 'name' : soa === 'serial' ? 'number' : 'ttl';
      return { kind, meaning: { of: 'soa', field: soa, value: word } };
    }
    default:
      return { kind: /^\d+$/.test(word) ? 'number' : 'value' };
  }
}

function readString(reader: Reader, quoted: string, start: number): void {
  const closed = quoted.length > 1 && quoted.endsWith('"');
  reader.tokens.push({ start, end: start + 1, kind: 'delimiter' });
  const inner = quoted.slice(1, closed ? -1 : undefined);
  const { type } = reader.state;
  if (type === 'TXT' || type === 'SPF') readText(reader, inner, start + 1);
  else if (inner !== '')
    reader.tokens.push({ start: start + 1, end: start + 1 + inner.length, kind: 'string' });
  if (closed) {
    const end = start + quoted.length;
    reader.tokens.push({ start: end - 1, end, kind: 'delimiter' });
  }
}

const versions: readonly (readonly [RegExp, TextFormat])[] = [
  [/^v=spf1/i, 'spf'],
  [/^v=dkim1/i, 'dkim'],
  [/^v=dmarc1/i, 'dmarc'],
  [/^v=stsv1/i, 'sts'],
  [/^v=tlsrptv1/i, 'tlsrpt'],
  [/^v=bimi1/i, 'bimi'],
];
const places: readonly (readonly [RegExp, TagFormat])[] = [
  [/(^|\.)_domainkey(\.|$)/i, 'dkim'],
  [/^_dmarc(\.|$)/i, 'dmarc'],
  [/^_mta-sts(\.|$)/i, 'sts'],
  [/^_smtp\._tls(\.|$)/i, 'tlsrpt'],
  [/^[^.]+\._bimi(\.|$)/i, 'bimi'],
];

/** Which format a TXT record has: by its first characters, else by where it stands. */
export function textFormat(text: string, owner: string): TextFormat {
  const version = versions.find(([begin]) => begin.test(text));
  if (version) return version[1];
  return /^\s*[a-z]+\s*=/i.test(text) ? (placeFormat(owner) ?? 'plain') : 'plain';
}

/** Which record belongs to a name, whatever is written there. */
export function placeFormat(owner: string): TagFormat | undefined {
  return places.find(([name]) => name.test(owner))?.[1];
}

function readText(reader: Reader, text: string, start: number): void {
  const format = reader.state.format ?? textFormat(text, reader.state.owner);
  reader.state = { ...reader.state, format };
  if (text === '') return;
  if (format === 'spf') readSpf(reader, text, start);
  else if (format === 'plain') reader.tokens.push({ start, end: start + text.length, kind: 'string' });
  else readTags(reader, text, start, format);
}

function readSpf(reader: Reader, text: string, start: number): void {
  for (const match of text.matchAll(/\S+/g)) {
    const at = start + match.index;
    const [word] = match;
    if (/^v=spf1$/i.test(word)) {
      reader.tokens.push({
        start: at,
        end: at + word.length,
        kind: 'version',
        meaning: { of: 'version', format: 'spf' },
      });
      continue;
    }
    const [, qualifier = '', term = '', value = ''] = /^([-+~?]?)([A-Za-z][\w.-]*)?(.*)$/.exec(word) ?? [];
    const meaning: Meaning = {
      of: 'spf',
      qualifier,
      term: term.toLowerCase(),
      value: value.replace(/^[:=]/, ''),
    };
    let from = at;
    for (const [part, kind] of [
      [qualifier, 'qualifier'],
      [term, 'term'],
      [value, 'value'],
    ] as const) {
      if (part !== '') reader.tokens.push({ start: from, end: from + part.length, kind, meaning });
      from += part.length;
    }
  }
}

function readTags(reader: Reader, text: string, start: number, format: TagFormat): void {
  let tag = reader.state.tag;
  for (const part of text.matchAll(/[^;]+|;/g)) {
    const at = start + part.index;
    const [whole] = part;
    if (whole === ';') {
      reader.tokens.push({ start: at, end: at + 1, kind: 'delimiter' });
      tag = '';
      continue;
    }
    const [, lead = '', name, between = '', value = ''] =
      tag === '' ? (/^(\s*)([\w-]+)(\s*=?\s*)(.*)$/.exec(whole) ?? []) : ['', '', undefined, '', whole];
    if (name !== undefined) tag = name.toLowerCase();
    const content = name === undefined ? whole.trim() : value.trim();
    const meaning: Meaning =
      tag === 'v' ? { of: 'version', format } : { of: 'tag', format, tag, value: content };
    const from = at + lead.length;
    if (name !== undefined) {
      reader.tokens.push({
        start: from,
        end: from + name.length,
        kind: tag === 'v' ? 'version' : 'tag',
        meaning,
      });
    }
    const valueAt = name === undefined ? at : from + name.length + between.length;
    if (content !== '') {
      reader.tokens.push({
        start: valueAt,
        end: at + whole.trimEnd().length,
        kind: tag === 'v' ? 'version' : 'value',
        meaning,
      });
    }
  }
  reader.state = { ...reader.state, tag };
}

/** All lines of a text. */
export function readZone(text: string): readonly LineTokens[] {
  const lines: LineTokens[] = [];
  let state = initialState;
  for (const line of text.split(/\r?\n/)) {
    const read = readLine(line, state);
    lines.push(read);
    state = read.next;
  }
  return lines;
}

/** The token at a column (from 0), or just before it. */
export function tokenAt(tokens: readonly ZoneToken[], column: number): ZoneToken | undefined {
  return (
    tokens.find((token) => token.start <= column && column < token.end) ??
    tokens.find((token) => token.end === column)
  );
}
