// Verdicts in words: a tree of reasons for the command line and for reports, in English as on the wire. Every sentence is read off the verdict, nothing is checked a
// second time. Words for SPF and DMARC are here, those for signatures in `reasons-signatures.ts`.

import type { DmarcVerdict } from '../auth/dmarc.ts';
import type { DnsEvidence } from '../auth/evidence.ts';
import type { MessageVerdict } from '../auth/message-check.ts';
import type { SpfCheck, SpfReason, SpfTermTrace, SpfVerdict } from '../auth/spf-verdict.ts';
import { dkimReasons, lookupText } from './reasons-signatures.ts';
import type { Reason } from './reason-tree.ts';

const lookups = (list: readonly DnsEvidence[]): Reason[] => list.map((one) => ({ text: lookupText(one) }));

const SPF_WORDS: Readonly<Record<SpfReason, string>> = {
  'bad-domain': 'there is no domain that could be asked',
  'no-record': 'the domain publishes no SPF record',
  'lookup-failed': 'a DNS look-up failed; another attempt may succeed',
  'many-records': 'the domain publishes more than one SPF record',
  syntax: 'the SPF record has a syntax error',
  matched: 'a term of the record matches',
  default: 'no term of the record matches, which counts as neutral',
  redirect: 'another record decides',
  'redirect-none': 'the target of redirect has no SPF record',
  'include-none': 'the target of include has no SPF record',
  'include-failed': 'the check of an included record failed',
  'too-many-lookups': 'the check needs more than 10 DNS look-ups',
  'too-many-voids': 'more than 2 look-ups found nothing',
  'too-many-mx': 'one mx term has more than 10 hosts',
};

function spfMark(result: string): Pick<Reason, 'mark'> {
  return result === 'pass'
    ? { mark: 'good' }
    : result === 'none' || result === 'neutral'
      ? {}
      : { mark: 'bad' };
}

export function spfReasons(verdict: SpfVerdict): Reason {
  const term = verdict.matchedTerm;
  const because =
    verdict.reason === 'matched' && term !== undefined
      ? `“${term.text}” in the record of ${term.domain} matches`
      : SPF_WORDS[verdict.reason];
  const identity = {
    'mail-from': `checked is MAIL FROM <${verdict.sender}>`,
    'null-reverse-path': `MAIL FROM is empty, so ${verdict.sender} is checked`,
    'helo-check': `checked is the HELO name ${verdict.helo}`,
  }[verdict.identityReason];
  const children: Reason[] = [
    { text: `${identity}, sent from ${verdict.ip}`, rule: 'RFC 7208 §2.4' },
    ...checkReasons(verdict.check),
    {
      text: `used ${verdict.lookups} of 10 look-ups, ${verdict.voids} of 2 that find nothing`,
      rule: 'RFC 7208 §4.6.4',
    },
  ];
  const trace = verdict.explanationTrace;
  if (trace !== undefined)
    children.push({
      text:
        verdict.explanation === undefined
          ? `its own explanation cannot be used (${trace.outcome})`
          : `the domain explains: ${verdict.explanation}`,
      rule: trace.rule,
      children: lookups([...trace.questions, ...(trace.lookup === undefined ? [] : [trace.lookup])]),
    });
  return {
    text: `SPF ${verdict.result}: ${because}`,
    rule: verdict.rule,
    ...spfMark(verdict.result),
    children,
  };
}

function checkReasons(check: SpfCheck): Reason[] {
  const out: Reason[] = [];
  if (check.lookup !== undefined) out.push({ text: lookupText(check.lookup) });
  if (check.recordCount !== undefined)
    out.push({ text: `there are ${check.recordCount} SPF records`, rule: 'RFC 7208 §4.5', mark: 'bad' });
  for (const error of check.syntaxErrors ?? [])
    out.push({
      text: `syntax error (${error.code}) at “${check.record?.text.slice(error.span.start, error.span.end) ?? ''}”, character ${error.span.start + 1}`,
      rule: 'RFC 7208 §4.6',
      mark: 'bad',
    });
  for (const term of check.terms) out.push(termReason(term));
  if (check.reason === 'default') out.push({ text: SPF_WORDS.default, rule: check.rule });
  return out;
}

