// The tree of a MIME message (RFC 2045, 2046) with the place of every part in the bytes. Knows no rendering. Bounded in
// depth and number of parts, because nesting is an old attack.

import { decodeCharset } from './charset.ts';
import type { CharsetNote } from './charset.ts';
import { binary, parseMessage } from './header.ts';
import type { HeaderField } from './header.ts';
import { parseParameters } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { decodeTransfer } from './transfer-encoding.ts';
import type { DecodedBody } from './transfer-encoding.ts';

export type MimeProblem =
  | 'no-boundary'
  | 'boundary-not-found'
  | 'boundary-not-closed'
  | 'too-deep'
  | 'too-many-parts'
  | 'bad-content-type'
  | 'encoded-multipart';

/** Offsets count bytes of the whole message. */
export interface MimePart {
  /** '' for the message itself, then `1`, `1.2`: IMAP's section numbers (RFC 9051 §6.4.5.1). */
  readonly path: string;
  readonly fields: readonly HeaderField[];
  /** `text`, in lower case. */
  readonly type: string;
  readonly subtype: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** In lower case, `7bit` when not told (RFC 2045 §6.1). */
  readonly encoding: string;
  readonly disposition?: Parameters;
  /** `filename` of the disposition, else `name` of the type. */
  readonly filename?: string;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
  /** Parts of a multipart, or the one message within a message/rfc822. */
  readonly children: readonly MimePart[];
  readonly problems: readonly MimeProblem[];
}

export interface MimeLimits {
  readonly maxDepth: number;
  readonly maxParts: number;
}

export const MIME_LIMITS: MimeLimits = { maxDepth: 50, maxParts: 1000 };

interface Walk {
  readonly raw: string;
  readonly limits: MimeLimits;
  parts: number;
}

/** The tree of a message; never fails. A message without Content-Type is one text/plain (RFC 2045 §5.2). */
export function parseMime(message: string | Uint8Array, limits: MimeLimits = MIME_LIMITS): MimePart {
  const raw = binary(message);
  return parsePart({ raw, limits, parts: 0 }, 0, raw.length, '', 0, 'text/plain');
}

const TYPE = /^([^\s/;()<>@,\\"[\]?=]+)\s*\/\s*([^\s/;()<>@,\\"[\]?=]+)$/;

