// Reverse zones read backwards: which addresses a zone under in-addr.arpa or ip6.arpa has the names of. RFC 1035 §3.5,
// RFC 3596 §2.5, RFC 2317 §4. Imports nothing: the page's first script uses it.

/**
 * The network of a reverse zone, as CIDR: `2.0.192.in-addr.arpa.` is `192.0.2.0/24`, `0/26.2.0.192.in-addr.arpa.` is
 * `192.0.2.0/26`, `8.b.d.0.1.0.0.2.ip6.arpa.` is `2001:db8::/32`. Undefined for any other zone.
 */
export function reverseNetwork(zone: string): string | undefined {
  const labels = zone.toLowerCase().replace(/\.$/, '').split('.');
  const tail = labels.splice(-2).join('.');
  if (tail === 'in-addr.arpa') return ipv4Network(labels.reverse());
  if (tail === 'ip6.arpa') return ipv6Network(labels.reverse());
  return undefined;
}

function ipv4Network(parts: string[]): string | undefined {
  // RFC 2317: the fourth label names a part of the network, as `0/26`, `0-63` or `0-26`; only the first form says its size.
  const part = parts.length === 4 ? /^(\d{1,3})\/(2[5-9]|3[0-2])$/.exec(parts[3] ?? '') : null;
  const octets = part === null ? parts : [...parts.slice(0, 3), part[1] ?? ''];
  if (octets.length > 4 || octets.some((one) => !/^\d{1,3}$/.test(one) || Number(one) > 255))
    return undefined;
  const bits = part === null ? 8 * octets.length : Number(part[2]);
  return `${[...octets, '0', '0', '0', '0'].slice(0, 4).join('.')}/${bits}`;
}

function ipv6Network(nibbles: string[]): string | undefined {
  if (nibbles.length === 0 || nibbles.length > 32 || nibbles.some((one) => !/^[0-9a-f]$/.test(one)))
    return undefined;
  const digits = nibbles.join('').padEnd(Math.ceil(nibbles.length / 4) * 4, '0');
  const groups = (digits.match(/.{4}/g) ?? []).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}${groups.length < 8 ? '::' : ''}/${4 * nibbles.length}`;
}
