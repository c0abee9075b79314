// Findings about DKIM, read off the verdicts of a message's signatures. Whether a signature failed because the message was
// changed or because another key made it can be told for RSA: the key alone opens the signature. RFC 6376.

import { fromBase64, isBase64Error, toHex } from '../base/bytes.ts';
import { isoDate } from '../base/dates.ts';
import { rsaSignedDigest } from '../crypto/rsa.ts';
import type { Canonicalization } from './dkim-canonical.ts';
import type { DkimVerdict } from './dkim-verdict.ts';
import type { DiagnoseContext, DiagnoseInput, Find, FindingEvidence, KnownChange } from './diagnose.ts';
import { readDkimKey } from './dkim-key.ts';
import { isInDomain } from './domain.ts';
import { lintRecords } from './lint.ts';

const LEAST_BITS = 1024;
const GOOD_BITS = 2048;

export function diagnoseDkim(input: DiagnoseInput, context: DiagnoseContext, find: Find): void {
  const verdicts = input.dkim ?? [];
  for (const [index, verdict] of verdicts.entries()) {
    const name = `${verdict.selector}._domainkey.${verdict.domain}`;
    const at: FindingEvidence = { check: 'dkim', signature: index };
    const key: FindingEvidence = { ...at, record: name };
    signature(verdict, at, find);
    keyRecord(verdict, name, key, context, find);
    failure(verdict, name, at, context.changes?.[index], find);
  }
  third(input, find);
}

/** What is unwise or wrong in the field itself. */
function signature(verdict: DkimVerdict, at: FindingEvidence, find: Find): void {
  const tag = (name: string) => verdict.tags.find((one) => one.name === name);
  const length = tag('l');
  if (length !== undefined)
    find('DKIM-L', 'warning', { ...at, span: length.span }, 'RFC 6376 §8.2', { length: length.value });
  switch (verdict.reason) {
    case 'from-not-signed':
      find('DKIM-FROM-UNSIGNED', 'error', at, verdict.rule, { value: tag('h')?.value ?? '' });
      break;
    case 'expired':
    case 'signed-in-future':
    case 'expires-before-signing': {
      const seconds = Number(tag(verdict.reason === 'signed-in-future' ? 't' : 'x')?.value);
      find('DKIM-EXPIRED', 'error', at, verdict.rule, {
        reason: verdict.reason,
        ...(Number.isFinite(seconds) ? { until: dateText(seconds) } : {}),
      });
      break;
    }
    default:
  }
}

const dateText = (seconds: number): string =>
  seconds < 1e11
    ? `${isoDate(seconds * 1000)
        .slice(0, 16)
        .replace('T', ' ')} UTC`
    : String(seconds);

/** What is wrong with the key in the DNS. */
function keyRecord(
  verdict: DkimVerdict,
  name: string,
  at: FindingEvidence,
  context: DiagnoseContext,
  find: Find,
): void {
  const { key, reason, rule } = verdict;
  if (reason === 'no-key') {
    const doubled = `${name}.${verdict.domain}`;
    const seconds = verdict.keyLookup?.answer.negativeTtl;
    if (context.hasText?.(doubled) === true)
      find('DKIM-NAME-DOUBLED', 'error', { ...at, record: doubled }, rule, {
        name: `${doubled}.`,
        expected: name,
        short: `${verdict.selector}._domainkey`,
      });
    else
      find('DKIM-NOKEY', 'error', at, rule, {
        name,
        selector: verdict.selector,
        domain: verdict.domain,
        ...(seconds === undefined ? {} : { minutes: Math.max(1, Math.round(seconds / 60)) }),
      });
    return;
  }
  if (key === undefined) return;
  if (key.problem !== undefined)
    for (const finding of lintRecords([{ name, strings: [key.text] }])) {
      const { id } = finding;
      if (id === 'DKIM-P-BROKEN' || id === 'DKIM-P-EMPTY' || id === 'DKIM-SYNTAX')
        find(id, 'error', { ...at, span: finding.span }, rule, finding.params);
    }
  if (key.type === 'rsa' && key.bits !== undefined && key.bits < GOOD_BITS)
    find('DKIM-BITS', key.bits < LEAST_BITS ? 'error' : 'warning', at, 'RFC 8301 §3.2', {
      bits: key.bits,
      least: LEAST_BITS,
      recommended: GOOD_BITS,
    });
  if (key.isTesting === true) find('DKIM-TEST', 'warning', at, 'RFC 6376 §3.6.1', { name });
  if (reason === 'key-strict') find('DKIM-SUB', 'error', at, rule, { identity: verdict.identity, name });
}

