// The mechanisms of SPF, one by one: what each asks, what it counts, when it matches. Knows one term at a time and
// nothing of the record around it. RFC 7208 §5 and §4.6.4.

import type { Asking } from '../dns/lookup.ts';
import { isAskable, isInDomain, plainDomain, sameDomain } from './domain.ts';
import { ask, isTemporary, isVoid, recordsOf } from './evidence.ts';
import type { DnsEvidence } from './evidence.ts';
import { dottedNibbles, inNetwork, ipText, parseIp, reverseName } from './ip.ts';
import type { IpAddress } from './ip.ts';
import { expandMacros, fitDomain, needsValidatedName } from './spf-macro.ts';
import type { MacroPart, MacroValues } from './spf-macro.ts';
import type { SpfMechanism } from './spf-record.ts';
import type { SpfCheck, SpfInput, SpfReason, SpfResult } from './spf-verdict.ts';

/** RFC 7208 §4.6.4. */
export const SPF_LOOKUP_LIMIT = 10;
export const SPF_VOID_LIMIT = 2;
const NAME_LIMIT = 10;

/** What one whole check shares between its nested records. */
export interface SpfContext {
  readonly ip: IpAddress;
  readonly input: SpfInput;
  readonly sender: string;
  readonly localPart: string;
  readonly senderDomain: string;
  lookups: number;
  voids: number;
  /** check_host() for a nested record (RFC 7208 §5.2). */
  readonly checkNested: (context: SpfContext, domain: string, via: 'include') => Asking<SpfCheck>;
}

/** The outcome of one mechanism. */
export interface SpfOutcome {
  readonly matched?: boolean;
  readonly target?: string;
  readonly matchedBy?: string;
  readonly questions: readonly DnsEvidence[];
  readonly nested?: SpfCheck;
  readonly error?: { readonly result: SpfResult; readonly reason: SpfReason; readonly rule: string };
  readonly rule: string;
}

/** Evaluates one mechanism; counts its look-ups. */
export function* evaluateMechanism(
  context: SpfContext,
  domain: string,
  term: SpfMechanism,
): Asking<SpfOutcome> {
  switch (term.name) {
    case 'all':
      return { matched: true, questions: [], rule: 'RFC 7208 §5.1' };
    case 'ip4':
    case 'ip6': {
      const prefix = term.name === 'ip4' ? term.prefix4 : term.prefix6;
      const network = term.address;
      if (network === undefined) return { matched: false, questions: [], rule: 'RFC 7208 §5.6' };
      const target = `${ipText(network)}/${prefix}`;
      const matched = inNetwork(context.ip, network, prefix);
      return {
        matched,
        target,
        ...(matched ? { matchedBy: target } : {}),
        questions: [],
        rule: 'RFC 7208 §5.6',
      };
    }
    default:
  }
  context.lookups++;
  if (context.lookups > SPF_LOOKUP_LIMIT)
    return failure([], undefined, 'permerror', 'too-many-lookups', 'RFC 7208 §4.6.4');
  const expanded =
    term.domainSpec === undefined
      ? { text: domain, questions: [] }
      : yield* expand(context, domain, term.domainSpec.parts);
  const target = fitDomain(expanded.text);
  const questions = [...expanded.questions];
  switch (term.name) {
    case 'include':
      return yield* evaluateInclude(context, target, questions);
    case 'exists': {
      const rule = 'RFC 7208 §5.7';
      if (!isAskable(target)) return { matched: false, target, questions, rule };
      const evidence = yield* ask(target, 'A');
      questions.push(evidence);
      const stop = lookupProblem(context, evidence, questions, target, rule);
      if (stop !== undefined) return stop;
      const found = recordsOf(evidence, 'A')[0];
      return {
        matched: found !== undefined,
        target,
        ...(found === undefined ? {} : { matchedBy: found.address }),
        questions,
        rule,
      };
    }
    case 'a': {
      const rule = 'RFC 7208 §5.3';
      if (!isAskable(target)) return { matched: false, target, questions, rule };
      return yield* matchAddresses(context, term, target, target, questions, rule);
    }
    case 'mx':
      return yield* evaluateMx(context, term, target, questions);
    case 'ptr': {
      const rule = 'RFC 7208 §5.5';
      const names = yield* validatedNames(context, questions, true);
      if (names === 'too-many-voids')
        return failure(questions, target, 'permerror', 'too-many-voids', 'RFC 7208 §4.6.4');
      const match = names.find((name) => isInDomain(name, target));
      return {
        matched: match !== undefined,
        target,
        ...(match === undefined ? {} : { matchedBy: match }),
        questions,
        rule,
      };
    }
  }
}

function failure(
  questions: readonly DnsEvidence[],
  target: string | undefined,
  result: SpfResult,
  reason: SpfReason,
  rule: string,
  nested?: SpfCheck,
): SpfOutcome {
  return {
    questions,
    ...(target === undefined ? {} : { target }),
    ...(nested === undefined ? {} : { nested }),
    error: { result, reason, rule },
    rule,
  };
}

/** A failed look-up ends the check; a void one counts (RFC 7208 §4.6.4, §5). */
function lookupProblem(
  context: SpfContext,
  evidence: DnsEvidence,
  questions: readonly DnsEvidence[],
  target: string,
  rule: string,
): SpfOutcome | undefined {
  if (isTemporary(evidence)) return failure(questions, target, 'temperror', 'lookup-failed', rule);
  if (isVoid(evidence)) {
    context.voids++;
    if (context.voids > SPF_VOID_LIMIT)
      return failure(questions, target, 'permerror', 'too-many-voids', 'RFC 7208 §4.6.4');
  }
  return undefined;
}

