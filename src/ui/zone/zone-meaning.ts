// What a change of a zone text means, record by record: who may send now, which policy, which key, which address. Compares what
// both texts say, not how they say it. Knows no words; they are in text/…/zone-form.ts under `meaning`.

import { recordKind } from '../../auth/explain.ts';
import { isSpfRecord, parseSpfRecord } from '../../auth/spf-record.ts';
import { parseTagList } from '../../auth/tag-list.ts';
import { nameKey, relativeName, withoutDot } from '../../dns/name.ts';
import { parseZone, type ZoneRecord } from '../../dns/zone-file.ts';
import { written } from './zone-edit.ts';
import type { WrittenRecord } from './zone-place.ts';

export interface Meaning {
  readonly sign: '+' | '−' | '±';
  readonly key:
    | 'added'
    | 'removed'
    | 'changed'
    | 'ttl'
    | 'serial'
    | 'spfAllows'
    | 'spfForbids'
    | 'spfEnd'
    | 'dmarcPolicy'
    | 'dkimAdded'
    | 'dkimRemoved'
    | 'dkimChanged';
  readonly params: Readonly<Record<string, string>>;
}

interface Item extends WrittenRecord {
  readonly text?: string;
  readonly kind: string;
}

/** The changes in the order of the zone; an empty list when all records stay. */
export function zoneMeaning(zone: string, before: string, after: string): readonly Meaning[] {
  const old = itemsOf(zone, before);
  const fresh = itemsOf(zone, after);
  const keyOf = ({ name, type, data }: WrittenRecord): string => `${nameKey(name)} ${type} ${data}`;
  const oldKeys = new Map(old.map((item) => [keyOf(item), item]));
  const freshKeys = new Set(fresh.map(keyOf));
  const gone = old.filter((item) => !freshKeys.has(keyOf(item)));
  const out: Meaning[] = [];
  for (const item of fresh) {
    const same = oldKeys.get(keyOf(item));
    if (same !== undefined) {
      if (same.ttl !== item.ttl)
        out.push({
          sign: '±',
          key: 'ttl',
          params: { ...shown(zone, item), before: String(same.ttl), after: String(item.ttl) },
        });
      continue;
    }
    const at = gone.findIndex((one) => nameKey(one.name) === nameKey(item.name) && one.kind === item.kind);
    const [pair] = at < 0 ? [] : gone.splice(at, 1);
    out.push(...(pair === undefined ? added(zone, item) : changed(zone, pair, item)));
  }
  for (const item of gone) out.push(...removed(zone, item));
  return out;
}

function itemsOf(zone: string, text: string): Item[] {
  return parseZone(text, zone).records.map((record: ZoneRecord): Item => {
    const item = written(record);
    if (record.data.type !== 'TXT') return { ...item, kind: item.type };
    const joined = record.data.strings.join('');
    return { ...item, text: joined, kind: recordKind(record.name, joined) ?? 'TXT' };
  });
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

function shown(zone: string, { name, type, data }: Item): { name: string; type: string; data: string } {
  return { name: relativeName(name, zone), type, data: short(data) };
}

const full = ({ name }: Item): string => withoutDot(name);

function added(zone: string, item: Item): Meaning[] {
  if (item.kind === 'spf') return spf(item, 'v=spf1', item.text ?? '');
  if (item.kind === 'dkim-key') return [{ sign: '+', key: 'dkimAdded', params: { name: full(item) } }];
  return [{ sign: '+', key: 'added', params: shown(zone, item) }];
}

function removed(zone: string, item: Item): Meaning[] {
  if (item.kind === 'spf') return spf(item, item.text ?? '', 'v=spf1');
  if (item.kind === 'dkim-key') return [{ sign: '−', key: 'dkimRemoved', params: { name: full(item) } }];
  return [{ sign: '−', key: 'removed', params: shown(zone, item) }];
}

function changed(zone: string, old: Item, item: Item): Meaning[] {
  const whole = (): Meaning[] => [
    {
      sign: '±',
      key: 'changed',
      params: { ...shown(zone, item), before: short(old.data), after: short(item.data) },
    },
  ];
  switch (item.kind) {
    case 'SOA': {
      const [before, after] = [old, item].map(({ data }) => data.split(' ')[2] ?? '');
      const rest = ({ data }: Item): string => data.split(' ').toSpliced(2, 1).join(' ');
      return before !== after && rest(old) === rest(item)
        ? [{ sign: '±', key: 'serial', params: { before: before ?? '', after: after ?? '' } }]
        : whole();
    }
    case 'spf': {
      const found = spf(item, old.text ?? '', item.text ?? '');
      return found.length > 0 ? found : whole();
    }
    case 'dkim-key':
      return [{ sign: '±', key: 'dkimChanged', params: { name: full(item) } }];
    case 'dmarc': {
      const tags = (text: string): Map<string, string> =>
        new Map(parseTagList(text).tags.map(({ name, value }) => [name.toLowerCase(), value]));
      const [a, b] = [tags(old.text ?? ''), tags(item.text ?? '')];
      const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
      const domain = full(item).replace(/^_dmarc\./i, '');
      return names.length === 0
        ? whole()
        : names.map((tag) => ({
            sign: '±',
            key: 'dmarcPolicy',
            params: { name: domain, tag, before: a.get(tag) ?? '–', after: b.get(tag) ?? '–' },
          }));
    }
    default:
      return whole();
  }
}

/** Who may send more or less than before, and what becomes of all others. */
function spf(item: Item, before: string, after: string): Meaning[] {
  const read = (text: string) => {
    const terms = isSpfRecord(text) ? parseSpfRecord(text).terms : [];
    const isAll = (term: (typeof terms)[number]): boolean => term.kind === 'mechanism' && term.name === 'all';
    return {
      all: terms.find(isAll)?.text,
      senders: terms.filter((term) => !isAll(term)).map(({ text: term }) => term.replace(/^\+?ip[46]:/i, '')),
    };
  };
  const [old, fresh] = [read(before), read(after)];
  const name = full(item);
  const more = fresh.senders.filter((term) => !old.senders.includes(term));
  const less = old.senders.filter((term) => !fresh.senders.includes(term));
  return [
    ...(more.length > 0
      ? [{ sign: '+', key: 'spfAllows', params: { name, list: more.join(', ') } } as const]
      : []),
    ...(less.length > 0
      ? [{ sign: '−', key: 'spfForbids', params: { name, list: less.join(', ') } } as const]
      : []),
    ...(old.all !== fresh.all
      ? [
          {
            sign: '±',
            key: 'spfEnd',
            params: { name, before: old.all ?? '–', after: fresh.all ?? '–' },
          } as const,
        ]
      : []),
  ];
}
