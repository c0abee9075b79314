// TXT records that lost something on the way from the form into the file: cut off at a semicolon, wrapped in the wrong
// quotes, too long for one string, put at a name where nobody looks. RFC 1035 §3.3 and §5.1.

import { utf8 } from '../../base/bytes.ts';
import type { TextSpan } from '../../base/text-scanner.ts';
import type { QuickFix, Report } from '../lint.ts';
import { isSubdomain, labelsOf, nameKey, parentName, sameName, withoutDot } from '../name.ts';
import type { ParsedZone, ZoneRecord } from '../zone-file.ts';
import { sourceOf } from './names.ts';

const CURLY = /[“”„‟‘’‚‛«»‹›＂]/;

export function lintTxt(parsed: ParsedZone, report: Report): void {
  lintLength(parsed, report);
  const texts = parsed.records.flatMap((record) =>
    record.data.type === 'TXT' ? [{ record, text: record.data.strings.join('') }] : [],
  );
  const isSpf = (text: string): boolean => /^v=spf1( |$)/i.test(text);
  const spfAtApex = texts.some(({ record, text }) => isSpf(text) && sameName(record.name, parsed.origin));
  const included = texts.map(({ text }) => text.toLowerCase()).join(' ');
  for (const { record, text } of texts) {
    lintSemicolon(parsed, record, text, report);
    lintQuotes(parsed, record, report);
    if (/^v=DMARC1\b/i.test(text)) lintDmarcName(parsed, record, report);
    const name = withoutDot(nameKey(record.name));
    const isUsed = included.includes(`include:${name}`) || included.includes(`redirect=${name}`);
    if (isSpf(text) && !spfAtApex && !isUsed) lintSpfName(parsed, record, report);
  }
}

/** The stretch from the first piece of data to the last. */
function dataSpan(record: ZoneRecord): TextSpan {
  const first = record.spans.data[0] ?? record.spans.type;
  const last = record.spans.data.at(-1) ?? first;
  return { ...first, length: last.offset + last.length - first.offset };
}

const quoted = (text: string): string => `"${text.replace(/\\?"/g, '\\"')}"`;

/** An unquoted value that goes on behind a semicolon, which the file takes for a comment (S3-008). */
function lintSemicolon(parsed: ParsedZone, record: ZoneRecord, value: string, report: Report): void {
  const span = dataSpan(record);
  const last = record.spans.data.at(-1);
  if (
    !last ||
    sourceOf(parsed, last).endsWith('"') ||
    record.spans.data.some((one) => one.line !== span.line)
  )
    return;
  const end = span.offset + span.length;
  const lineEnd = parsed.text.indexOf('\n', end);
  const rest = parsed.text.slice(end, lineEnd < 0 ? undefined : lineEnd).trimEnd();
  const comment = /^([ \t]*);(.*)$/.exec(rest);
  if (!comment) return;
  const goesOn = /^\s*[A-Za-z]+\s*=/.test(comment[2] ?? '');
  const isTagList = /^[A-Za-z]+=[^\s]+$/.test(value);
  if (!goesOn && !(comment[1] === '' && isTagList)) return;
  const whole = { ...span, length: span.length + rest.length };
  report('TXT-SEMICOLON', 'error', span, { value }, { span: whole, text: quoted(sourceOf(parsed, whole)) });
}

/** Typographic quotes, or straight ones that were escaped into the value. */
function lintQuotes(parsed: ParsedZone, record: ZoneRecord, report: Report): void {
  const span = dataSpan(record);
  const source = sourceOf(parsed, span);
  const isWrapped = /^"?\\".*\\""?$/.test(source);
  const character = CURLY.exec(source)?.[0] ?? (isWrapped ? '\\"' : undefined);
  if (character === undefined) return;
  // Quotes inside running text are nobody's mistake; at its ends they are.
  if (!isWrapped && !/^"?[“”„‟‘’‚‛«»‹›＂]|[“”„‟‘’‚‛«»‹›＂]"?$/.test(source)) return;
  const bare = source.replace(/^"|"$/g, '').replace(/\\"/g, '').replace(new RegExp(CURLY.source, 'g'), '');
  report('TXT-QUOTES', 'error', span, { character }, { span, text: quoted(bare) });
}

/** A string of more than 255 bytes keeps the zone from loading; the repair cuts it up (S3-008). */
function lintLength(parsed: ParsedZone, report: Report): void {
  for (const problem of parsed.problems) {
    if (problem.code !== 'syntax-error' || problem.params.type !== 'TXT') continue;
    const from = problem.span.offset;
    const isQuoted = parsed.text.charAt(from) === '"';
    const match = (isQuoted ? /^"((?:\\[^\n]|[^"\\\n])*)"/ : /^((?:\\[^\n]|[^\s"();\\])+)/).exec(
      parsed.text.slice(from),
    );
    const pieces = match?.[1]?.match(/\\[0-9]{3}|\\?[^]/gu) ?? [];
    const sizeOf = (piece: string): number => (piece.startsWith('\\') ? 1 : utf8(piece).length);
    const length = pieces.reduce((sum, piece) => sum + sizeOf(piece), 0);
    if (!match || length <= 255) continue;
    const strings: string[] = [];
    let current = '';
    let size = 0;
    for (const piece of pieces) {
      if (size + sizeOf(piece) > 255) {
        strings.push(current);
        current = '';
        size = 0;
      }
      current += piece;
      size += sizeOf(piece);
    }
    strings.push(current);
    const span = { ...problem.span, length: match[0].length };
    report(
      'TXT-TOO-LONG',
      'error',
      span,
      { length },
      { span, text: strings.map((one) => `"${one}"`).join(' ') },
    );
  }
}

function moveTo(record: ZoneRecord, name: string): QuickFix | undefined {
  return record.spans.owner ? { span: record.spans.owner, text: name } : undefined;
}

/** A DMARC record anywhere but at `_dmarc`; permissions for reports (RFC 9990 §4) stand elsewhere with good reason. */
function lintDmarcName(parsed: ParsedZone, record: ZoneRecord, report: Report): void {
  const labels = labelsOf(nameKey(record.name));
  if (labels[0] === '_dmarc' || labels.some((label, i) => label === '_report' && labels[i + 1] === '_dmarc'))
    return;
  const isNear =
    labels[0] === 'dmarc' || labels[0] === '_dmark' || labels[0] === 'dmark' || labels[0] === '_domainkey';
  const above = isNear ? parentName(record.name) : record.name;
  const domain = isSubdomain(above, parsed.origin) ? above : parsed.origin;
  const fixed = domain === '.' ? '_dmarc.' : `_dmarc.${domain}`;
  report(
    'DMARC-NAME',
    'error',
    record.spans.owner ?? record.spans.type,
    { name: withoutDot(record.name), domain: withoutDot(domain) },
    moveTo(record, fixed),
  );
}

/** An SPF record at a name that never sends, while the domain itself has none. */
function lintSpfName(parsed: ParsedZone, record: ZoneRecord, report: Report): void {
  if (sameName(record.name, parsed.origin)) return;
  const first = labelsOf(nameKey(record.name))[0] ?? '';
  const isHost = parsed.records.some(
    ({ name, data }) =>
      sameName(name, record.name) && (data.type === 'A' || data.type === 'AAAA' || data.type === 'MX'),
  );
  if (isHost && first !== 'www') return;
  report(
    'SPF-WRONG-NAME',
    'error',
    record.spans.owner ?? record.spans.type,
    { name: withoutDot(record.name), domain: withoutDot(parsed.origin) },
    moveTo(record, parsed.origin),
  );
}
