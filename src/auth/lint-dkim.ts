// What is wrong or unwise in a DKIM key record, by reading it alone. RFC 6376 §3.6.1, RFC 8301 §3.2.

import { readDkimKey } from './dkim-key.ts';
import type { LintRecord, Report } from './lint.ts';

/** RFC 8301 §3.2: verifiers refuse less. */
const LEAST_BITS = 1024;
const GOOD_BITS = 2048;

export function lintDkimKey(record: LintRecord, report: Report): void {
  const read = readDkimKey(record.text);
  const tagSpan = (name: string) => read.tags.find((tag) => tag.name === name)?.span;
  const { key, problem } = read;
  if (problem !== undefined) {
    switch (problem.reason) {
      case 'key-revoked':
        report('DKIM-P-EMPTY', 'info', record, problem.span);
        break;
      case 'key-broken': {
        const p = read.tags.find((tag) => tag.name === 'p');
        const char = record.text.slice(problem.span.start, problem.span.end);
        const isCharacter = problem.detail === 'base64-character';
        const isQuote = isCharacter && /["'\x91-\x94\xe2]/.test(char);
        // A key that stops where a string of 255 bytes stops has lost its other strings.
        const isCut =
          !isCharacter &&
          problem.detail !== 'base64-padding' &&
          record.joints.length === 0 &&
          record.text.length >= 200;
        report(
          'DKIM-P-BROKEN',
          'error',
          record,
          problem.span,
          {
            detail: isQuote ? 'quote' : isCut ? 'cut' : (problem.detail ?? 'der'),
            position: problem.span.start - (p?.valueSpan.start ?? 0) + 1,
            ...(isCharacter ? { character: char } : {}),
            length: record.text.length,
          },
          isCharacter ? { span: problem.span, text: '' } : undefined,
        );
        break;
      }
      case 'key-syntax':
      case 'key-version':
      case 'key-type':
        report('DKIM-SYNTAX', 'error', record, problem.span, {
          code: problem.reason,
          tag: problem.tag ?? '',
        });
        break;
    }
    return;
  }
  if (key === undefined) return;
  if (key.keyType === 'rsa' && key.bits < GOOD_BITS)
    report('DKIM-BITS', key.bits < LEAST_BITS ? 'error' : 'warning', record, tagSpan('p') ?? whole(record), {
      bits: key.bits,
      least: LEAST_BITS,
      recommended: GOOD_BITS,
    });
  if (key.isTesting) report('DKIM-TEST', 'warning', record, tagSpan('t') ?? whole(record));
}

function whole(record: LintRecord): { start: number; end: number } {
  return { start: 0, end: record.text.length };
}
