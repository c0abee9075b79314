// Findings about DMARC, read off its verdict: no record or an unusable one, checks that pass for somebody else's domain, a
// mode stricter than the mail. RFC 9989.

import type { AlignmentRow, DmarcVerdict } from './dmarc.ts';
import type { DiagnoseInput, Find } from './diagnose.ts';
import { isInDomain } from './domain.ts';
import { isDmarcRecord } from './dmarc-record.ts';
import { textRecords } from './evidence.ts';

export function diagnoseDmarc(input: DiagnoseInput, find: Find): void {
  const { dmarc } = input;
  if (dmarc === undefined || dmarc.author === '') return;
  records(dmarc, find);
  const { record, policySource } = dmarc;
  const at = { check: 'dmarc', record: `_dmarc.${record?.domain ?? dmarc.author}` } as const;
  if (record?.parsed.hasBadPolicy === true) {
    const bad = record.parsed.problems.find((one) => one.code === 'bad-value' && /^(p|sp|np)$/.test(one.tag));
    const tag = record.parsed.tags.find((one) => one.name.toLowerCase() === bad?.tag);
    find('DMARC-P-MISSING', 'error', bad === undefined ? at : { ...at, span: bad.span }, 'RFC 9989 §4.7', {
      tag: bad?.tag ?? 'p',
      value: tag?.value ?? '',
    });
  }
  if (dmarc.result === 'fail') {
    if (policySource?.tag === 'sp' && dmarc.policy === 'none' && record?.parsed.p !== 'none')
      find('DMARC-SP', 'warning', at, policySource.rule, {
        tag: 'sp',
        policy: record?.parsed.p ?? '',
        domain: record?.domain ?? '',
      });
    alignment(dmarc, at, find);
  }
  const isUnsigned = (input.dkim ?? []).length === 0;
  if (dmarc.result === 'pass' && dmarc.policy === 'reject' && isUnsigned && input.dkim !== undefined)
    find('DMARC-SPFONLY', 'warning', at, 'RFC 9989 §7.4', { domain: dmarc.author });
}

/** Nothing found on the way up, or something that does not count. */
function records(dmarc: DmarcVerdict, find: Find): void {
  const steps = dmarc.walks.find((walk) => walk.purpose === 'author')?.steps ?? [];
  const many = steps.filter((step) => step.outcome === 'many');
  for (const step of many)
    find('DMARC-MULTI', 'error', { check: 'dmarc', record: `_dmarc.${step.domain}` }, 'RFC 9989 §4.10', {
      name: `_dmarc.${step.domain}`,
      count: step.recordCount,
    });
  if (dmarc.reason !== 'no-record') return;
  const meant = steps.find(({ lookup }) =>
    textRecords(lookup).some(({ text }) => /dmarc1/i.test(text) && !isDmarcRecord(text)),
  );
  if (meant !== undefined)
    find('DMARC-V', 'error', { check: 'dmarc', record: `_dmarc.${meant.domain}` }, 'RFC 9989 §4.7', {
      name: `_dmarc.${meant.domain}`,
    });
  else if (many.length === 0)
    find('DMARC-NONE', 'warning', { check: 'dmarc', record: `_dmarc.${dmarc.author}` }, dmarc.rule, {
      names: steps.map((step) => `_dmarc.${step.domain}`).join(', '),
    });
}

function alignment(
  dmarc: DmarcVerdict,
  at: { readonly check: 'dmarc'; readonly record: string },
  find: Find,
): void {
  const passing = dmarc.alignment.filter((row) => row.result === 'pass');
  const organization = dmarc.organizationalDomain ?? dmarc.author;
  const strict = passing.find((row) => row.mode === 'strict' && isInDomain(row.domain, organization));
  if (strict !== undefined) {
    const tag = strict.mechanism === 'spf' ? 'aspf' : 'adkim';
    const span = dmarc.record?.parsed.tags.find((one) => one.name.toLowerCase() === tag)?.span;
    find('DMARC-STRICT', 'error', span === undefined ? at : { ...at, span }, strict.rule, {
      tag,
      other: strict.domain,
      domain: dmarc.author,
    });
    return;
  }
  const domainOf = (mechanism: AlignmentRow['mechanism']): string | undefined =>
    passing.find((row) => row.mechanism === mechanism)?.domain;
  const spf = domainOf('spf');
  const dkim = domainOf('dkim');
  if (spf === undefined && dkim === undefined) return;
  find('DMARC-ALIGN', 'error', at, dmarc.rule, {
    ...(spf === undefined ? {} : { spf }),
    ...(dkim === undefined ? {} : { dkim }),
    from: dmarc.author,
  });
}
