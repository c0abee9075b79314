// The ARC filter of a forwarder: puts one set on a message, with what this host found when it came in. RFC 8617 §5.1. ARC
// is on its way to historic status.

import { sealArc, type ArcSealed } from '../../auth/arc-seal.ts';
import type { ArcVerdict } from '../../auth/arc-verdict.ts';
import type { AuthenticationResults } from '../../auth/authentication-results.ts';
import { firstField, parseMessage } from '../../message/header.ts';
import { parseAuthenticationResults } from '../../auth/authentication-results.ts';
import type { Os } from '../program.ts';
import type { ArcSealConfig } from './config.ts';
import { keyOf } from './sign.ts';

/** Seals; answers the message as it was when the chain cannot go on. Emits what was done. */
export function seal(
  config: ArcSealConfig,
  queueId: string,
  text: string,
  results: AuthenticationResults,
  chain: ArcVerdict['result'],
  os: Os,
): string {
  const { domain, selector, privateKey } = config.key;
  const sealed: ArcSealed | string = sealArc(text, {
    domain,
    selector,
    key: keyOf(privateKey),
    results,
    chain: { result: chain },
    timestamp: Math.floor(os.now / 1000),
  });
  if (typeof sealed === 'string') return text;
  os.log(
    'openarc',
    `${queueId}: ARC-Seal added (i=${sealed.instance}, cv=${sealed.cv}, d=${domain}, s=${selector})`,
  );
  os.cause = os.emit(
    { type: 'auth.sealed', queueId, domain, selector, instance: sealed.instance, chain: sealed.cv },
    'RFC 8617 §5.1',
  );
  return sealed.raw;
}

/** The topmost results that the own mail exchanger wrote, and its word on the chain. */
export function ownResults(
  text: string,
  authservId: string,
): { readonly results: AuthenticationResults; readonly chain: ArcVerdict['result'] } | undefined {
  const field = firstField(parseMessage(text), 'Authentication-Results');
  const results = field === undefined ? undefined : parseAuthenticationResults(field.rawValue);
  if (results?.authservId.toLowerCase() !== authservId.toLowerCase()) return undefined;
  const arc = results.results.find(({ method }) => method === 'arc')?.result;
  return { results, chain: arc === 'pass' || arc === 'fail' ? arc : 'none' };
}
