// IP addresses as records hold them: text in the one canonical spelling, bytes for the wire, and the name under which the
// reverse zone keeps an address. RFC 1035 §3.5, RFC 3596 §2.5, RFC 5952.

/** The four bytes of a dotted quad, or undefined. Strict as inet_pton: four decimals, no leading zero. */
export function ipv4Bytes(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const out: number[] = [];
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    out.push(Number(part));
  }
  return out;
}

/** The sixteen bytes of an IPv6 address, or undefined. `::` and a dotted quad at the end are read. */
export function ipv6Bytes(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string): number[] | undefined => {
    if (half === '') return [];
    const out: number[] = [];
    const parts = half.split(':');
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as string;
      if (part.includes('.') && i === parts.length - 1) {
        const quad = ipv4Bytes(part);
        if (!quad) return undefined;
        out.push(...quad);
      } else {
        if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return undefined;
        const value = parseInt(part, 16);
        out.push(value >> 8, value & 255);
      }
    }
    return out;
  };
  const head = groups(halves[0] as string);
  const tail = halves.length === 2 ? groups(halves[1] as string) : [];
  // A dotted quad may stand only at the very end.
  if (!head || !tail || (halves.length === 2 && (halves[0] as string).includes('.'))) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

export function ipv4Text(bytes: ArrayLike<number>): string {
  return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
}

/** The canonical spelling (RFC 5952 §4); IPv4-mapped addresses end in a dotted quad, as inet_ntop writes them. */
export function ipv6Text(bytes: ArrayLike<number>): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) {
      best = i;
      bestLength = length;
    }
  }
  if (best === 0 && bestLength === 5 && groups[5] === 0xffff)
    return `::ffff:${ipv4Text(Array.prototype.slice.call(bytes, 12, 16) as number[])}`;
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best < 0) return hex(groups);
  return `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`;
}

/** 4, 6, or undefined when the text is no address. */
export function addressFamily(text: string): 4 | 6 | undefined {
  if (ipv4Bytes(text)) return 4;
  return ipv6Bytes(text) ? 6 : undefined;
}

/** `25.2.0.192.in-addr.arpa.` or the 32 nibbles under `ip6.arpa.`; undefined when the text is no address. */
export function reverseName(address: string): string | undefined {
  const four = ipv4Bytes(address);
  if (four) return `${four.reverse().join('.')}.in-addr.arpa.`;
  const six = ipv6Bytes(address);
  if (!six) return undefined;
  const nibbles = six.flatMap((byte) => [byte >> 4, byte & 15]).reverse();
  return `${nibbles.map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa.`;
}

/** Addresses that no stranger can reach: private, loopback, link-local and the like (RFC 1918, 3927, 4193, 6598, 6890). */
export function isPrivateAddress(address: string): boolean {
  const four = ipv4Bytes(address);
  if (four) {
    const [a, b] = four as [number, number, number, number];
    return (
      a === 0 ||
      a === 10 ||
      a === 127 ||
      (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254) ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      a >= 224
    );
  }
  const six = ipv6Bytes(address);
  if (!six) return false;
  const first = six[0] as number;
  if (six.slice(0, 15).every((byte) => byte === 0)) return true;
  return (
    (first & 0xfe) === 0xfc || (first === 0xfe && ((six[1] as number) & 0xc0) === 0x80) || first === 0xff
  );
}
