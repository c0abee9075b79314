// The names that Postfix looks up while transcripts are played against it, served by our own name server on a loopback
// address of its own. They are those of the recordings: who has a PTR, who is listed, which domain takes no mail.

import { createSocket, type Socket } from 'node:dgram';
import { answerQuery } from '../dns/authoritative.ts';
import { nameKey } from '../dns/name.ts';
import { decodeMessage, encodeMessage } from '../dns/wire.ts';
import { parseZone } from '../dns/zone-file.ts';
import type { ZoneMap } from '../dns/zone.ts';

/** Where it may listen, the first that is free; a resolver knows no other port than 53. */
const ADDRESSES = Array.from({ length: 20 }, (_, i) => `127.0.0.${200 + i}`);

const ROOT = `$TTL 300
@ SOA ns.example. hostmaster.example. 1 3600 900 604800 60
@ NS ns.example.
ns.example. A 127.0.0.1
mx.hafen.example. A 127.0.0.1
hafen.example. MX 10 mx.hafen.example.
absender.example. MX 10 mail.absender.example.
mail.absender.example. A 127.0.0.41
fake.absender.example. A 192.0.2.99
spam.absender.example. A 127.0.0.45
41.0.0.127.in-addr.arpa. PTR mail.absender.example.
42.0.0.127.in-addr.arpa. PTR fake.absender.example.
45.0.0.127.in-addr.arpa. PTR spam.absender.example.
45.0.0.127.zen.bl.test. A 127.0.0.2
45.0.0.127.zen.bl.test. TXT "listed, see http://bl.test/q?127.0.0.45"
nullmx.example. MX 0 .
red.example. MX 10 mail.absender.example.
local. A 192.0.2.98
`;

function zones(): ZoneMap {
  const { zone, failure } = parseZone(ROOT, '.');
  if (failure !== undefined) throw new Error(`the zone of the names is broken: ${failure}`);
  return new Map([
    [nameKey('.'), { state: 'loaded', zone }],
    [nameKey('servfail.example.'), { state: 'failed', origin: 'servfail.example.' }],
  ]);
}

/** Names take a moment everywhere: long enough that what a client sends too early is there before the greeting. */
const DELAY_MS = 15;

export interface Names {
  readonly socket: Socket;
  readonly address: string;
}

/** Answers until the socket is closed. Throws when no address is free. */
export async function serveNames(): Promise<Names> {
  const known = zones();
  for (const address of ADDRESSES) {
    const socket = createSocket('udp4');
    const isBound = await new Promise<boolean>((done) => {
      socket.once('error', () => done(false));
      socket.bind(53, address, () => done(true));
    });
    if (!isBound) {
      socket.close();
      continue;
    }
    socket.on('message', (bytes, from) => {
      const query = decodeMessage(new Uint8Array(bytes));
      const answer = query.ok ? answerQuery(known, query.value, { transport: 'udp' }) : undefined;
      if (answer !== undefined)
        setTimeout(
          () => socket.send(encodeMessage(answer), from.port, from.address, () => undefined),
          DELAY_MS,
        );
    });
    return { socket, address };
  }
  throw new Error(`port 53 is taken on ${ADDRESSES[0] ?? ''} and those after it`);
}
