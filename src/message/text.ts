// What a reader sees of a message: its first plain text, decoded, and a list of everything else, which is not rendered.
// Content is data here: nothing of it is ever run or fetched.

import { binary } from './header.ts';
import { parseMime, partBytes, partsOf, partText } from './mime.ts';
import type { MimePart, PartText } from './mime.ts';

export interface OtherPart {
  readonly path: string;
  /** `image/png` */
  readonly contentType: string;
  readonly filename?: string;
  /** Bytes after decoding. */
  readonly size: number;
  readonly attachment: boolean;
}

export interface DisplayText {
  /** Undefined: the message has no plain text. Line ends are LF. */
  readonly text?: string;
  /** Path of the part shown. */
  readonly path?: string;
  readonly charset?: string;
  readonly note?: PartText['note'];
  readonly problem?: PartText['problem'];
  /** There is HTML, but no plain text (FMT-HTMLONLY). */
  readonly htmlOnly: boolean;
  readonly others: readonly OtherPart[];
}

/** The first text/plain that is no attachment, as text for the page, and the other parts. */
export function displayText(message: string | Uint8Array): DisplayText {
  const raw = binary(message);
  const root = parseMime(raw);
  const leaves = partsOf(root).filter((part) => part.children.length === 0);
  const shown = leaves.find((part) => isText(part, 'plain') && !isAttachment(part));
  const others = leaves
    .filter((part) => part !== shown)
    .map((part) => ({
      path: part.path,
      contentType: `${part.type}/${part.subtype}`,
      ...(part.filename === undefined ? {} : { filename: part.filename }),
      size: partBytes(raw, part).bytes.length,
      attachment: isAttachment(part),
    }));
  const htmlOnly = shown === undefined && leaves.some((part) => isText(part, 'html') && !isAttachment(part));
  if (shown === undefined) return { htmlOnly, others };
  const content = partText(raw, shown);
  const lines = content.text.replace(/\r\n/g, '\n');
  const flowed = shown.parameters['format']?.toLowerCase() === 'flowed';
  return {
    text: flowed ? unflow(lines, shown.parameters['delsp']?.toLowerCase() === 'yes') : lines,
    path: shown.path,
    charset: content.charset,
    ...(content.note === undefined ? {} : { note: content.note }),
    ...(content.problem === undefined ? {} : { problem: content.problem }),
    htmlOnly,
    others,
  };
}

function isText(part: MimePart, subtype: string): boolean {
  return part.type === 'text' && part.subtype === subtype;
}

function isAttachment(part: MimePart): boolean {
  return part.disposition?.value === 'attachment';
}

/** RFC 3676 §4: a line that ends in a blank goes on in the next one of the same quote depth. */
export function unflow(text: string, deleteSpace: boolean): string {
  const out: string[] = [];
  let open = false;
  let depth = 0;
  for (const line of text.split('\n')) {
    const marks = /^>*/.exec(line)?.[0].length ?? 0;
    const rest = line.slice(marks);
    const content = rest.startsWith(' ') ? rest.slice(1) : rest;
    // The signature mark `-- ` is never flowed (§4.3).
    const signature = content === '-- ';
    const flows = content.endsWith(' ') && !signature;
    const body = flows && deleteSpace ? content.slice(0, -1) : content;
    if (open && marks === depth && !signature) out[out.length - 1] += body;
    else out.push(marks > 0 ? `${'>'.repeat(marks)} ${body}` : body);
    open = flows;
    depth = marks;
  }
  return out.join('\n');
}