/** Why a signature with a good key does not fit. */
function failure(
  verdict: DkimVerdict,
  name: string,
  at: FindingEvidence,
  changes: readonly KnownChange[] | undefined,
  find: Find,
): void {
  const { reason, rule } = verdict;
  const isBody = reason === 'body-hash' || reason === 'body-length';
  if (!isBody && reason !== 'signature') return;
  const kinds = verdict.canonicalization;
  if (isBody) {
    const change = changes?.find((one) => one.part === 'body' && matters(one, kinds?.body));
    find('DKIM-BODY', 'error', at, rule, sizes(change));
    if (kinds?.body === 'simple' && (change === undefined || change.isBlanksOnly)) simple(verdict, at, find);
    return;
  }
  const covered = new Set(verdict.header?.covered.map((one) => one.name));
  const change = changes?.find(
    (one) => one.part === 'field' && covered.has(one.field ?? '') && matters(one, kinds?.header),
  );
  const fits = keyFits(verdict);
  if (change !== undefined && fits !== false)
    find('DKIM-HDR', 'error', at, rule, { ...sizes(change), field: fieldName(change.field ?? '') });
  else if (fits === true) find('DKIM-HDR', 'error', at, rule);
  else if (fits === false || changes !== undefined)
    find('DKIM-MISMATCH', 'error', { ...at, record: name }, rule, { name });
  if (
    kinds?.header === 'simple' &&
    fits !== false &&
    (change === undefined ? fits === true : change.isBlanksOnly)
  )
    simple(verdict, at, find);
}

/** Relaxed canonicalization forgives blanks. */
function matters(change: KnownChange, kind: Canonicalization | undefined): boolean {
  return !(change.isBlanksOnly && kind === 'relaxed');
}

function simple(verdict: DkimVerdict, at: FindingEvidence, find: Find): void {
  const kinds = verdict.canonicalization;
  find('DKIM-SIMPLE', 'warning', at, 'RFC 6376 §3.4', { value: `${kinds?.header}/${kinds?.body}` });
}

function sizes(change: KnownChange | undefined): Record<string, string | number> {
  return change === undefined ? {} : { host: change.host, before: change.before, after: change.after };
}

/** `subject` as people know it. */
const fieldName = (key: string): string => key.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());

/**
 * The hash that was signed (hexadecimal), if the key in the DNS opens the signature; it need not be that of the message.
 * Undefined when another key signed, or when it cannot be told: an Ed25519 signature does not open.
 */
export function signedHash(verdict: DkimVerdict): string | undefined {
  if (verdict.key === undefined || !verdict.algorithm.startsWith('rsa-')) return undefined;
  const key = readDkimKey(verdict.key.text).key?.publicKey;
  const b = fromBase64((verdict.tags.find((tag) => tag.name === 'b')?.value ?? '').replace(/\s+/g, ''));
  if (key?.type !== 'rsa' || isBase64Error(b)) return undefined;
  const digest = rsaSignedDigest('sha256', key.rsa, b);
  return digest === undefined ? undefined : toHex(digest);
}

/** Whether the key in the DNS is the one that signed, whatever was signed. Undefined when it cannot be told. */
function keyFits(verdict: DkimVerdict): boolean | undefined {
  return verdict.key?.type === 'rsa' ? signedHash(verdict) !== undefined : undefined;
}

/** A good signature, but of somebody else's domain, and none of the author's own. */
function third(input: DiagnoseInput, find: Find): void {
  const author = input.dmarc?.author ?? '';
  const verdicts = input.dkim ?? [];
  if (author === '' || input.dmarc?.dkimAligned === true) return;
  const passing = verdicts.findIndex((one) => one.result === 'pass');
  const verdict = verdicts[passing];
  if (verdict === undefined) return;
  const organization = input.dmarc?.organizationalDomain ?? author;
  // Without a policy nobody judged alignment; names below one another are not called strangers.
  if (verdicts.some((one) => one.result === 'pass' && isInDomain(one.domain, organization))) return;
  find(
    'DKIM-THIRD',
    input.dmarc?.result === 'fail' ? 'error' : 'warning',
    { check: 'dkim', signature: passing },
    'RFC 9989 §4.4.1',
    { domain: verdict.domain, from: author },
  );
}