function parsePart(
  walk: Walk,
  start: number,
  end: number,
  path: string,
  depth: number,
  defaultType: string,
): MimePart {
  walk.parts++;
  const header = parseMessage(walk.raw.slice(start, end));
  const fields = header.fields.map((field) => ({
    ...field,
    start: field.start + start,
    valueStart: field.valueStart + start,
    end: field.end + start,
  }));
  const bodyStart = start + header.bodyStart;
  const valueOf = (key: string): string | undefined =>
    header.fields.find((field) => field.key === key)?.value;
  const problems: MimeProblem[] = [];
  const written = valueOf('content-type');
  const content = parseParameters(written ?? defaultType);
  let match = TYPE.exec(content.value);
  if (match === null) {
    problems.push('bad-content-type');
    match = TYPE.exec('text/plain');
  }
  const type = match?.[1] ?? 'text';
  const subtype = match?.[2] ?? 'plain';
  const encoding = parseParameters(valueOf('content-transfer-encoding') ?? '').value || '7bit';
  const dispositionText = valueOf('content-disposition');
  const disposition = dispositionText === undefined ? undefined : parseParameters(dispositionText);
  const filename = disposition?.parameters['filename'] ?? content.parameters['name'];
  const children: MimePart[] = [];
  const identity = encoding === '7bit' || encoding === '8bit' || encoding === 'binary';
  const isMessage = type === 'message' && (subtype === 'rfc822' || subtype === 'global');
  if (type === 'multipart' || isMessage) {
    if (!identity) problems.push('encoded-multipart');
    if (depth >= walk.limits.maxDepth) problems.push('too-deep');
    else if (isMessage && identity) {
      if (walk.parts < walk.limits.maxParts)
        children.push(
          parsePart(walk, bodyStart, end, path === '' ? '1' : `${path}.1`, depth + 1, 'text/plain'),
        );
      else problems.push('too-many-parts');
    } else if (type === 'multipart') {
      const inner = subtype === 'digest' ? 'message/rfc822' : 'text/plain';
      const split = splitMultipart(walk.raw, bodyStart, end, content.parameters['boundary'] ?? '');
      problems.push(...split.problems);
      for (const [index, range] of split.ranges.entries()) {
        if (walk.parts >= walk.limits.maxParts) {
          problems.push('too-many-parts');
          break;
        }
        const number = String(index + 1);
        children.push(
          parsePart(
            walk,
            range.start,
            range.end,
            path === '' ? number : `${path}.${number}`,
            depth + 1,
            inner,
          ),
        );
      }
    }
  }
  return {
    path,
    fields,
    type,
    subtype,
    parameters: content.parameters,
    encoding,
    ...(disposition === undefined ? {} : { disposition }),
    ...(filename === undefined ? {} : { filename }),
    start,
    bodyStart,
    end,
    children,
    problems,
  };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** RFC 2046 §5.1.1: the line end before a delimiter belongs to the delimiter; blanks may follow it on its line. */
function splitMultipart(
  raw: string,
  start: number,
  end: number,
  boundary: string,
): { ranges: Range[]; problems: MimeProblem[] } {
  if (boundary === '') return { ranges: [], problems: ['no-boundary'] };
  // Searching in this stretch only keeps the whole walk linear in depth times size.
  const body = raw.slice(start, end);
  const mark = `--${boundary}`;
  const ranges: Range[] = [];
  let open = -1;
  let closed = false;
  let at = body.startsWith(mark) ? 0 : nextMark(body, mark, 0);
  while (at >= 0) {
    const lf = body.indexOf('\n', at);
    const lineEnd = lf < 0 ? body.length : lf + 1;
    const rest = body.slice(at + mark.length, lineEnd).trim();
    if (rest === '' || rest === '--') {
      if (open >= 0) {
        let stop = at - 1;
        if (stop > open && body.charCodeAt(stop - 1) === 13) stop--;
        ranges.push({ start: start + open, end: start + Math.max(open, stop) });
      }
      open = lineEnd;
      if (rest === '--') {
        closed = true;
        break;
      }
    }
    at = nextMark(body, mark, Math.max(at, lineEnd - 1));
  }
  if (open < 0) return { ranges, problems: ['boundary-not-found'] };
  if (closed) return { ranges, problems: [] };
  ranges.push({ start: start + open, end });
  return { ranges, problems: ['boundary-not-closed'] };
}

/** The next place at the start of a line, after `from`, where the mark stands; -1 when none. */
function nextMark(body: string, mark: string, from: number): number {
  const found = body.indexOf(`\n${mark}`, from);
  return found < 0 ? -1 : found + 1;
}

/** All parts in their order, the root first. */
export function partsOf(root: MimePart): readonly MimePart[] {
  return [root, ...root.children.flatMap(partsOf)];
}

/** Content of a part with its transfer encoding undone. */
export function partBytes(message: string, part: MimePart): DecodedBody {
  return decodeTransfer(message.slice(part.bodyStart, part.end), part.encoding);
}

export interface PartText {
  readonly text: string;
  /** As written in the part, `us-ascii` when not told (RFC 2045 §5.2). */
  readonly charset: string;
  readonly note?: CharsetNote;
  readonly problem?: DecodedBody['problem'];
}

/** Content of a text part as text, line ends as they are. */
export function partText(message: string, part: MimePart): PartText {
  const { bytes, problem } = partBytes(message, part);
  const charset = part.parameters['charset'] ?? 'us-ascii';
  const decoded = decodeCharset(bytes, charset);
  return {
    text: decoded.text,
    charset,
    ...(decoded.note === undefined ? {} : { note: decoded.note }),
    ...(problem === undefined ? {} : { problem }),
  };
}
