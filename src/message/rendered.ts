// What a mail program shows of a message: the letter as text and as HTML (written anew, harmless), the files that came with
// it, and what is signed or encrypted. Shows nothing itself, fetches nothing. RFC 2046 §5.1.4, RFC 2387, RFC 2183 first.

import { toBase64 } from '../base/bytes.ts';
import type { CharsetNote } from './charset.ts';
import { binary } from './header.ts';
import { escapeHtml, safeHtml, type SafeHtml } from './html-safe.ts';
import { parseMime, partBytes, partsOf, partText, type MimePart } from './mime.ts';
import { unflow } from './text.ts';
import { protectionOf, type Protection } from './protection.ts';

/** A stretch of the letter. Offsets count bytes of the message. */
export interface LetterPart {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** As written, `us-ascii` when not told. */
  readonly charset: string;
  /** Lines were joined again (RFC 3676). */
  readonly flowed: boolean;
  readonly note?: CharsetNote;
  /** Its transfer encoding was broken. */
  readonly broken: boolean;
}

export interface MessageFile {
  readonly path: string;
  /** Without directories; '' when it has no name. */
  readonly filename: string;
  /** `image/png` */
  readonly contentType: string;
  /** Bytes after decoding. */
  readonly size: number;
  readonly start: number;
  readonly end: number;
  /** It is shown within the letter. */
  readonly isShown: boolean;
  /** It says that it is something else than its name says: `invoice.pdf.exe`, a program called an image. */
  readonly isSuspicious: boolean;
}

export interface RenderedMessage {
  /** Line ends LF. */
  readonly text?: { readonly text: string; readonly parts: readonly LetterPart[] };
  readonly html?: SafeHtml & { readonly parts: readonly LetterPart[] };
  readonly files: readonly MessageFile[];
  readonly protection: readonly Protection[];
}

/** Endings that run when they are opened. */
const PROGRAMS = /\.(?:exe|com|scr|pif|bat|cmd|vbs?|js|jse|wsf|hta|msi|jar|lnk|iso|img|ps1|app|dmg)$/i;

type Kind = 'plain' | 'html';

interface Walk {
  readonly raw: string;
  readonly shown: Set<MimePart>;
}

/** The message as a reader sees it. Never fails. */
export function renderMessage(message: string | Uint8Array): RenderedMessage {
  const raw = binary(message);
  const root = parseMime(raw);
  const walk: Walk = { raw, shown: new Set() };
  const plain = letter(root, 'plain');
  const html = letter(root, 'html');
  const hasHtml = html.some((part) => part.subtype === 'html');
  const hasPlain = plain.some((part) => part.subtype !== 'html');
  for (const part of hasPlain ? plain : []) walk.shown.add(part);
  for (const part of hasHtml ? html : []) walk.shown.add(part);
  const page = hasHtml ? htmlOf(walk, root, html) : undefined;
  const leaves = filesIn(root);
  const embedded = new Set(page?.embedded ?? []);
  return {
    ...(hasPlain
      ? {
          text: textOf(
            raw,
            plain.filter((part) => part.subtype !== 'html'),
          ),
        }
      : {}),
    ...(page === undefined ? {} : { html: page }),
    files: leaves
      .filter((part) => !walk.shown.has(part))
      .map((part) => {
        const filename = (part.filename ?? '').replace(/^.*[\\/]/s, '');
        const id = contentId(part);
        return {
          path: part.path,
          filename,
          contentType: `${part.type}/${part.subtype}`,
          size: part.children.length > 0 ? part.end - part.bodyStart : partBytes(raw, part).bytes.length,
          start: part.start,
          end: part.end,
          isShown: id !== undefined && embedded.has(id),
          isSuspicious: PROGRAMS.test(filename) || /[\u202a-\u202e]/.test(filename),
        };
      }),
    protection: protectionOf(raw, root),
  };
}

