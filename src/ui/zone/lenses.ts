// One line above each SPF, DKIM, DMARC, MTA-STS, TLS-RPT and BIMI record that says in words what it does. Read with the engine's
// own parsers; knows no editor. How many look-ups an SPF record takes is known only to the world, so the caller says it.

import { readDkimKey } from '../../auth/dkim-key.ts';
import { parseDmarcRecord, type DmarcRecord } from '../../auth/dmarc-record.ts';
import { recordKind, type RecordKind } from '../../auth/explain.ts';
import { parseSpfRecord } from '../../auth/spf-record.ts';
import { parseTagList, tagOf } from '../../auth/tag-list.ts';
import { withoutDot } from '../../dns/name.ts';
import { parseZone } from '../../dns/zone-file.ts';
import { fill } from '../../text/fill.ts';
import type { ZoneFormText } from '../../text/en/zone-form.ts';

export type LensWords = ZoneFormText['lens'];

export interface Lens {
  /** Of the text, from 1. */
  readonly line: number;
  readonly title: string;
  readonly kind: RecordKind;
  /** Owner of the record, without the final dot. */
  readonly name: string;
  /** The joined text of the record. */
  readonly text: string;
}

/** In the order of the text. `lookups` is asked for SPF records and answers undefined while it does not know. */
export function lensesOf(
  zone: string,
  text: string,
  words: LensWords,
  lookups: (domain: string, record: string) => number | undefined,
): readonly Lens[] {
  return parseZone(text, zone).records.flatMap((record): Lens[] => {
    if (record.data.type !== 'TXT') return [];
    const joined = record.data.strings.join('');
    const kind = recordKind(record.name, joined);
    if (kind === undefined) return [];
    const name = withoutDot(record.name);
    const title = titleOf(kind, name, joined, words, lookups);
    return title === undefined ? [] : [{ line: record.spans.whole.line, title, kind, name, text: joined }];
  });
}

function titleOf(
  kind: RecordKind,
  name: string,
  text: string,
  words: LensWords,
  lookups: (domain: string, record: string) => number | undefined,
): string | undefined {
  const tag = (tagName: string): string => tagOf(parseTagList(text), tagName)?.value ?? '';
  switch (kind) {
    case 'spf':
      return fill(words.spf, { lookups: lookups(name, text) ?? '…', end: spfEnd(text, words) });
    case 'dkim-key': {
      const selector = name.replace(/\._domainkey(?:\..*)?$/i, '');
      return fill(words.dkim, { selector, what: keyOf(text, words) });
    }
    case 'dmarc':
      return dmarc(parseDmarcRecord(text), words);
    case 'sts':
      return tag('id') === '' ? undefined : fill(words.sts, { id: tag('id') });
    case 'tlsrpt':
      return fill(words.tlsrpt, {
        reports: reportsTo(
          tag('rua')
            .split(',')
            .map((uri) => uri.trim().replace(/^mailto:/i, '')),
          words,
        ),
      });
    case 'bimi':
      return tag('l') === '' ? undefined : fill(words.bimi, { logo: tag('l') });
    default:
      return undefined;
  }
}

function spfEnd(text: string, words: LensWords): string {
  const { terms } = parseSpfRecord(text);
  const all = terms.find((term) => term.kind === 'mechanism' && term.name === 'all');
  if (all?.kind === 'mechanism') return words.spfEnd[all.qualifier];
  const redirect = terms.find((term) => term.kind === 'modifier' && term.name === 'redirect');
  if (redirect === undefined) return words.spfEnd.none;
  return fill(words.spfEnd.redirect, { target: redirect.text.replace(/^redirect=/i, '') });
}

function keyOf(text: string, words: LensWords): string {
  const { key, problem } = readDkimKey(text);
  if (key !== undefined)
    return fill(words.dkimKey, { type: key.keyType === 'rsa' ? 'RSA' : 'Ed25519', bits: key.bits });
  return problem?.reason === 'key-revoked' ? words.dkimRevoked : words.dkimBroken;
}

function dmarc(record: DmarcRecord, words: LensWords): string | undefined {
  const to = record.rua.flatMap(({ address }) => address ?? []);
  // Without a policy that can be read, addresses for reports make it `none` (RFC 9989 §4.7); without those there is no record.
  const p = record.hasBadPolicy ? (to.length > 0 ? 'none' : undefined) : record.p;
  if (p === undefined) return undefined;
  const policy = words.dmarcPolicy[p];
  return fill(words.dmarc, {
    policy: record.isTest && p !== 'none' ? fill(words.dmarcTest, { policy }) : policy,
    reports: reportsTo(to, words),
  });
}

function reportsTo(addresses: readonly string[], words: LensWords): string {
  const to = addresses.filter((address) => address !== '');
  return to.length === 0 ? words.noReports : fill(words.reports, { to: to.join(', ') });
}
