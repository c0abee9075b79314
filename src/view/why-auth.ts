// Why a sender was believed or not: SPF, DKIM and DMARC. Everything comes from the verdicts in the trace; what belongs to
// the message as a whole, why-judgement.ts adds. The one thing looked up besides is whether the record that was judged is still the published one: a resolver may have remembered
// an older text.

import { signedHash } from '../auth/diagnose-dkim.ts';
import type { DnsEvidence } from '../auth/evidence.ts';
import { sameName } from '../dns/name.ts';
import { parseZone } from '../dns/zone-file.ts';
import type { EventOf } from '../host/events.ts';
import { dkimResult } from './hosts.ts';
import type { Journal } from './journal.ts';
import type { Phrase } from './types.ts';
import { openZone, publishedText, zoneOf, type WhyDraft } from './why-base.ts';
import { dkimMaterial, judgementOf, judgementSections, rowOf, type Judging } from './why-judgement.ts';
import { dkimQuestions, dmarcQuestions, lookupViews, spfQuestions } from './why-lookups.ts';

export function whySpf(journal: Journal, event: EventOf<'auth.spf'>, view: WhyDraft): WhyDraft {
  const { verdict } = event;
  const { domain, ip } = verdict;
  const params = { domain, ip, result: verdict.result, term: verdict.matchedTerm?.text ?? '' };
  const say = (key: string): void => void view.plain.push({ key: `why.spf.${key}`, params });
  if (verdict.identityReason === 'null-reverse-path') say('helo');
  say('what');
  switch (verdict.reason) {
    case 'matched':
      say(
        verdict.matchedTerm?.text.replace(/^[+\-~?]/, '') === 'all'
          ? `all.${verdict.result}`
          : `matched.${verdict.result}`,
      );
      break;
    default:
      say(`reason.${verdict.reason}`);
  }
  if (event.stage === 'rcpt') say('atRcpt');
  view.sections.push({
    type: 'spf',
    verdict,
    seq: event.seq,
    lookups: lookupViews(journal, event, 'spf', spfQuestions(verdict)),
  });
  addRule(view, verdict.rule);
  const { record, lookup } = verdict.check;
  staleness(journal, event, view, lookup, record?.text);
  if (verdict.result !== 'pass') view.actions.unshift(...openZone(journal, record?.owner ?? domain, 'TXT'));
  return view;
}

export function whyDkim(journal: Journal, event: EventOf<'auth.dkim'>, view: WhyDraft): WhyDraft {
  const { verdicts } = event;
  const result = dkimResult(verdicts);
  const best = verdicts.find((verdict) => verdict.result === result);
  view.plain.push({ key: 'why.dkim.what' });
  if (best === undefined) {
    view.plain.push({ key: 'why.dkim.unsigned' });
    return view;
  }
  const params = { domain: best.domain, selector: best.selector, result };
  view.plain.push({
    key: result === 'pass' ? 'why.dkim.pass' : `why.dkim.${dkimTrouble(best.reason)}`,
    params,
  });
  view.sections.push({
    type: 'dkim',
    verdicts,
    seq: event.seq,
    lookups: lookupViews(journal, event, 'dkim', dkimQuestions(verdicts)),
    material: dkimMaterial(judgementOf(journal, event)),
  });
  addRule(view, best.rule);
  staleness(journal, event, view, best.keyLookup, best.key?.text);
  const name = `${best.selector}._domainkey.${best.domain}`;
  // The key's record is the place to mend it only when the key is at fault.
  const trouble = dkimTrouble(best.reason);
  const isKey =
    trouble === 'key' || trouble === 'lookup' || (trouble === 'signature' && signedHash(best) === undefined);
  if (result !== 'pass' && isKey && best.domain !== '')
    view.actions.unshift(...openZone(journal, name, 'TXT'));
  return view;
}

/** Many reasons, few things to say first; the evidence names each precisely. */
function dkimTrouble(reason: string): 'body' | 'signature' | 'key' | 'lookup' | 'other' {
  if (reason === 'body-hash' || reason === 'body-length') return 'body';
  if (reason === 'signature') return 'signature';
  if (reason === 'key-lookup-failed') return 'lookup';
  return reason === 'no-key' || reason.startsWith('key-') ? 'key' : 'other';
}