/** Bytes of a file of the message, decoded; undefined when there is no such part. */
export function fileBytes(message: string | Uint8Array, path: string): Uint8Array | undefined {
  const raw = binary(message);
  const part = partsOf(parseMime(raw)).find((one) => one.path === path);
  if (part === undefined) return undefined;
  return partBytes(raw, part).bytes;
}

const isFile = (part: MimePart): boolean => part.disposition?.value === 'attachment';

/** The parts that make up the letter in that form, in their order. */
function letter(part: MimePart, kind: Kind): MimePart[] {
  if (isFile(part) || part.type === 'message') return [];
  if (part.type === 'text')
    return part.subtype === 'plain' || part.subtype === 'html' || part.path === '' ? [part] : [];
  if (part.type !== 'multipart') return [];
  if (part.subtype === 'alternative') {
    // RFC 2046 §5.1.4: the last that one understands is the best; each of the two forms has its own.
    const ways = part.children.map((child) => letter(child, kind)).filter((way) => way.length > 0);
    const wanted = ways.findLast((way) =>
      way.some((one) => one.subtype === (kind === 'html' ? 'html' : 'plain')),
    );
    return wanted ?? ways.at(-1) ?? [];
  }
  // RFC 2387 §3.2: the root is the letter, the rest serves it. Of a signed or reporting multipart the first part is read.
  if (part.subtype === 'related' || part.subtype === 'signed' || part.subtype === 'report')
    return part.children[0] === undefined ? [] : letter(part.children[0], kind);
  if (part.subtype === 'encrypted') return [];
  return part.children.flatMap((child) => letter(child, kind));
}

function filesIn(part: MimePart): MimePart[] {
  // A message within the message is one file; what is in it shows when it is opened.
  if (part.type === 'message' && part.path !== '') return [part];
  if (part.children.length > 0) return part.children.flatMap(filesIn);
  return part.type === 'multipart' && part.path === '' ? [] : [part];
}

function described(raw: string, part: MimePart): { readonly text: string; readonly about: LetterPart } {
  const content = partText(raw, part);
  const lines = content.text.replace(/\r\n/g, '\n');
  const flowed = part.subtype === 'plain' && part.parameters['format']?.toLowerCase() === 'flowed';
  return {
    text: flowed ? unflow(lines, part.parameters['delsp']?.toLowerCase() === 'yes') : lines,
    about: {
      path: part.path,
      start: part.start,
      end: part.end,
      charset: content.charset,
      flowed,
      ...(content.note === undefined ? {} : { note: content.note }),
      broken: content.problem !== undefined,
    },
  };
}

function textOf(raw: string, parts: readonly MimePart[]): NonNullable<RenderedMessage['text']> {
  const all = parts.map((part) => described(raw, part));
  return { text: all.map(({ text }) => text).join('\n'), parts: all.map(({ about }) => about) };
}

function htmlOf(
  { raw }: Walk,
  root: MimePart,
  parts: readonly MimePart[],
): SafeHtml & { readonly parts: readonly LetterPart[] } {
  const all = parts.map((part) => ({ part, ...described(raw, part) }));
  const images = new Map<string, MimePart>();
  for (const part of partsOf(root)) {
    const id = contentId(part);
    if (id !== undefined && !images.has(id)) images.set(id, part);
  }
  const source = all
    .map(({ part, text }) => (part.subtype === 'html' ? text : `<pre>${escapeHtml(text)}</pre>`))
    .join('<hr>');
  const safe = safeHtml(source, (id) => {
    const part = images.get(id);
    if (part === undefined) return undefined;
    return { type: `${part.type}/${part.subtype}`, base64: toBase64(partBytes(raw, part).bytes) };
  });
  return { ...safe, parts: all.map(({ about }) => about) };
}

function contentId(part: MimePart): string | undefined {
  const value = part.fields.find((field) => field.key === 'content-id')?.value;
  return value === undefined ? undefined : value.replace(/^<|>$/g, '');
}
