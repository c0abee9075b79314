// What is wrong or unwise in SPF records, by reading them alone. RFC 7208; look-ups are counted through records of the
// same zone, everything else counts as one.

import { isInDomain, plainDomain } from './domain.ts';
import { parseIp4, parseIp6 } from './ip.ts';
import type { LintRecord, Report } from './lint.ts';
import { SPF_LOOKUP_LIMIT } from './spf-mechanisms.ts';
import { isSpfRecord, parseSpfRecord } from './spf-record.ts';
import type { SpfBadTerm, SpfMechanism, SpfRecord, SpfTerm } from './spf-record.ts';

// A quotation mark as typed, as UTF-8 bytes (U+2018 to U+201F, « and ») or as Windows-1252.
const QUOTES = /["`]|\xe2\x80[\x98-\x9f]|\xc2[\xab\xbb]|[\x91-\x94]/g;
const TERM_START =
  /^[+\-~?]?(?:include:|ip4:|ip6:|exists:|(?:mx|a|ptr)(?:[: /]|$)|all(?: |$)|redirect=|exp=|v=spf1)/i;

export function lintSpf(records: readonly LintRecord[], report: Report): void {
  const valid = records.filter((record) => isSpfRecord(record.text));
  for (const record of records) {
    const seemsSpf = /v\s*=\s*spf1/i.test(record.text.slice(0, 40));
    if (!seemsSpf) continue;
    lintQuotes(record, report);
    if (isSpfRecord(record.text)) lintRecord(record, valid, report);
    else lintStart(record, report);
  }
  const byName = new Map<string, LintRecord[]>();
  for (const record of valid) byName.set(record.name, [...(byName.get(record.name) ?? []), record]);
  for (const same of byName.values())
    for (const record of same.slice(1))
      report('SPF-MULTI', 'error', record, { start: 0, end: record.text.length }, { count: same.length });
}

function lintQuotes(record: LintRecord, report: Report): void {
  for (const match of record.text.matchAll(QUOTES)) {
    const span = { start: match.index, end: match.index + match[0].length };
    report(
      'SPF-QUOTE',
      'error',
      record,
      span,
      { isTypographic: match[0] === '"' ? 0 : 1 },
      { span, text: '' },
    );
  }
}

/** `v=spf1include:…`: the blank after the version is missing. */
function lintStart(record: LintRecord, report: Report): void {
  const match = /^v=spf1(?=[+\-~?a-z])/i.exec(record.text);
  if (match === null) return;
  const span = { start: 0, end: record.text.slice(6).search(/ |$/) + 6 };
  report(
    'SPF-SPACE',
    'error',
    record,
    span,
    { text: record.text.slice(0, span.end), kind: 'version' },
    {
      span: { start: 6, end: 6 },
      text: ' ',
    },
  );
}

function lintRecord(record: LintRecord, zone: readonly LintRecord[], report: Report): void {
  const parsed = parseSpfRecord(record.text);
  const joined = lintJoints(record, report);
  const quotes = [...record.text.matchAll(QUOTES)].map((match) => match.index);
  parsed.terms.forEach((term, i) => {
    const isToldAlready = [...joined, ...quotes].some((at) => at >= term.span.start && at < term.span.end);
    if (term.kind === 'bad') {
      const before = parsed.terms[i - 1];
      const isRest = before?.kind === 'bad' && before.error.code === 'empty-value';
      if (!isToldAlready && !isRest) lintBadTerm(record, term, parsed.terms[i + 1], report);
    } else if (term.kind === 'mechanism') lintMechanism(record, term, report);
  });
  lintAll(record, parsed, report);
  lintCount(record, zone, report);
}

/** Strings of a TXT record are joined without a blank (RFC 7208 §3.3). Returns the joints that swallow one. */
function lintJoints(record: LintRecord, report: Report): number[] {
  const lost: number[] = [];
  for (const at of record.joints) {
    const before = record.text.charAt(at - 1);
    const right = record.text.slice(at);
    if (before === ' ' || before === '' || '+-~?:='.includes(before) || !TERM_START.test(right)) continue;
    const start = record.text.lastIndexOf(' ', at - 1) + 1;
    const stop = record.text.indexOf(' ', at);
    const span = { start, end: stop < 0 ? record.text.length : stop };
    const fix = { span: { start: at, end: at }, text: ' ' };
    report(
      'SPF-SPACE',
      'error',
      record,
      span,
      { text: record.text.slice(span.start, span.end), kind: 'joint' },
      fix,
    );
    lost.push(at);
  }
  return lost;
}

function lintBadTerm(record: LintRecord, term: SpfBadTerm, next: SpfTerm | undefined, report: Report): void {
  const { error, name } = term;
  const colon = term.text.indexOf(':');
  const value = colon < 0 ? '' : term.text.slice(colon + 1);
  const network = /^(.*?)(\/\d+)?$/.exec(value)?.[1] ?? '';
  const version =
    parseIp4(network) !== undefined ? 'ip4' : parseIp6(network) !== undefined ? 'ip6' : undefined;
  const sign = term.qualifier === undefined || term.qualifier === '+' ? '' : term.qualifier;
  const asNetwork =
    version === undefined ? undefined : { span: term.span, text: `${sign}${version}:${value}` };
  if (['ip', 'ipv4', 'ipv6', 'ip4', 'ip6'].includes(name)) {
    // ip4:2001:db8::1 and the like are mended by the other name.
    const isMended = asNetwork !== undefined && asNetwork.text !== term.text && error.code !== 'prefix';
    report(
      'SPF-IP-SYNTAX',
      'error',
      record,
      error.span,
      { text: term.text, code: error.code },
      isMended ? asNetwork : undefined,
    );
    return;
  }
  if (asNetwork !== undefined && ['a', 'mx', 'include', 'ptr', 'exists'].includes(name)) {
    report(
      'SPF-MX-WRONG',
      'error',
      record,
      term.span,
      { text: term.text, mechanism: name, address: value },
      asNetwork,
    );
    return;
  }
  if (error.code === 'empty-value' && next !== undefined) {
    const span = { start: term.span.start, end: next.span.end };
    const fix = { span: { start: term.span.end, end: next.span.start }, text: '' };
    report(
      'SPF-SPACE',
      'error',
      record,
      span,
      { text: record.text.slice(span.start, span.end), kind: 'value' },
      fix,
    );
    return;
  }
  if (version !== undefined || parseIp4(term.text) !== undefined) {
    const bare =
      parseIp4(term.text) !== undefined ? { span: term.span, text: `ip4:${term.text}` } : undefined;
    report('SPF-IP-SYNTAX', 'error', record, term.span, { text: term.text, code: error.code }, bare);
    return;
  }
  report('SPF-SYNTAX', 'error', record, error.span, { text: term.text, code: error.code });
}

function lintMechanism(record: LintRecord, term: SpfMechanism, report: Report): void {
  if (term.name === 'ptr') report('SPF-PTR', 'warning', record, term.span, { text: term.text });
  const usesIp4 =
    term.name === 'ip4' || ((term.name === 'a' || term.name === 'mx') && term.prefixSpan !== undefined);
  const { prefixSpan } = term;
  if (prefixSpan === undefined) return;
  if (usesIp4 && term.prefix4 <= 16)
    report('SPF-BIGNET', 'warning', record, term.span, {
      text: term.text,
      prefix: term.prefix4,
      addresses: 2 ** (32 - term.prefix4),
    });
  else if (term.name !== 'ip4' && term.prefix6 < 32)
    report('SPF-BIGNET', 'warning', record, term.span, {
      text: term.text,
      prefix: term.prefix6,
      addresses: 2 ** (128 - term.prefix6),
    });
}

function lintAll(record: LintRecord, parsed: SpfRecord, report: Report): void {
  const { terms } = parsed;
  const allAt = terms.findIndex((term) => term.kind === 'mechanism' && term.name === 'all');
  const all = terms[allAt];
  const redirect = terms.find((term) => term.kind === 'modifier' && term.name === 'redirect');
  const end = record.text.trimEnd().length;
  if (all?.kind !== 'mechanism') {
    const hasBadAll = terms.some((term) => term.kind === 'bad' && ['all', 'redirect'].includes(term.name));
    if (redirect === undefined && !hasBadAll)
      report(
        'SPF-NOALL',
        'warning',
        record,
        { start: 0, end },
        {},
        { span: { start: end, end }, text: ' ~all' },
      );
    return;
  }
  if (all.qualifier === '+')
    report('SPF-PLUSALL', 'error', record, all.span, { text: all.text }, { span: all.span, text: '~all' });
  if (all.qualifier === '~' || all.qualifier === '-')
    report('SPF-SOFT-VS-HARD', 'info', record, all.span, { qualifier: all.qualifier });
  const unread = terms.slice(allAt + 1).filter((term) => term.kind !== 'modifier');
  const first = unread[0];
  const last = unread[unread.length - 1];
  if (first !== undefined && last !== undefined)
    report(
      'SPF-ALL-NOTLAST',
      'warning',
      record,
      { start: first.span.start, end: last.span.end },
      {
        text: unread.map((term) => term.text).join(' '),
        all: all.text,
      },
    );
  if (redirect !== undefined) {
    const start =
      record.text.charAt(redirect.span.start - 1) === ' ' ? redirect.span.start - 1 : redirect.span.start;
    const fix = { span: { start, end: redirect.span.end }, text: '' };
    report('SPF-REDIRECT-ALL', 'warning', record, redirect.span, { text: redirect.text, all: all.text }, fix);
  }
}

interface Count {
  lookups: number;
  /** Records outside the zone, which hide more. */
  unknown: number;
  /** The term of the outermost record, and the way to the eleventh look-up. */
  over?: { readonly term: SpfTerm; readonly path: string };
}

/** RFC 7208 §4.6.4, as far as records of the same zone tell. */
function lintCount(record: LintRecord, zone: readonly LintRecord[], report: Report): void {
  const count: Count = { lookups: 0, unknown: 0 };
  countTerms(record, zone, count, [record.name], undefined);
  const { over } = count;
  if (over === undefined) return;
  report('SPF-10', 'error', record, over.term.span, {
    count: count.lookups,
    limit: SPF_LOOKUP_LIMIT,
    text: over.term.text,
    path: over.path,
    unknown: count.unknown,
  });
}

function countTerms(
  record: LintRecord,
  zone: readonly LintRecord[],
  count: Count,
  path: readonly string[],
  outer: SpfTerm | undefined,
): void {
  const { terms } = parseSpfRecord(record.text);
  const hasAll = terms.some((term) => term.kind === 'mechanism' && term.name === 'all');
  for (const term of terms) {
    if (count.lookups > 100) return;
    const isRedirect = term.kind === 'modifier' && term.name === 'redirect';
    if (isRedirect ? hasAll : term.kind !== 'mechanism' || ['all', 'ip4', 'ip6'].includes(term.name))
      continue;
    count.lookups++;
    if (count.lookups === SPF_LOOKUP_LIMIT + 1)
      count.over = { term: outer ?? term, path: [...path, term.text].join(' > ') };
    if (term.kind === 'bad' || !(isRedirect || term.name === 'include')) continue;
    const target = plainDomain(term.domainSpec?.text ?? '');
    const next = zone.find((one) => one.name === target);
    if (next === undefined) {
      // A target below our own name that is not in the zone is told elsewhere; here it is only not counted further.
      if (!isInDomain(target, path[0] ?? '')) count.unknown++;
    } else if (!path.includes(target)) countTerms(next, zone, count, [...path, target], outer ?? term);
  }
}
