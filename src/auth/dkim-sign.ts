// Signs messages with DKIM: which fields, in which form, folded how. Does not change the message; the caller puts the
// field on top, after everything else that changes it. RFC 6376 §5, RFC 8301, RFC 8463.

import { latin1, toBase64 } from '../base/bytes.ts';
import { ed25519Sign } from '../crypto/ed25519.ts';
import { sha256 } from '../crypto/hash.ts';
import type { PrivateKey } from '../crypto/keys.ts';
import { rsaSign } from '../crypto/rsa.ts';
import { bodyOf, parseMessage, prependField } from '../message/header.ts';
import type { Message } from '../message/header.ts';
import { canonicalBody, headerBlock, selectFields } from './dkim-canonical.ts';
import type { Canonicalization, SelectedField } from './dkim-canonical.ts';

/** Signed when present, in this order. */
export const DKIM_DEFAULT_HEADERS: readonly string[] = [
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'reply-to',
  'list-unsubscribe',
  'list-unsubscribe-post',
];
/** Signed once more than they occur, so that nobody can add another (RFC 6376 §5.4.2, §8.15). */
export const DKIM_DEFAULT_OVERSIGNED: readonly string[] = ['from', 'subject', 'date'];

export interface DkimSignOptions {
  readonly domain: string;
  readonly selector: string;
  readonly key: PrivateKey;
  /** Default relaxed/relaxed. */
  readonly headerCanonicalization?: Canonicalization;
  readonly bodyCanonicalization?: Canonicalization;
  /** Names to sign when present; `DKIM_DEFAULT_HEADERS` if not given. */
  readonly headers?: readonly string[];
  readonly oversigned?: readonly string[];
  /** `i=`; left out if not given. */
  readonly identity?: string;
  /** `t=`, seconds since 1970. */
  readonly timestamp?: number;
  /** `x=`, seconds since 1970. */
  readonly expires?: number;
  /** `l=`: signs only so many bytes of the body, at most all. Unwise (RFC 6376 §8.2). */
  readonly bodyLength?: number;
}

export interface DkimSigned {
  /** `DKIM-Signature: …`, folded, without final line end. */
  readonly field: string;
  readonly covered: readonly SelectedField[];
  /** What was signed (binary string). */
  readonly headerBytes: string;
  readonly bodyHash: string;
}

/** Makes one signature. */
export function signDkim(input: string | Uint8Array | Message, options: DkimSignOptions): DkimSigned {
  const message = typeof input === 'string' || input instanceof Uint8Array ? parseMessage(input) : input;
  const headerKind = options.headerCanonicalization ?? 'relaxed';
  const bodyKind = options.bodyCanonicalization ?? 'relaxed';
  const body = canonicalBody(bodyKind, bodyOf(message));
  const length = options.bodyLength === undefined ? undefined : Math.min(options.bodyLength, body.length);
  const bodyHash = toBase64(sha256(latin1(length === undefined ? body : body.slice(0, length))));
  const names = namesToSign(message, options);
  const tags: string[] = [
    'v=1',
    `a=${options.key.type === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256'}`,
    `c=${headerKind}/${bodyKind}`,
    `d=${options.domain}`,
    `s=${options.selector}`,
  ];
  if (options.identity !== undefined) tags.push(`i=${options.identity}`);
  if (options.timestamp !== undefined) tags.push(`t=${options.timestamp}`);
  if (options.expires !== undefined) tags.push(`x=${options.expires}`);
  if (length !== undefined) tags.push(`l=${length}`);
  const unsigned = foldTags(tags, names, bodyHash);
  const covered = selectFields(message.fields, names);
  const headerBytes = headerBlock(headerKind, message.fields, covered, unsigned);
  const data = latin1(headerBytes);
  const signature =
    options.key.type === 'rsa'
      ? rsaSign('sha256', options.key.rsa, data)
      : ed25519Sign(options.key.seed, sha256(data));
  return { field: unsigned + foldBase64(toBase64(signature)), covered, headerBytes, bodyHash };
}

/** Signs with each of the options in turn and puts all fields on top, the last one first. */
export function withDkimSignatures(raw: string, signers: readonly DkimSignOptions[]): string {
  const message = parseMessage(raw);
  let out = raw;
  for (const options of signers) out = prependField(out, signDkim(message, options).field);
  return out;
}

/** RFC 6376 §5.4: From always; every occurrence of the wanted fields; one more of the oversigned. */
function namesToSign(message: Message, options: DkimSignOptions): string[] {
  const wanted = (options.headers ?? DKIM_DEFAULT_HEADERS).map((name) => name.toLowerCase());
  const over = (options.oversigned ?? DKIM_DEFAULT_OVERSIGNED).map((name) => name.toLowerCase());
  const all = [...new Set(['from', ...wanted, ...over])];
  const names: string[] = [];
  for (const name of all) {
    const count = message.fields.filter((field) => field.key === name).length;
    const extra = over.includes(name) ? 1 : 0;
    for (let i = 0; i < count + extra; i++) names.push(name);
  }
  // Without From in h= the signature would be invalid (RFC 6376 §5.4).
  if (!names.includes('from')) names.unshift('from');
  return names;
}

const WIDTH = 76;

/** The field up to and with `b=`. Lines end where they may: after a tag, or before a colon-separated name. */
function foldTags(tags: readonly string[], names: readonly string[], bodyHash: string): string {
  let out = '';
  let line = 'DKIM-Signature:';
  const put = (text: string, lead: string): void => {
    if (line.length + lead.length + text.length > WIDTH) {
      out += `${line}\r\n`;
      line = `\t${text}`;
    } else line += lead + text;
  };
  for (const tag of tags) put(`${tag};`, ' ');
  names.forEach((name, i) => {
    put(`${i === 0 ? 'h=' : ''}${name}${i === names.length - 1 ? ';' : ':'}`, i === 0 ? ' ' : '');
  });
  put(`bh=${bodyHash};`, ' ');
  return `${out}${line}\r\n\tb=`;
}

function foldBase64(text: string): string {
  const first = text.slice(0, WIDTH - 4);
  const rest = text.slice(WIDTH - 4).match(/.{1,75}/g) ?? [];
  return [first, ...rest].join('\r\n\t');
}
