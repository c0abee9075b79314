// All checks of one received message in order: SPF, DKIM, DMARC, as one policy that asks and returns one verdict. Adds
// nothing of its own; the host decides what follows. RFC 9989 §5.3.

import type { Asking } from '../dns/lookup.ts';
import { parseMessage } from '../message/header.ts';
import type { Message } from '../message/header.ts';
import { authorOf } from './author.ts';
import type { Author } from './author.ts';
import { dkimMethods, dmarcMethod, spfMethod } from './authentication-results.ts';
import type { MethodResult } from './authentication-results.ts';
import type { DkimVerdict } from './dkim-verdict.ts';
import { verifyDkim } from './dkim.ts';
import type { DkimOptions } from './dkim.ts';
import { checkDmarc } from './dmarc.ts';
import type { DmarcVerdict } from './dmarc.ts';
import type { SpfInput, SpfVerdict } from './spf-verdict.ts';
import { checkSpf } from './spf.ts';

export interface MessageVerdict {
  readonly spf: SpfVerdict;
  readonly dkim: readonly DkimVerdict[];
  readonly author: Author;
  readonly dmarc: DmarcVerdict;
}

/** Checks one message. A verdict of SPF that was made at RCPT time may be handed in. */
export function* checkMessage(
  input: string | Uint8Array | Message,
  envelope: SpfInput,
  options: DkimOptions,
  knownSpf?: SpfVerdict,
): Asking<MessageVerdict> {
  const message = typeof input === 'string' || input instanceof Uint8Array ? parseMessage(input) : input;
  const spf = knownSpf ?? (yield* checkSpf(envelope));
  const dkim = yield* verifyDkim(message, options);
  const author = authorOf(message);
  const dmarc = yield* checkDmarc({ author, spf, dkim });
  return { spf, dkim, author, dmarc };
}

/** The entries for Authentication-Results, in their usual order. */
export function methodsOf(verdict: MessageVerdict): MethodResult[] {
  return [spfMethod(verdict.spf), ...dkimMethods(verdict.dkim), dmarcMethod(verdict.dmarc)];
}