function* evaluateInclude(context: SpfContext, target: string, questions: DnsEvidence[]): Asking<SpfOutcome> {
  const rule = 'RFC 7208 §5.2';
  const nested = yield* context.checkNested(context, target, 'include');
  switch (nested.result) {
    case 'pass':
      return { matched: true, target, questions, nested, rule };
    case 'fail':
    case 'softfail':
    case 'neutral':
      return { matched: false, target, questions, nested, rule };
    case 'temperror':
      return failure(questions, target, 'temperror', 'include-failed', rule, nested);
    case 'permerror':
      return failure(questions, target, 'permerror', 'include-failed', rule, nested);
    case 'none':
      return failure(questions, target, 'permerror', 'include-none', rule, nested);
  }
}

function* matchAddresses(
  context: SpfContext,
  term: SpfMechanism,
  host: string,
  target: string,
  questions: DnsEvidence[],
  rule: string,
): Asking<SpfOutcome> {
  const evidence = yield* ask(host, context.ip.version === 4 ? 'A' : 'AAAA');
  questions.push(evidence);
  const stop = lookupProblem(context, evidence, questions, target, rule);
  if (stop !== undefined) return stop;
  const prefix = context.ip.version === 4 ? term.prefix4 : term.prefix6;
  for (const record of evidence.answer.records) {
    if (record.data.type !== 'A' && record.data.type !== 'AAAA') continue;
    const address = parseIp(record.data.address);
    if (address !== undefined && inNetwork(context.ip, address, prefix))
      return { matched: true, target, matchedBy: record.data.address, questions, rule };
  }
  return { matched: false, target, questions, rule };
}

function* evaluateMx(
  context: SpfContext,
  term: SpfMechanism,
  target: string,
  questions: DnsEvidence[],
): Asking<SpfOutcome> {
  const rule = 'RFC 7208 §5.4';
  if (!isAskable(target)) return { matched: false, target, questions, rule };
  const evidence = yield* ask(target, 'MX');
  questions.push(evidence);
  const stop = lookupProblem(context, evidence, questions, target, rule);
  if (stop !== undefined) return stop;
  const exchanges = recordsOf(evidence, 'MX');
  if (exchanges.length > NAME_LIMIT)
    return failure(questions, target, 'permerror', 'too-many-mx', 'RFC 7208 §4.6.4');
  for (const { exchange } of exchanges) {
    // A null MX (RFC 7505) names no host.
    if (!isAskable(exchange)) continue;
    const outcome = yield* matchAddresses(context, term, exchange, target, questions, rule);
    if (outcome.error !== undefined || outcome.matched === true) return outcome;
  }
  return { matched: false, target, questions, rule };
}

/**
 * RFC 7208 §5.5: names from PTR whose address records lead back. A DNS error means no names, an error of one name skips
 * it. Only the PTR look-up itself counts as void: the names behind it belong to whoever runs the reverse zone.
 */
function* validatedNames(
  context: SpfContext,
  questions: DnsEvidence[],
  countsVoid: boolean,
): Asking<string[] | 'too-many-voids'> {
  const evidence = yield* ask(reverseName(context.ip), 'PTR');
  questions.push(evidence);
  if (countsVoid && isVoid(evidence)) {
    context.voids++;
    if (context.voids > SPF_VOID_LIMIT) return 'too-many-voids';
  }
  if (evidence.answer.status !== 'NOERROR') return [];
  const names: string[] = [];
  for (const { target } of recordsOf(evidence, 'PTR').slice(0, NAME_LIMIT)) {
    if (!isAskable(target)) continue;
    const back = yield* ask(target, context.ip.version === 4 ? 'A' : 'AAAA');
    questions.push(back);
    const leadsBack = back.answer.records.some((record) => {
      if (record.data.type !== 'A' && record.data.type !== 'AAAA') return false;
      const address = parseIp(record.data.address);
      return address !== undefined && inNetwork(context.ip, address, context.ip.version === 4 ? 32 : 128);
    });
    if (leadsBack) names.push(plainDomain(target));
  }
  return names;
}

/** Expands a macro string for the record of `domain`. */
export function* expand(
  context: SpfContext,
  domain: string,
  parts: readonly MacroPart[],
): Asking<{ readonly text: string; readonly questions: readonly DnsEvidence[] }> {
  const questions: DnsEvidence[] = [];
  let validated = 'unknown';
  if (needsValidatedName(parts)) {
    const names = yield* validatedNames(context, questions, false);
    // RFC 7208 §7.3: the domain itself, else a subdomain of it, else any name.
    if (names !== 'too-many-voids')
      validated =
        names.find((name) => sameDomain(name, domain)) ??
        names.find((name) => isInDomain(name, domain)) ??
        names[0] ??
        'unknown';
  }
  const values: MacroValues = {
    s: context.sender,
    l: context.localPart,
    o: context.senderDomain,
    d: domain,
    i: dottedNibbles(context.ip),
    p: validated,
    v: context.ip.version === 4 ? 'in-addr' : 'ip6',
    h: context.input.helo,
    c: ipText(context.ip),
    r: context.input.receiver ?? 'unknown',
    t: String(context.input.nowSeconds ?? 0),
  };
  return { text: expandMacros(parts, values), questions };
}
