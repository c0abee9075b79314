// What could be written at the cursor of a zone file, each with its explanation: types, directives, names of the zone, units
// of time, terms of SPF, tags of DKIM and DMARC. Works on tokens; knows no editor. The offers lint clean.

/* eslint-disable no-template-curly-in-string -- places to fill in, as the editor's snippets write them */

import { duration, type Glossary } from './explain.ts';
import {
  directives,
  initialState,
  placeFormat,
  readLine,
  readZone,
  recordTypes,
  textFormat,
  ttlSeconds,
  type LineState,
  type TextFormat,
} from './zone-tokens.ts';

export interface Suggestion {
  readonly label: string;
  /** One or two glossary beside the label. */
  readonly summary: string;
  readonly explanation: string;
  readonly insert: string;
  /** `insert` has places to fill in, as `${1:text}`. */
  readonly snippet?: boolean;
  readonly kind: 'directive' | 'type' | 'name' | 'unit' | 'term' | 'tag' | 'value' | 'record';
  /** Column, from 1, of what it replaces. */
  readonly from: number;
  /** What is compared with the typed text, if not the label. */
  readonly filter?: string;
}

type Offer = Omit<Suggestion, 'from'>;

/** `line` and `column` count from 1; the cursor stands before `column`. */
export function suggestionsAt(
  text: string,
  line: number,
  column: number,
  zone: string,
  glossary: Glossary,
): readonly Suggestion[] {
  const lines = text.split(/\r?\n/);
  const before = (lines[line - 1] ?? '').slice(0, column - 1);
  const read = readZone(lines.slice(0, line - 1).join('\n'));
  const start = line === 1 ? initialState : (read.at(-1)?.next ?? initialState);
  const tokens = readLine(before, start).tokens;
  if (tokens.at(-1)?.kind === 'comment') return [];

  const quote = openQuote(before);
  const word = (quote === undefined ? /[^\s"();]*$/ : /[^\s";:=]*$/).exec(before)?.[0] ?? '';
  const place = (offers: readonly Offer[]): readonly Suggestion[] =>
    offers.map((offer) => ({ ...offer, from: column - word.length }));
  // A parenthesis keeps the record open, so that the state says what comes next in it.
  const { next: state } = readLine(`${before.slice(0, quote ?? before.length - word.length)} (`, start);

  if (quote !== undefined) return place(stringOffers(before.slice(quote + 1), state, glossary, zone));
  const names = namesOf(text);
  if (start.depth === 0 && /^[^\s;]*$/.test(before)) return place(ownerOffers(word, names, glossary, zone));
  const [first] = tokens;
  if (first?.meaning?.of === 'directive') {
    return first.meaning.name === '$TTL' ? place(timeOffers(word, glossary)) : [];
  }
  switch (state.type) {
    case '':
      return place([...timeOffers(word, glossary), ...typeOffers(glossary, /\sIN\s/i.test(before))]);
    case 'TXT':
      // A second string is rare, and an offer in its place would catch the Enter at the end of the line.
      return state.format === undefined ? place(textOffers(state.owner, glossary, zone)) : [];
    case 'MX':
      return state.field === 0 ? place([preferenceOffer(glossary)]) : place(hostOffers(names, glossary));
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return place(hostOffers(names, glossary));
    default:
      return [];
  }
}

