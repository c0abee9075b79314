// check_host(): does this domain's SPF record allow this address? A generator that asks DNS questions and returns a
// verdict with its whole reasoning. Knows no server and no reply codes. RFC 7208 §4 to §7.

import { assert } from '../base/assert.ts';
import type { Asking } from '../dns/lookup.ts';
import { isAskable, plainDomain } from './domain.ts';
import { ask, isTemporary, textRecords } from './evidence.ts';
import { ipText, parseIp } from './ip.ts';
import { fitDomain, parseMacroString } from './spf-macro.ts';
import { evaluateMechanism, expand, SPF_LOOKUP_LIMIT } from './spf-mechanisms.ts';
import type { SpfContext } from './spf-mechanisms.ts';
import { isSpfRecord, parseSpfRecord } from './spf-record.ts';
import type { SpfDomainSpec, SpfModifier, SpfQualifier, SpfRecord } from './spf-record.ts';
import type {
  SpfCheck,
  SpfExplanationTrace,
  SpfInput,
  SpfResult,
  SpfTermTrace,
  SpfVerdict,
} from './spf-verdict.ts';

const RESULT_OF: Readonly<Record<SpfQualifier, SpfResult>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
};

/**
 * Checks one identity. `MAIL FROM:<>` is checked as postmaster at the HELO name (RFC 7208 §2.4). What the peer says may
 * be anything; `ip` comes from our own connection and must be an address.
 */
export function* checkSpf(input: SpfInput): Asking<SpfVerdict> {
  const isHelo = input.identity === 'helo' || input.sender === '';
  const written = isHelo ? `postmaster@${input.helo}` : input.sender;
  const at = written.lastIndexOf('@');
  // RFC 7208 §4.3: a missing local part is "postmaster".
  const localPart = at > 0 ? written.slice(0, at) : 'postmaster';
  const senderDomain = written.slice(at + 1);
  const sender = `${localPart}@${senderDomain}`;
  const ip = parseIp(input.ip);
  assert(ip !== undefined, `an IP address: ${input.ip}`);
  const context: SpfContext = {
    ip,
    input,
    sender,
    localPart,
    senderDomain,
    lookups: 0,
    voids: 0,
    checkNested: checkDomain,
  };
  const domain = senderDomain.endsWith('.') ? senderDomain.slice(0, -1) : senderDomain;
  const check = yield* checkDomain(context, domain, 'start');
  const deciding = decidingCheck(check);
  const term = deciding.decidedBy === undefined ? undefined : deciding.terms[deciding.decidedBy];
  const explained = check.result === 'fail' ? yield* explain(context, deciding) : undefined;
  return {
    result: check.result,
    reason: deciding.reason,
    rule: deciding.rule,
    identity: isHelo ? 'helo' : 'mailfrom',
    identityReason:
      input.identity === 'helo' ? 'helo-check' : input.sender === '' ? 'null-reverse-path' : 'mail-from',
    ip: ipText(ip),
    helo: input.helo,
    sender,
    domain: plainDomain(domain),
    lookups: context.lookups,
    voids: context.voids,
    check,
    ...(term === undefined
      ? {}
      : {
          matchedTerm: {
            domain: deciding.domain,
            text: term.text,
            span: term.span,
            record: deciding.record?.text ?? '',
          },
        }),
    ...(explained === undefined ? {} : { explanationTrace: explained.trace }),
    ...(explained?.text === undefined ? {} : { explanation: explained.text }),
  };
}

/** Follows redirects: the record in which the decision fell. */
function decidingCheck(check: SpfCheck): SpfCheck {
  let current = check;
  while (current.reason === 'redirect') {
    const next = current.terms[current.terms.length - 1]?.nested;
    if (next === undefined) return current;
    current = next;
  }
  return current;
}

function* checkDomain(context: SpfContext, domain: string, via: SpfCheck['via']): Asking<SpfCheck> {
  const start = { domain: plainDomain(domain), via };
  // RFC 7208 §4.3: malformed, no dot, or a domain literal gives "none" without a look-up.
  if (!isAskable(domain) || (via === 'start' && !/^[^[\]]+\.[^[\]]+$/.test(domain)))
    return { ...start, terms: [], result: 'none', reason: 'bad-domain', rule: 'RFC 7208 §4.3' };
  const lookup = yield* ask(domain, 'TXT');
  const found = { ...start, lookup };
  if (isTemporary(lookup))
    return { ...found, terms: [], result: 'temperror', reason: 'lookup-failed', rule: 'RFC 7208 §4.4' };
  const records = textRecords(lookup).filter((record) => isSpfRecord(record.text));
  const first = records[0];
  if (first === undefined)
    return { ...found, terms: [], result: 'none', reason: 'no-record', rule: 'RFC 7208 §4.5' };
  const server = lookup.answer.server;
  const record = {
    text: first.text,
    owner: first.owner,
    ttl: first.ttl,
    ...(server === undefined ? {} : { server }),
  };
  if (records.length > 1)
    return {
      ...found,
      record,
      recordCount: records.length,
      terms: [],
      result: 'permerror',
      reason: 'many-records',
      rule: 'RFC 7208 §4.5',
    };
  const parsed = parseSpfRecord(first.text);
  if (parsed.errors.length > 0)
    return {
      ...found,
      record,
      syntaxErrors: parsed.errors,
      terms: [],
      result: 'permerror',
      reason: 'syntax',
      rule: 'RFC 7208 §4.6',
    };
  return yield* evaluate(context, domain, { ...found, record }, parsed);
}

