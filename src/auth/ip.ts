// IPv4 and IPv6 addresses as sixteen bytes, and networks. An IPv4 address is held in its mapped form, so one comparison
// serves both. RFC 4291 §2.2 for the texts, RFC 5952 for the one we print.

/** 4 or 16 bytes. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly bytes: readonly number[];
}

/** Strict dotted quad: four decimal numbers up to 255, no leading zeros. */
export function parseIp4(text: string): IpAddress | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const bytes: number[] = [];
  for (let i = 1; i <= 4; i++) {
    const digits = match[i] ?? '';
    const value = Number(digits);
    if (value > 255 || (digits.length > 1 && digits.startsWith('0'))) return undefined;
    bytes.push(value);
  }
  return { version: 4, bytes };
}

/** Every form of RFC 4291 §2.2; a mapped address stays version 6. */
export function parseIp6(text: string): IpAddress | undefined {
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return { version: 6, bytes: [...head, ...new Array<number>(Math.max(0, missing)).fill(0), ...tail] };
}

function groups(text: string, mayEndInIp4: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const bytes: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? '';
    if (part.includes('.')) {
      const quad = mayEndInIp4 && i === parts.length - 1 ? parseIp4(part) : undefined;
      if (quad === undefined) return undefined;
      bytes.push(...quad.bytes);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      const value = parseInt(part, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  return bytes;
}

/** Either version; `::ffff:192.0.2.1` becomes the IPv4 address that it means (RFC 7208 §5). */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) return parseIp4(text);
  const address = parseIp6(text);
  if (address === undefined) return undefined;
  const { bytes } = address;
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? { version: 4, bytes: bytes.slice(12) } : address;
}

/** Dotted quad, or RFC 5952 text. */
export function ipText(address: IpAddress): string {
  if (address.version === 4) return address.bytes.join('.');
  const words: number[] = [];
  for (let i = 0; i < 16; i += 2) words.push(((address.bytes[i] ?? 0) << 8) | (address.bytes[i + 1] ?? 0));
  let bestAt = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && words[i + length] === 0) length++;
    if (length > bestLength) {
      bestAt = i;
      bestLength = length;
    }
  }
  const hex = (from: number, to: number): string =>
    words
      .slice(from, to)
      .map((word) => word.toString(16))
      .join(':');
  return bestAt < 0 ? hex(0, 8) : `${hex(0, bestAt)}::${hex(bestAt + bestLength, 8)}`;
}

/** True when both are of one version and agree in the first `prefix` bits. */
export function inNetwork(address: IpAddress, network: IpAddress, prefix: number): boolean {
  if (address.version !== network.version) return false;
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (address.bytes[i] !== network.bytes[i]) return false;
  const rest = prefix & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((address.bytes[whole] ?? 0) & mask) === ((network.bytes[whole] ?? 0) & mask);
}

/** What `%{i}` expands to: a dotted quad, or 32 nibbles with dots (RFC 7208 §7.3). */
export function dottedNibbles(address: IpAddress): string {
  if (address.version === 4) return ipText(address);
  return address.bytes
    .map((byte) => `${(byte >> 4).toString(16)}.${(byte & 15).toString(16)}`)
    .join('.')
    .toUpperCase();
}

/** The name whose PTR record names this address (RFC 1035 §3.5, RFC 3596 §2.5), without final dot. */
export function reverseName(address: IpAddress): string {
  const parts = dottedNibbles(address).toLowerCase().split('.').reverse().join('.');
  return `${parts}.${address.version === 4 ? 'in-addr' : 'ip6'}.arpa`;
}
