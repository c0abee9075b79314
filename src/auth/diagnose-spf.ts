// Findings about SPF, read off its verdict: a broken record, a limit that was passed, a sender that is missing, a forwarder
// in between. RFC 7208.

import type { DiagnoseContext, DiagnoseInput, DiagnosisId, Find } from './diagnose.ts';
import { DIAGNOSIS_IDS } from './diagnose.ts';
import { isVoid, textRecords } from './evidence.ts';
import { lintRecords } from './lint.ts';
import { isSpfRecord } from './spf-record.ts';
import type { SpfCheck, SpfTermTrace, SpfVerdict } from './spf-verdict.ts';

export function diagnoseSpf(input: DiagnoseInput, context: DiagnoseContext, find: Find): void {
  const { spf } = input;
  if (spf === undefined) return;
  broken(spf, find);
  if (spf.result === 'none' && spf.identity === 'helo') helo(input, spf, find);
  if (spf.result === 'pass' && spf.matchedTerm !== undefined && /^\+?all$/i.test(spf.matchedTerm.text))
    find('SPF-PLUSALL', 'error', { check: 'spf', record: spf.domain, span: spf.matchedTerm.span }, spf.rule, {
      text: spf.matchedTerm.text,
    });
  if (spf.result !== 'fail' && spf.result !== 'softfail' && spf.result !== 'neutral') return;
  if (spf.reason === 'default')
    find('SPF-NOALL', 'warning', { check: 'spf', record: spf.domain }, spf.rule, { name: spf.domain });
  unlisted(input, spf, context, find);
}

/** Records that cannot be used, wherever in the tree they are. */
function broken(spf: SpfVerdict, find: Find): void {
  for (const check of checksOf(spf.check)) {
    const at = { check: 'spf', record: check.domain } as const;
    switch (check.reason) {
      case 'many-records':
        find('SPF-MULTI', 'error', at, check.rule, { name: check.domain, count: check.recordCount ?? 2 });
        break;
      case 'syntax':
        lint(check, [check.record?.text ?? ''], find);
        break;
      case 'no-record':
        // A text that was meant to be a record, but does not begin as one.
        if (check.lookup !== undefined && spf.check === check)
          lint(
            check,
            textRecords(check.lookup)
              .map(({ text }) => text)
              .filter((text) => /spf1/i.test(text) && !isSpfRecord(text)),
            find,
          );
        break;
      default:
    }
    const term = check.decidedBy === undefined ? undefined : check.terms[check.decidedBy];
    if (term === undefined) continue;
    const span = { ...at, span: term.span };
    if (term.reason === 'too-many-lookups')
      find('SPF-10', 'error', span, term.rule, { text: term.text, limit: 10, domain: check.domain });
    if (term.reason === 'too-many-voids')
      find('SPF-VOID', 'error', span, term.rule, {
        voids: spf.voids,
        names: voidNames(spf.check).join(', '),
      });
    if (term.reason === 'include-none' || term.reason === 'redirect-none')
      find('SPF-INCLUDE-NONE', 'error', span, term.rule, {
        text: term.text,
        target: term.target ?? term.nested?.domain ?? '',
      });
  }
}

/** What reading the record alone tells about why it cannot be read. */
function lint(check: SpfCheck, texts: readonly string[], find: Find): void {
  for (const finding of lintRecords(texts.map((text) => ({ name: check.domain, strings: [text] })))) {
    const { id } = finding;
    if (finding.severity === 'error' && id.startsWith('SPF-') && isDiagnosis(id) && id !== 'SPF-PLUSALL')
      find(
        id,
        'error',
        { check: 'spf', record: check.domain, span: finding.span },
        check.rule,
        finding.params,
      );
  }
}

const isDiagnosis = (id: string): id is DiagnosisId => (DIAGNOSIS_IDS as readonly string[]).includes(id);

/** Bounces are judged by the HELO name. That it has no record matters when nothing else vouches for them. */
function helo(input: DiagnoseInput, spf: SpfVerdict, find: Find): void {
  if (spf.identityReason !== 'null-reverse-path' || input.dmarc?.result === 'pass') return;
  if (spf.check.reason !== 'no-record') return;
  find('SPF-HELO-NONE', 'warning', { check: 'spf', record: spf.domain }, 'RFC 7208 §2.4', { helo: spf.helo });
}

/** The address is on no list. Whether that is a forgery, SPF cannot know; what else is known may tell. */
function unlisted(input: DiagnoseInput, spf: SpfVerdict, context: DiagnoseContext, find: Find): void {
  const at = {
    check: 'spf',
    record: spf.check.record?.owner.replace(/\.$/, '') ?? spf.domain,
    ...(spf.matchedTerm === undefined ? {} : { span: spf.matchedTerm.span }),
  } as const;
  if (context.forwardedBy !== undefined) {
    // With a signature that holds, nothing is lost: DMARC passes all the same.
    const severity = input.dmarc?.result === 'pass' ? 'info' : 'warning';
    find('SPF-FWD', severity, at, spf.rule, { address: spf.ip, host: context.forwardedBy });
    return;
  }
  const isOwn = context.sender?.isOwn === true;
  const isSigned =
    input.dmarc?.dkimAligned === true ||
    (input.dkim ?? []).some((one) => one.result === 'pass' && one.domain === spf.domain);
  if (!isOwn && !isSigned) return;
  // A good signature of the author saves the message; the record is wrong all the same.
  const severity = input.dmarc?.result === 'pass' ? 'warning' : 'error';
  find('SPF-MISSING-SENDER', severity, at, spf.rule, {
    address: spf.ip,
    domain: spf.domain,
    ...(context.sender === undefined ? {} : { host: context.sender.host }),
    text: `${spf.ip.includes(':') ? 'ip6' : 'ip4'}:${spf.ip}`,
  });
}

/** The check and all nested ones. */
export function checksOf(check: SpfCheck): SpfCheck[] {
  return [check, ...check.terms.flatMap((term) => (term.nested === undefined ? [] : checksOf(term.nested)))];
}

/** The names that were asked for and have nothing, in the order of asking. */
function voidNames(check: SpfCheck): string[] {
  const own = (term: SpfTermTrace): string[] => [
    ...term.questions.filter(isVoid).map((one) => one.question.name.replace(/\.$/, '')),
    ...(term.nested === undefined ? [] : voidNames(term.nested)),
  ];
  return [...new Set(check.terms.flatMap(own))];
}