/** Where the string begins that the end of `before` lies in. */
function openQuote(before: string): number | undefined {
  let open: number | undefined;
  for (const { 0: piece, index } of before.matchAll(/\\.|"|;/g)) {
    if (piece === '"') open = open === undefined ? index : undefined;
    else if (piece === ';' && open === undefined) return undefined;
  }
  return open;
}

interface ZoneNames {
  readonly owners: readonly string[];
  /** Those with an address. */
  readonly hosts: readonly string[];
}

function namesOf(text: string): ZoneNames {
  const owners = new Set<string>();
  const hosts = new Set<string>();
  let owner = '';
  for (const { tokens } of readZone(text)) {
    for (const token of tokens) {
      if (token.meaning?.of === 'owner') owner = token.meaning.name;
      if (owner === '' || token.meaning?.of !== 'type') continue;
      owners.add(owner);
      if (/^A(AAA)?$/.test(token.meaning.name)) hosts.add(owner);
    }
  }
  return { owners: [...owners], hosts: [...hosts].filter((name) => name !== '@' && !name.includes('*')) };
}

function hostOffers(names: ZoneNames, glossary: Glossary): readonly Offer[] {
  return names.hosts.map((name) => nameOffer(name, glossary));
}

function preferenceOffer(glossary: Glossary): Offer {
  return {
    label: '10',
    summary: '',
    explanation: glossary.hover['mx.preference'] ?? '',
    insert: '10 ',
    kind: 'value',
  };
}

function nameOffer(name: string, glossary: Glossary): Offer {
  return { label: name, summary: '', explanation: glossary.words.name, insert: name, kind: 'name' };
}

function ownerOffers(word: string, names: ZoneNames, glossary: Glossary, zone: string): readonly Offer[] {
  if (word.startsWith('$')) {
    return directives.slice(0, 2).map((name) => ({
      label: name,
      summary: '',
      explanation: glossary.hover[`directive.${name}`] ?? '',
      insert: name === '$TTL' ? '$TTL ${1:3600}' : '$ORIGIN ${1:name}.',
      snippet: true,
      kind: 'directive',
    }));
  }
  const offers: Offer[] = [
    { label: '@', summary: '', explanation: glossary.hover['zone.@'] ?? '', insert: '@', kind: 'name' },
    ...names.owners.filter((name) => name !== '@').map((name) => nameOffer(name, glossary)),
    {
      label: '_dmarc',
      summary: 'DMARC',
      explanation: glossary.words.records.dmarc,
      insert: '_dmarc IN TXT "v=DMARC1; p=${1:none}; rua=mailto:${2:dmarc}@' + `${zone.replace(/\.$/, '')}"`,
      snippet: true,
      kind: 'record',
    },
    {
      label: 'host',
      summary: 'A',
      explanation: glossary.words.records.host,
      insert: '${1:mail} IN A ${2:192.0.2.1}',
      snippet: true,
      kind: 'record',
    },
    {
      label: 'mx',
      summary: 'MX',
      explanation: glossary.words.records.mx,
      insert: '@ IN MX ${1:10} ${2:mail}',
      snippet: true,
      kind: 'record',
    },
    {
      label: 'spf',
      summary: 'SPF',
      explanation: glossary.words.records.spf,
      insert: '@ IN TXT "v=spf1 mx ${1:-all}"',
      snippet: true,
      kind: 'record',
    },
    ...(['sts', 'tlsrpt', 'bimi'] as const).map((format): Offer => {
      const { owner, label, insert } = rareRecords(zone)[format];
      return {
        label: owner,
        summary: label,
        explanation: glossary.words.records[format],
        insert: `${owner} IN TXT "${insert}"`,
        snippet: true,
        kind: 'record',
      };
    }),
  ];
  return offers;
}

function typeOffers(glossary: Glossary, classWritten: boolean): readonly Offer[] {
  const types = recordTypes
    .filter((type) => type !== 'SPF')
    .map((type): Offer => {
      return {
        label: type,
        summary: '',
        explanation: glossary.hover[`type.${type}`] ?? '',
        insert: `${type} `,
        kind: 'type',
      };
    });
  if (classWritten) return types;
  return [
    ...types,
    {
      label: 'IN',
      summary: '',
      explanation: glossary.hover['zone.class'] ?? '',
      insert: 'IN ',
      kind: 'value',
    },
  ];
}

function timeOffers(word: string, glossary: Glossary): readonly Offer[] {
  if (!/^\d+$/.test(word)) return [];
  // The plain number comes first, so that Enter after it changes nothing.
  const plain: Offer = {
    label: word,
    summary: duration(Number(word), glossary.words),
    explanation: glossary.hover['zone.ttl'] ?? '',
    insert: word,
    kind: 'unit',
  };
  const others = (['m', 'h', 'd', 'w'] as const).map((unit): Offer => ({
    label: `${word}${unit}`,
    summary: glossary.words.unit[unit],
    explanation: duration(ttlSeconds(`${word}${unit}`) ?? 0, glossary.words),
    insert: `${word}${unit}`,
    kind: 'unit',
  }));
  return [plain, ...others];
}

function textOffers(owner: string, glossary: Glossary, zone: string): readonly Offer[] {
  const domain = zone.replace(/\.$/, '');
  const spf: Offer = {
    label: '"v=spf1 … "',
    filter: '"v=spf1',
    summary: 'SPF',
    explanation: glossary.words.records.spf,
    insert: '"v=spf1 mx ${1:-all}"',
    snippet: true,
    kind: 'record',
  };
  const dmarc: Offer = {
    label: '"v=DMARC1; … "',
    filter: '"v=DMARC1',
    summary: 'DMARC',
    explanation: glossary.words.records.dmarc,
    insert: `"v=DMARC1; p=\${1:none}; rua=mailto:\${2:dmarc@${domain}}"`,
    snippet: true,
    kind: 'record',
  };
  const dkim: Offer = {
    label: '"v=DKIM1; … "',
    filter: '"v=DKIM1',
    summary: 'DKIM',
    explanation: glossary.words.records.dkim,
    insert: '"v=DKIM1; k=${1:rsa}; p=${2}"',
    snippet: true,
    kind: 'record',
  };
  const format = placeFormat(owner);
  switch (format) {
    case 'dmarc':
      return [dmarc];
    case 'dkim':
      return [dkim];
    case undefined:
      return [spf];
    default: {
      const { version, label, insert } = rareRecords(zone)[format];
      return [
        {
          label: `"v=${version}; … "`,
          filter: `"v=${version}`,
          summary: label,
          explanation: glossary.words.records[format],
          insert: `"${insert}"`,
          snippet: true,
          kind: 'record',
        },
      ];
    }
  }
}

interface RareRecord {
  readonly owner: string;
  readonly label: string;
  readonly version: string;
  readonly insert: string;
}

function rareRecords(zone: string): Record<'sts' | 'tlsrpt' | 'bimi', RareRecord> {
  const domain = zone.replace(/\.$/, '');
  return {
    sts: { owner: '_mta-sts', label: 'MTA-STS', version: 'STSv1', insert: 'v=STSv1; id=${1:1}' },
    tlsrpt: {
      owner: '_smtp._tls',
      label: 'TLS-RPT',
      version: 'TLSRPTv1',
      insert: `v=TLSRPTv1; rua=mailto:\${1:tls@${domain}}`,
    },
    bimi: {
      owner: 'default._bimi',
      label: 'BIMI',
      version: 'BIMI1',
      insert: `v=BIMI1; l=\${1:https://${domain}/logo.svg}`,
    },
  };
}

const spfInserts: Readonly<Record<string, string>> = {
  all: '-all',
  include: 'include:',
  a: 'a',
  mx: 'mx',
  ip4: 'ip4:',
  ip6: 'ip6:',
  exists: 'exists:',
  redirect: 'redirect=',
};

const tagValues: Readonly<Record<string, readonly string[]>> = {
  'dmarc.p': ['none', 'quarantine', 'reject'],
  'dmarc.sp': ['none', 'quarantine', 'reject'],
  'dmarc.np': ['none', 'quarantine', 'reject'],
  'dmarc.adkim': ['r', 's'],
  'dmarc.aspf': ['r', 's'],
  'dmarc.t': ['y'],
  'dkim.k': ['rsa', 'ed25519'],
  'dkim.t': ['y', 's'],
};

const offeredTags = {
  dmarc: ['p', 'sp', 'np', 'rua', 'adkim', 'aspf', 't'],
  dkim: ['k', 'p', 't', 's', 'n'],
  sts: ['id'],
  tlsrpt: ['rua'],
  bimi: ['l', 'a'],
} as const;

function stringOffers(content: string, state: LineState, glossary: Glossary, zone: string): readonly Offer[] {
  if (state.type !== 'TXT') return [];
  const format =
    state.format === undefined || state.format === 'plain' ? formatOf(content, state.owner) : state.format;
  if (!/[\s;:=]/.test(content)) {
    return textOffers(state.owner, glossary, zone).map((offer) => ({
      ...offer,
      insert: offer.insert.replace(/^"|"$/g, ''),
      label: offer.label.replace(/"/g, ''),
      filter: offer.filter?.replace('"', '') ?? offer.label,
    }));
  }
  if (format === 'spf') return spfOffers(content, glossary);
  if (format === 'plain') return [];
  const tag = /(?:^|;)\s*([\w-]+)\s*=\s*[^;=]*$/.exec(content)?.[1]?.toLowerCase();
  const explained = (name: string): string =>
    glossary.hover[`${format === 'dkim' ? 'dkim-key' : format}.${name}`] ?? '';
  if (tag !== undefined) {
    const values = glossary.words.value as Readonly<Record<string, string>>;
    return (tagValues[`${format}.${tag}`] ?? []).map((value) => ({
      label: value,
      summary: '',
      explanation: (tag === 't' ? undefined : values[value]) ?? explained(tag),
      insert: value,
      kind: 'value',
    }));
  }
  const used = new Set(
    [...content.matchAll(/(?:^|;)\s*([\w-]+)\s*=/g)].map((match) => match[1]?.toLowerCase()),
  );
  const domain = zone.replace(/\.$/, '');
  return offeredTags[format]
    .filter((name) => !used.has(name))
    .map((name) => ({
      label: name,
      summary: '',
      explanation: explained(name),
      insert: `${/;$/.test(content) ? ' ' : ''}${name}=${
        name === 'rua' ? `mailto:${format === 'tlsrpt' ? 'tls' : 'dmarc'}@${domain}` : ''
      }`,
      kind: 'tag',
    }));
}

/** As `textFormat`; a name that promises a record is enough, and SPF begins behind its blank. */
function formatOf(content: string, owner: string): TextFormat {
  const format = textFormat(content, owner);
  if (format === 'spf' && !/^v=spf1\s/i.test(content)) return 'plain';
  return format === 'plain' ? (placeFormat(owner) ?? 'plain') : format;
}

function spfOffers(content: string, glossary: Glossary): readonly Offer[] {
  if (/[:=][^\s]*$/.test(content.replace(/^v=spf1\s/i, ''))) return [];
  const offers = Object.entries(spfInserts).map(([term, insert]): Offer => {
    return {
      label: insert,
      filter: term,
      summary: '',
      explanation: glossary.hover[`spf.${term}`] ?? '',
      insert,
      kind: 'term',
    };
  });
  // After a qualifier, the term alone: the sign is already there.
  const sign = /[-~?+]([a-z0-9]*)$/i.exec(content);
  const all = (['-', '~'] as const).map((qualifier): Offer => {
    return {
      label: `${qualifier}all`,
      summary: '',
      explanation: `${glossary.hover['spf.all'] ?? ''} ${glossary.hover[`spf.qualifier.${qualifier}`] ?? ''}`,
      insert: `${qualifier}all`,
      kind: 'term',
    };
  });
  return sign ? all : [...offers.filter((offer) => offer.filter !== 'all'), ...all];
}