export function whyDmarc(journal: Journal, event: EventOf<'auth.dmarc'>, view: WhyDraft): WhyDraft {
  const { verdict, decision } = event;
  const params = {
    domain: verdict.author,
    policy: verdict.policy ?? 'none',
    result: verdict.result,
    spf: verdict.alignment.find((row) => row.mechanism === 'spf')?.domain ?? '',
    dkim: verdict.alignment.find((row) => row.mechanism === 'dkim')?.domain ?? '',
  };
  view.plain.push({ key: 'why.dmarc.what', params }, { key: `why.dmarc.${verdict.reason}`, params });
  if (verdict.result === 'fail') view.plain.push({ key: `why.dmarc.action.${decision.action}`, params });
  for (const override of decision.overrides)
    view.plain.push({ key: `why.dmarc.override.${override}`, params });
  if (decision.comment !== undefined)
    view.plain.push({ key: 'why.dmarc.override.arc', params: { comment: decision.comment } });
  const judgement = judgementOf(journal, event);
  const spf = judgement.spf?.verdict;
  const report = rowOf(journal, judgement, recipientDomain(journal, event));
  view.sections.push({
    type: 'dmarc',
    verdict,
    seq: event.seq,
    lookups: lookupViews(journal, event, 'dmarc', dmarcQuestions(verdict)),
    decision,
    ...(spf === undefined
      ? {}
      : {
          names: {
            helo: spf.helo,
            mailFrom: spf.identityReason === 'null-reverse-path' ? '' : spf.sender,
          },
        }),
    ...(report === undefined ? {} : { report }),
  });
  addRule(view, verdict.rule);
  addRule(view, decision.rule);
  if (verdict.result !== 'pass' && verdict.author !== '')
    view.actions.unshift(
      ...openZone(journal, verdict.record?.domain ?? verdict.author, 'TXT').map((action) =>
        action.type === 'openZone' && !action.name.startsWith('_dmarc.')
          ? { ...action, name: `_dmarc.${action.name}` }
          : action,
      ),
    );
  return view;
}

/** All three verdicts about one message: what is wrong first, what the receiver did and every look-up last. */
export function whyJudged(
  journal: Journal,
  event: Exclude<Judging, { type: 'auth.arc' }>,
  view: WhyDraft,
): WhyDraft {
  switch (event.type) {
    case 'auth.spf':
      whySpf(journal, event, view);
      break;
    case 'auth.dkim':
      whyDkim(journal, event, view);
      break;
    case 'auth.dmarc':
      whyDmarc(journal, event, view);
      break;
  }
  const { above, below } = judgementSections(journal, judgementOf(journal, event));
  // Asked about one check, the panel tells what is wrong there; DMARC is about all of them.
  for (const section of above) {
    if (section.type !== 'findings') continue;
    const findings = section.findings.filter(
      (finding) => event.type === 'auth.dmarc' || finding.seq === event.seq,
    );
    if (findings.length > 0) view.sections.unshift({ type: 'findings', findings });
    // The way that mends it comes before the way to the record that was judged.
    const mend = findings.find((finding) => finding.action !== undefined)?.action;
    if (mend === undefined) continue;
    const others = view.actions.filter((action) => action.type !== 'openZone');
    view.actions.splice(0, view.actions.length, mend, ...others);
  }
  view.sections.push(...below);
  return view;
}

/** The domain of the first recipient that the receiver took on this connection. */
function recipientDomain(journal: Journal, event: EventOf<'auth.dmarc'>): string | undefined {
  for (let seq = event.seq - 1; seq > 0 && seq > event.seq - 3000; seq--) {
    const before = journal.trace[seq - 1];
    if (before?.type !== 'smtp.server' || before.connection !== event.connection) continue;
    if (before.note.kind !== 'command' || before.note.verb !== 'RCPT') continue;
    return /@([^>\s]+)>?/.exec(before.note.raw)?.[1]?.toLowerCase();
  }
  return undefined;
}

function addRule(view: WhyDraft, rule: string): void {
  if (rule !== '' && !view.rules.some((one) => one.rule === rule)) view.rules.push({ rule });
}

/** Says so when the record that was judged is no longer, or not yet, what the zone publishes. */
function staleness(
  journal: Journal,
  event: { readonly seq: number; readonly at: number },
  view: WhyDraft,
  lookup: DnsEvidence | undefined,
  used: string | undefined,
): void {
  if (lookup === undefined) return;
  const { name } = lookup.question;
  const zone = zoneOf(journal, name);
  const text = zone === undefined ? undefined : publishedText(journal, zone, event.seq);
  if (zone === undefined || text === undefined) return;
  const published = parseZone(text, zone).records.flatMap((record) =>
    record.data.type === 'TXT' && sameName(record.name, name) ? [record.data.strings.join('')] : [],
  );
  const isCurrent =
    used === undefined
      ? published.length === 0 || lookup.answer.status === 'SERVFAIL'
      : published.includes(used);
  if (isCurrent) return;
  const seconds =
    used === undefined
      ? (lookup.answer.negativeTtl ?? 0)
      : Math.max(0, ...lookup.answer.records.map((record) => record.ttl));
  const until = event.at + seconds * 1000;
  const now = journal.trace[journal.seq - 1]?.at ?? event.at;
  view.plain.push({ key: used === undefined ? 'why.stale.absent' : 'why.stale', params: { n: seconds } });
  if (until <= now) return;
  const passText: Phrase = { key: 'why.action.cacheForgets', params: { n: Math.ceil((until - now) / 1000) } };
  view.actions.push({ type: 'passTime', until, text: passText });
}
