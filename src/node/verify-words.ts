// The verdict of a case in words: which tree of reasons belongs to which check, and the one sentence that sums it up. The
// words themselves are those of view/reasons.ts.

import { dmarcReasons, dmarcSentence, spfReasons } from '../view/reasons.ts';
import { arcReasons, arcSentence, dkimReasons, dkimSentence } from '../view/reasons-signatures.ts';
import type { Reason } from '../view/reason-tree.ts';
import type { CaseVerdict } from './verify-case.ts';

/** The whole reasoning, verdict first. */
export function reasonsOf(verdict: CaseVerdict): Reason {
  switch (verdict.check) {
    case 'spf':
      return spfReasons(verdict.spf);
    case 'dkim':
      return { ...dkimReasons(verdict.dkim), text: `DKIM ${verdict.result}: ${dkimSentence(verdict.dkim)}` };
    case 'dmarc':
      return dmarcReasons(verdict);
    case 'arc':
      return arcReasons(verdict.arc);
  }
}

/**
 * The short explanation. Of SPF it is the text for the 550 (RFC 7208 §6.2): the domain's own, or DEFAULT when the domain
 * gives none and the receiver uses its own words; null when the result is not fail. Of the others, one sentence.
 */
export function explanationOf(verdict: CaseVerdict): string | null {
  switch (verdict.check) {
    case 'spf':
      return verdict.result === 'fail' ? (verdict.spf.explanation ?? 'DEFAULT') : null;
    case 'dkim':
      return dkimSentence(verdict.dkim);
    case 'dmarc':
      return dmarcSentence(verdict.dmarc);
    case 'arc':
      return arcSentence(verdict.arc);
  }
}
