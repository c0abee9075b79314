// PEM: base64 between two lines with a label (RFC 7468). Knows nothing of what is inside.

import { fromBase64, isBase64Error, toBase64 } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';

export interface Pem {
  readonly label: string;
  readonly bytes: Bytes;
}

/** Why a text is no PEM; `at` is a 0-based character. */
export interface PemError {
  readonly at: number;
  readonly reason: 'no-begin' | 'no-end' | 'label' | 'base64';
}

/** The first block of the text. */
export function readPem(text: string): Pem | PemError {
  const begin = /-----BEGIN ([A-Z0-9 ]{1,60})-----/.exec(text);
  if (begin === null) return { at: 0, reason: 'no-begin' };
  const from = begin.index + begin[0].length;
  const end = /-----END ([A-Z0-9 ]{1,60})-----/.exec(text.slice(from));
  if (end === null) return { at: text.length, reason: 'no-end' };
  if (end[1] !== begin[1]) return { at: from + end.index, reason: 'label' };
  const bytes = fromBase64(text.slice(from, from + end.index));
  if (isBase64Error(bytes)) return { at: from + bytes.at, reason: 'base64' };
  return { label: begin[1] ?? '', bytes };
}

/** 64 characters a line, final line end. */
export function writePem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
