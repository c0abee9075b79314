// A host on the way that changes what passes through it: the attacker, or the over-zealous firewall, that takes STARTTLS out
// of a server's offer so that mail goes on in clear (RFC 3207 §6). It sees only what is not protected: inside TLS there is
// nothing to find, and to change anything would break the record. Lengths stay the same, as with the boxes that really do
// this: they overwrite with X.

import type { Topology } from './topology.ts';
import type { Side } from './state.ts';

/** What a host does to what passes through it. */
export interface Meddling {
  /** Overwrites the offer of STARTTLS, and the command for those who try it anyway. */
  readonly stripStarttls: boolean;
}

/** Ports on which mail servers and submission begin in clear. */
const SMTP_PORTS: readonly number[] = [25, 587];

/** What became of bytes on the way; undefined: they arrive as they were sent. */
export interface Meddled {
  /** The host that did it. */
  readonly by: string;
  readonly bytes: string;
  readonly before: string;
  readonly after: string;
}

/** What the hosts between the two ends of a path make of bytes on a connection to that port. */
export function meddle(
  { hosts }: Topology,
  path: readonly string[],
  port: number,
  from: Side,
  bytes: string,
): Meddled | undefined {
  if (!SMTP_PORTS.includes(port)) return undefined;
  const by = path.slice(1, -1).find((name) => hosts.get(name)?.meddling?.stripStarttls === true);
  if (by === undefined) return undefined;
  const found = from === 'server' ? /^250[- ]STARTTLS[ \t]*$/im.exec(bytes) : /^STARTTLS\s*$/i.exec(bytes);
  if (found === null) return undefined;
  const before = found[0];
  const after = before.replace(/STARTTLS/i, from === 'server' ? 'XXXXXXXA' : 'XXXXXXXX');
  return {
    by,
    bytes: bytes.slice(0, found.index) + after + bytes.slice(found.index + before.length),
    before: before.trim(),
    after: after.trim(),
  };
}
