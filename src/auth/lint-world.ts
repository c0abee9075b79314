// What is wrong with SPF and DMARC records and shows only when one asks beyond the zone: includes that lead nowhere, limits passed
// in other people's records, report addresses that did not agree. A generator that asks; whoever runs it brings the answers.

import type { Asking } from '../dns/lookup.ts';
import { isDmarcRecord, parseDmarcRecord } from './dmarc-record.ts';
import { plainDomain } from './domain.ts';
import type { LintFinding, LintId, TxtInput } from './lint.ts';
import { checkReportDestinations } from './report-destination.ts';
import { SPF_LOOKUP_LIMIT, SPF_VOID_LIMIT } from './spf-mechanisms.ts';
import { isSpfRecord, parseSpfRecord } from './spf-record.ts';
import { spfTree } from './spf-tree.ts';

/** Ids whose verdict of a record alone (`lintRecords`) gives way to that of the world. */
export const WORLD_KNOWS_BETTER: readonly LintId[] = ['SPF-10'];

/** Findings of the TXT records of a zone, in their order. */
export function* lintRecordsInWorld(input: readonly TxtInput[]): Asking<LintFinding[]> {
  const findings: LintFinding[] = [];
  for (const [record, { name, strings }] of input.entries()) {
    const text = strings.join('');
    if (isSpfRecord(text)) findings.push(...(yield* lintSpfTree(record, plainDomain(name), text)));
    else if (plainDomain(name).startsWith('_dmarc.') && isDmarcRecord(text))
      findings.push(...(yield* lintDestinations(record, plainDomain(name), text)));
  }
  return findings;
}

function* lintSpfTree(record: number, name: string, text: string): Asking<LintFinding[]> {
  const tree = yield* spfTree(name, text);
  const { terms } = parseSpfRecord(text);
  const spanOf = (term: number) => terms[term]?.span ?? { start: 0, end: text.length };
  const findings: LintFinding[] = [];
  if (tree.culprit !== undefined) {
    const { path, term } = tree.culprit;
    findings.push({
      id: 'SPF-10',
      severity: 'error',
      record,
      span: spanOf(term),
      params: {
        name,
        count: tree.lookups,
        limit: SPF_LOOKUP_LIMIT,
        text: path.at(-1) ?? '',
        path: path.join(' > '),
      },
    });
  }
  if (tree.voids.length > SPF_VOID_LIMIT)
    findings.push({
      id: 'SPF-VOID',
      severity: 'error',
      record,
      span: { start: 0, end: text.length },
      params: { name, voids: tree.voids.length, names: tree.voids.join(', ') },
    });
  for (const { target, term } of tree.missing) {
    const span = spanOf(term);
    const isDirect = terms[term]?.text.endsWith(target) === true;
    findings.push({
      id: 'SPF-INCLUDE-NONE',
      severity: 'error',
      record,
      span,
      params: { name, target },
      // Taking the term out cures it; a nested one can be cured only where it stands.
      ...(isDirect && text.charAt(span.start - 1) === ' '
        ? { fix: { span: { start: span.start - 1, end: span.end }, text: '' } }
        : {}),
    });
  }
  return findings;
}

function* lintDestinations(record: number, name: string, text: string): Asking<LintFinding[]> {
  const domain = name.slice('_dmarc.'.length);
  const parsed = parseDmarcRecord(text);
  const findings: LintFinding[] = [];
  for (const uri of [...parsed.rua, ...parsed.ruf]) {
    if (uri.address === undefined) continue;
    const [verdict] = yield* checkReportDestinations(domain, [uri]);
    if (verdict?.because !== 'not-allowed') continue;
    const destination = plainDomain(uri.address.slice(uri.address.lastIndexOf('@') + 1));
    findings.push({
      id: 'DMARC-RUA-EXT',
      severity: 'warning',
      record,
      span: uri.span,
      params: { destination, domain, name: `${domain}._report._dmarc.${destination}` },
    });
  }
  return findings;
}
