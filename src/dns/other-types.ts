// Types whose data is kept as its octets (a binary string): SRV, TLSA, CAA, DS and SPF(99), with the form that zone files
// and dig use. RFC 2782, RFC 6698 §2.2, RFC 8659 §4.1.1, RFC 4034 §5.3, RFC 4408 §3.1.1.

import { latin1, toHex } from '../base/bytes.ts';
import { labelsOf, nameOfLabels } from './name.ts';

const u16 = (value: number): string => String.fromCharCode(value >> 8, value & 255);
const at16 = (rdata: string, at: number): number => (rdata.charCodeAt(at) << 8) | rdata.charCodeAt(at + 1);

function quoted(value: string): string {
  let out = '"';
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 34 || code === 92) out += `\\${value.charAt(i)}`;
    else out += code >= 32 && code < 127 ? value.charAt(i) : `\\${String(code).padStart(3, '0')}`;
  }
  return `${out}"`;
}

/** Hexadecimal in upper case, a blank after every 56 digits as BIND wraps it. */
function wrappedHex(octets: string): string {
  const hex = toHex(latin1(octets)).toUpperCase();
  return (hex.match(/.{1,56}/g) ?? []).join(' ');
}

/** The host that an SRV record names, undefined when its octets are malformed (RFC 2782). */
export function srvTarget(rdata: string): string | undefined {
  if (rdata.length < 7) return undefined;
  const labels: string[] = [];
  for (let at = 6; ;) {
    const length = rdata.charCodeAt(at);
    if (!(length <= 63) || at + 1 + length > rdata.length) return undefined;
    if (length === 0) return at + 1 === rdata.length ? nameOfLabels(labels) : undefined;
    labels.push(rdata.slice(at + 1, at + 1 + length));
    at += length + 1;
  }
}

/** The presentation form of one of these types, undefined for any other or for malformed octets. */
export function otherText(code: number, rdata: string): string | undefined {
  switch (code) {
    case 33: {
      const target = srvTarget(rdata);
      return target && `${at16(rdata, 0)} ${at16(rdata, 2)} ${at16(rdata, 4)} ${target}`;
    }
    case 43:
    case 59:
      if (rdata.length < 5) return undefined;
      return `${at16(rdata, 0)} ${rdata.charCodeAt(2)} ${rdata.charCodeAt(3)} ${wrappedHex(rdata.slice(4))}`;
    case 52:
      if (rdata.length < 4) return undefined;
      return `${rdata.charCodeAt(0)} ${rdata.charCodeAt(1)} ${rdata.charCodeAt(2)} ${wrappedHex(rdata.slice(3))}`;
    case 257: {
      const length = rdata.charCodeAt(1);
      if (!(length > 0) || rdata.length < 2 + length) return undefined;
      const tag = rdata.slice(2, 2 + length);
      return /^[A-Za-z0-9]+$/.test(tag)
        ? `${rdata.charCodeAt(0)} ${tag} ${quoted(rdata.slice(2 + length))}`
        : undefined;
    }
    case 99: {
      const strings: string[] = [];
      for (let at = 0; at < rdata.length;) {
        const length = rdata.charCodeAt(at);
        if (at + 1 + length > rdata.length) return undefined;
        strings.push(quoted(rdata.slice(at + 1, at + 1 + length)));
        at += length + 1;
      }
      return strings.length > 0 ? strings.join(' ') : undefined;
    }
    default:
      return undefined;
  }
}

/** The octets of an absolute name, uncompressed. */
export function nameOctets(name: string): string {
  return `${labelsOf(name)
    .map((label) => String.fromCharCode(label.length) + label)
    .join('')}\0`;
}

export function srvOctets(priority: number, weight: number, port: number, target: string): string {
  return u16(priority) + u16(weight) + u16(port) + nameOctets(target);
}

const hexOctets = (hex: string): string =>
  hex.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)));

export function tlsaOctets(usage: number, selector: number, matching: number, hex: string): string {
  return String.fromCharCode(usage, selector, matching) + hexOctets(hex);
}

/** DS and CDS: key tag, algorithm, digest type, digest (RFC 4034 §5.1). */
export function dsOctets(tag: number, algorithm: number, digestType: number, hex: string): string {
  return u16(tag) + String.fromCharCode(algorithm, digestType) + hexOctets(hex);
}

export function caaOctets(flags: number, tag: string, value: string): string {
  return String.fromCharCode(flags, tag.length) + tag + value;
}

export function stringsOctets(strings: readonly string[]): string {
  return strings.map((string) => String.fromCharCode(string.length) + string).join('');
}