function termReason(term: SpfTermTrace): Reason {
  const target =
    term.target === undefined || term.text.includes(term.target) ? '' : `, that is ${term.target},`;
  const by = term.matchedBy === undefined || term.matchedBy === term.target ? '' : ` by ${term.matchedBy}`;
  const said =
    term.matched === true
      ? `matches${by}: ${term.result ?? ''}`
      : term.matched === false
        ? 'does not match'
        : `gives ${term.result ?? 'nothing'}${term.reason === undefined ? '' : `: ${SPF_WORDS[term.reason]}`}`;
  return {
    text: `${term.text}${target} ${said}`,
    rule: term.rule,
    ...(term.result === undefined ? {} : spfMark(term.result)),
    children: [...lookups(term.questions), ...(term.nested === undefined ? [] : checkReasons(term.nested))],
  };
}

const DMARC_WORDS: Readonly<Record<DmarcVerdict['reason'], string>> = {
  author: 'the From field names no single author domain',
  'no-record': 'no DMARC record covers the author’s domain',
  'bad-policy': 'the DMARC record has no usable policy and wants no reports',
  'lookup-failed': 'a DNS look-up failed; another attempt may succeed',
  'spf-aligned': 'SPF passes for the author’s domain',
  'dkim-aligned': 'a DKIM signature of the author’s domain passes',
  'both-aligned': 'SPF and DKIM pass for the author’s domain',
  'not-aligned': 'nothing that passes belongs to the author’s domain',
};

export function dmarcSentence(verdict: DmarcVerdict): string {
  const policy = verdict.result === 'fail' ? `; the domain asks for ${verdict.disposition}` : '';
  return `${DMARC_WORDS[verdict.reason]}${policy} (${verdict.rule})`;
}

export function dmarcReasons(verdict: MessageVerdict): Reason {
  const { dmarc, author, spf, dkim } = verdict;
  const children: Reason[] = [
    {
      text:
        dmarc.authorProblem === undefined
          ? `the author’s domain is ${dmarc.author} (From: ${author.from ?? ''})`
          : `the author’s domain cannot be told (${dmarc.authorProblem})${author.from === undefined ? '' : `: ${author.from}`}`,
      rule: 'RFC 9989 §5.3.1',
    },
  ];
  for (const walk of dmarc.walks)
    children.push({
      text: `the organization of ${walk.domain} is ${walk.organizationalDomain} (${walk.because})`,
      rule: walk.rule,
      children: walk.steps.map((step) => ({
        text: `${lookupText(step.lookup)}${step.isRepeated ? ' (asked before)' : ''}${step.outcome === 'many' ? ': more than one record, none counts' : ''}`,
      })),
    });
  if (dmarc.record !== undefined)
    children.push({
      text: `the record of the ${dmarc.record.because.replaceAll('-', ' ')} ${dmarc.record.domain} counts: ${dmarc.record.text}`,
      rule: dmarc.record.rule,
    });
  if (dmarc.policySource !== undefined)
    children.push({
      text: `the policy is ${dmarc.policy ?? 'none'}, from ${dmarc.policySource.tag}=${dmarc.policySource.isTest ? ', one step milder because of t=y' : ''}`,
      rule: dmarc.policySource.rule,
      children: dmarc.policySource.existence === undefined ? [] : lookups([dmarc.policySource.existence]),
    });
  for (const row of dmarc.alignment)
    children.push({
      text: `${row.mechanism === 'spf' ? 'SPF' : 'DKIM'} ${row.result}${row.domain === '' ? '' : ` for ${row.domain}`}: ${row.isAligned ? 'aligned' : 'not aligned'}, ${row.because.replaceAll('-', ' ')} (${row.mode})`,
      rule: row.rule,
      mark: row.isAligned ? 'good' : 'bad',
    });
  children.push(spfReasons(spf), dkimReasons(dkim));
  return {
    text: `DMARC ${dmarc.result}: ${dmarcSentence(dmarc).replace(/ \([^()]*\)$/, '')}`,
    rule: dmarc.rule,
    ...(dmarc.result === 'pass' ? { mark: 'good' } : dmarc.result === 'none' ? {} : { mark: 'bad' }),
    children,
  };
}
