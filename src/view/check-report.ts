// A check as plain text, to be kept or sent to somebody: what was checked, every question with its answer, and the tree of
// reasons. English, as verdicts are on the wire.

import { checkOwn } from './check.ts';
import type { CheckInput } from './check-types.ts';
import { drawTree, harmless } from './reason-tree.ts';
import { dmarcReasons, spfReasons } from './reasons.ts';
import { arcReasons, dkimReasons } from './reasons-signatures.ts';

/** Runs the check and prints it, lines ended by LF. */
export function checkReport(input: CheckInput): string {
  const view = checkOwn(input);
  const { spf, dkim, arc, dmarc, author } = view;
  const style = { width: 110, unicode: true };
  const lines = [
    `Client ${input.ip === '' ? 'unknown' : input.ip}, HELO ${input.helo}, MAIL FROM:<${input.sender}>, received ${new Date(input.nowSeconds * 1000).toISOString().replace('.000', '')}`,
    '',
  ];
  if (view.refused !== undefined) lines.push(`Not checked: ${view.refused.id}`);
  if (view.missing.length > 0) {
    lines.push('Records that were missing, so that the verdicts below may turn:');
    for (const one of view.missing) lines.push(`  ${one.dig}`);
    lines.push('');
  }
  if (spf !== undefined && dmarc !== undefined && author !== undefined)
    lines.push(...drawTree(dmarcReasons({ spf, dkim, author, dmarc }), style));
  else {
    if (spf !== undefined) lines.push(...drawTree(spfReasons(spf), style));
    lines.push(...drawTree(dkimReasons(dkim), style));
  }
  if (arc !== undefined) lines.push('', ...drawTree(arcReasons(arc), style));
  lines.push('', 'Questions and answers:');
  for (const one of view.questions)
    lines.push(
      `  ${one.type} ${one.name} ${one.state === 'given' ? '' : `(${one.state}) `}${one.records.length > 0 ? one.records.join(', ') : one.status}`,
    );
  return lines.map((line) => (/[├└│]/.test(line) ? line : harmless(line))).join('\n') + '\n';
}
