// Whether a chain of ARC seals may speak for a message whose own authentication broke on the way: every sealer must be one
// that this receiver trusts by name, and the first of them must have found the author authentic. Knows no DNS; the chain
// was validated before. RFC 8617 §5.2, §7.2.1. ARC is on its way to historic status.

import type { ArcVerdict } from './arc-verdict.ts';
import type { MethodResult } from './authentication-results.ts';
import { sameDomain } from './domain.ts';

export interface ArcTrust {
  /** The chain may overrule a DMARC failure here. */
  readonly isTrusted: boolean;
  readonly because: 'trusted' | 'no-chain' | 'chain-failed' | 'sealer-not-trusted' | 'author-not-authentic';
  /** Sealers of the chain that are not on this receiver's list. */
  readonly strangers: readonly string[];
  /** What the first sealer found of the author, `dmarc=pass`; absent when it says nothing of that. */
  readonly firstFound?: string;
  /** RFC 8617 §7.2.2: how it stands in an aggregate report. */
  readonly comment?: string;
  readonly rule: string;
}

/** Judges a chain by the receiver's list of trusted sealers; `author` is the domain of From. */
export function judgeArc(
  verdict: ArcVerdict,
  trustedSealers: readonly string[],
  author: string | undefined,
): ArcTrust {
  const rule = 'RFC 8617 §7.2.1';
  const no = (because: ArcTrust['because'], more: Partial<ArcTrust> = {}): ArcTrust => ({
    isTrusted: false,
    because,
    strangers: [],
    rule,
    ...more,
  });
  if (verdict.result === 'none') return no('no-chain');
  if (verdict.result === 'fail') return no('chain-failed');
  const strangers = [
    ...new Set(verdict.sealers.filter((one) => !trustedSealers.some((known) => sameDomain(known, one)))),
  ];
  const results = verdict.instances[0]?.results?.parsed?.results ?? [];
  const found = authorResult(results, author);
  const seen = found === undefined ? {} : { firstFound: `${found.method}=${found.result}` };
  if (strangers.length > 0) return no('sealer-not-trusted', { strangers, ...seen });
  if (found?.result !== 'pass') return no('author-not-authentic', seen);
  return { isTrusted: true, because: 'trusted', strangers: [], ...seen, comment: commentOf(verdict), rule };
}

/** The entry that speaks of the author: DMARC's, or a signature of the author's own domain. */
function authorResult(
  results: readonly MethodResult[],
  author: string | undefined,
): MethodResult | undefined {
  const of = (result: MethodResult, property: string): boolean =>
    author !== undefined &&
    result.properties.some(
      (p) => p.type === 'header' && p.property === property && sameDomain(p.value, author),
    );
  return (
    results.find((one) => one.method === 'dmarc' && of(one, 'from')) ??
    results.find((one) => one.method === 'dkim' && one.result === 'pass' && of(one, 'd'))
  );
}

function commentOf(verdict: ArcVerdict): string {
  const seals = verdict.instances.flatMap(({ instance, seal }) =>
    seal === undefined ? [] : [`as[${instance}].d=${seal.domain} as[${instance}].s=${seal.selector}`],
  );
  return ['arc=pass', ...seals.reverse()].join(' ');
}
