// Which parts of a message are signed or encrypted, by what they call themselves. Recognises and labels; it checks nothing,
// because that needs the correspondents' keys. RFC 8551 (S/MIME), RFC 3156 (PGP/MIME), RFC 9788 (header protection) first.

import { partText, partsOf, type MimePart } from './mime.ts';

export const PROTECTIONS = [
  'smimeSigned',
  'smimeOpaque',
  'smimeEncrypted',
  'smimeCompressed',
  'pgpSigned',
  'pgpEncrypted',
  'pgpInlineSigned',
  'pgpInlineEncrypted',
  'headersClear',
  'headersHidden',
] as const;
export type ProtectionKind = (typeof PROTECTIONS)[number];

export interface Protection {
  readonly kind: ProtectionKind;
  /** Bytes of the message that it is about. */
  readonly start: number;
  readonly end: number;
  /** Header fields within the protected part that say what the outer ones were (RFC 9788 §2.2). */
  readonly outer?: readonly string[];
}

/** Everything in a message that calls itself signed or encrypted, in the order of its bytes. */
export function protectionOf(raw: string, root: MimePart): readonly Protection[] {
  const found: Protection[] = [];
  for (const part of partsOf(root)) {
    const kind = kindOf(raw, part);
    if (kind !== undefined) found.push({ kind, start: part.start, end: part.end });
    // RFC 9788 §2.1: `clear` when the fields are signed only, `cipher` when they are hidden, too.
    const hp = part.parameters['hp']?.toLowerCase();
    if (hp !== 'clear' && hp !== 'cipher') continue;
    const outer = part.fields.filter(({ key }) => key === 'hp-outer').map(({ value }) => value);
    found.push({
      kind: hp === 'clear' ? 'headersClear' : 'headersHidden',
      start: part.start,
      end: part.end,
      ...(outer.length === 0 ? {} : { outer }),
    });
  }
  return found;
}

function kindOf(raw: string, part: MimePart): ProtectionKind | undefined {
  const { type, subtype, parameters } = part;
  const protocol = parameters['protocol']?.toLowerCase() ?? '';
  if (type === 'multipart' && subtype === 'signed')
    return protocol.includes('pgp') ? 'pgpSigned' : protocol.includes('pkcs7') ? 'smimeSigned' : undefined;
  if (type === 'multipart' && subtype === 'encrypted') return 'pgpEncrypted';
  if (type === 'application' && (subtype === 'pkcs7-mime' || subtype === 'x-pkcs7-mime')) {
    const what = parameters['smime-type']?.toLowerCase() ?? 'enveloped-data';
    if (what === 'signed-data') return 'smimeOpaque';
    return what === 'compressed-data' ? 'smimeCompressed' : 'smimeEncrypted';
  }
  if (type === 'text' && subtype === 'plain' && part.disposition?.value !== 'attachment') {
    const armour = /^-----BEGIN PGP (SIGNED MESSAGE|MESSAGE)-----\r?$/m.exec(partText(raw, part).text);
    if (armour !== null) return armour[1] === 'MESSAGE' ? 'pgpInlineEncrypted' : 'pgpInlineSigned';
  }
  return undefined;
}