function* evaluate(
  context: SpfContext,
  domain: string,
  found: Pick<SpfCheck, 'domain' | 'via' | 'lookup' | 'record'>,
  record: SpfRecord,
): Asking<SpfCheck> {
  const terms: SpfTermTrace[] = [];
  let redirect: SpfModifier | undefined;
  let hasAll = false;
  for (const term of record.terms) {
    if (term.kind === 'modifier' && term.name === 'redirect') redirect = term;
    if (term.kind === 'mechanism' && term.name === 'all') hasAll = true;
  }
  for (const term of record.terms) {
    if (term.kind !== 'mechanism') continue;
    const outcome = yield* evaluateMechanism(context, domain, term);
    const result =
      outcome.error?.result ?? (outcome.matched === true ? RESULT_OF[term.qualifier] : undefined);
    const reason = outcome.error?.reason ?? 'matched';
    const rule = outcome.error?.rule ?? outcome.rule;
    terms.push({
      text: term.text,
      span: term.span,
      name: term.name,
      qualifier: term.qualifier,
      ...(outcome.target === undefined ? {} : { target: outcome.target }),
      questions: outcome.questions,
      lookups: context.lookups,
      voids: context.voids,
      ...(outcome.error === undefined ? { matched: outcome.matched === true } : {}),
      ...(outcome.matchedBy === undefined ? {} : { matchedBy: outcome.matchedBy }),
      ...(outcome.nested === undefined ? {} : { nested: outcome.nested }),
      ...(result === undefined ? {} : { result, reason }),
      rule,
    });
    if (result !== undefined) return { ...found, terms, decidedBy: terms.length - 1, result, reason, rule };
  }
  // RFC 7208 §6.1: redirect counts only in a record without "all".
  if (redirect?.domainSpec !== undefined && !hasAll)
    return yield* follow(context, domain, found, terms, redirect, redirect.domainSpec);
  return { ...found, terms, result: 'neutral', reason: 'default', rule: 'RFC 7208 §4.7' };
}

function* follow(
  context: SpfContext,
  domain: string,
  found: Pick<SpfCheck, 'domain' | 'via' | 'lookup' | 'record'>,
  terms: SpfTermTrace[],
  redirect: SpfModifier,
  spec: SpfDomainSpec,
): Asking<SpfCheck> {
  const trace = { text: redirect.text, span: redirect.span, name: 'redirect' };
  context.lookups++;
  if (context.lookups > SPF_LOOKUP_LIMIT) {
    const end = { result: 'permerror', reason: 'too-many-lookups', rule: 'RFC 7208 §4.6.4' } as const;
    terms.push({ ...trace, questions: [], lookups: context.lookups, voids: context.voids, ...end });
    return { ...found, terms, decidedBy: terms.length - 1, ...end };
  }
  const expanded = yield* expand(context, domain, spec.parts);
  const target = fitDomain(expanded.text);
  const nested = yield* checkDomain(context, target, 'redirect');
  // RFC 7208 §6.1: a target without a record is a permerror.
  const isNone = nested.result === 'none';
  const end = {
    result: isNone ? 'permerror' : nested.result,
    reason: isNone ? 'redirect-none' : 'redirect',
    rule: 'RFC 7208 §6.1',
  } as const;
  terms.push({
    ...trace,
    target: plainDomain(target),
    questions: expanded.questions,
    lookups: context.lookups,
    voids: context.voids,
    nested,
    ...end,
  });
  return { ...found, terms, decidedBy: terms.length - 1, ...end };
}

/** RFC 7208 §6.2: the explanation of the record that decided; any problem on the way means the default one. */
function* explain(
  context: SpfContext,
  check: SpfCheck,
): Asking<{ readonly text?: string; readonly trace: SpfExplanationTrace } | undefined> {
  const record = check.record === undefined ? undefined : parseSpfRecord(check.record.text);
  const term = record?.terms.find((one) => one.kind === 'modifier' && one.name === 'exp');
  if (term?.kind !== 'modifier' || term.domainSpec === undefined) return undefined;
  const rule = 'RFC 7208 §6.2';
  const expanded = yield* expand(context, check.domain, term.domainSpec.parts);
  const target = fitDomain(expanded.text);
  const base = { span: term.span, target, questions: expanded.questions, rule };
  if (!isAskable(target)) return { trace: { ...base, outcome: 'bad-domain' } };
  const lookup = yield* ask(target, 'TXT');
  const asked = { ...base, lookup };
  if (isTemporary(lookup)) return { trace: { ...asked, outcome: 'lookup-failed' } };
  const texts = textRecords(lookup);
  const template = texts[0]?.text;
  if (template === undefined) return { trace: { ...asked, outcome: 'no-record' } };
  if (texts.length > 1) return { trace: { ...asked, outcome: 'many-records' } };
  const macro = parseMacroString(template, 0, true);
  if ('error' in macro) return { trace: { ...asked, template, outcome: 'syntax' } };
  const text = yield* expand(context, check.domain, macro.parts);
  const questions = [...expanded.questions, ...text.questions];
  return { text: text.text, trace: { ...asked, template, questions, outcome: 'ok' } };
}
