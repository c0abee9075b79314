// TLS on a program's sockets: what the program sends is protected, what it hears is plain, the wire carries records. A
// program says `startTls` and goes on as before; it need not know how TLS works. The protection is a model (`net/tls.ts`).

import { nextInt } from '../base/random.ts';
import { connectionOf, type NetInput } from '../net/network.ts';
import {
  openTlsClient,
  openTlsServer,
  tlsClose,
  tlsDrain,
  tlsEnded,
  tlsReceive,
  tlsWrite,
  type TlsConfig,
  type TlsEnd,
} from '../net/tls.ts';
import type { Os } from './program.ts';

/** A program's hands, with the wire below TLS. */
export type TlsOs = Os & { sendRaw(socket: number, bytes: string): void };
type SocketInput = NetInput & { readonly socket: number };

const ESTABLISHED = 'RFC 8446 §4';
const FAILED = 'RFC 8446 §6';

/** Puts TLS on a socket; a client's hello goes out at once. */
export function beginTls(ends: Map<number, TlsEnd>, socket: number, config: TlsConfig, os: TlsOs): void {
  const draws = os.random('tls');
  const random = Uint8Array.from({ length: 32 }, () => nextInt(draws, 256));
  const end =
    config.role === 'client' ? openTlsClient(config.client, random) : openTlsServer(config.server, random);
  ends.set(socket, end);
  for (const output of tlsDrain(end)) if (output.kind === 'wire') os.sendRaw(socket, output.bytes);
}

/** Sends plain text of the program. */
export function sendTls(end: TlsEnd, socket: number, plain: string, os: TlsOs): void {
  tlsWrite(end, plain);
  for (const output of tlsDrain(end)) if (output.kind === 'wire') os.sendRaw(socket, output.bytes);
}

/** Says goodbye before the connection is closed. */
export function endTls(ends: Map<number, TlsEnd>, socket: number, os: TlsOs): void {
  const end = ends.get(socket);
  if (end === undefined) return;
  tlsClose(end);
  for (const output of tlsDrain(end)) if (output.kind === 'wire') os.sendRaw(socket, output.bytes);
  ends.delete(socket);
}

/** What the program hears of an input on a socket with TLS. */
export function hearTls(
  end: TlsEnd,
  input: SocketInput,
  ends: Map<number, TlsEnd>,
  os: TlsOs,
): readonly SocketInput[] {
  const { socket } = input;
  const { role } = end.config;
  const connection = connectionOf(socket);
  if (input.type === 'data') tlsReceive(end, input.bytes, os.now);
  else if (input.type === 'ended' || input.type === 'reset') tlsEnded(end);
  else return [input];
  const heard: SocketInput[] = [];
  for (const output of tlsDrain(end)) {
    const seen = end.peer === undefined ? {} : { peer: end.peer };
    const sizes = { read: end.handshakeRead, written: end.handshakeWritten };
    switch (output.kind) {
      case 'wire':
        os.sendRaw(socket, output.bytes);
        break;
      case 'plain':
        heard.push({ type: 'data', socket, bytes: output.bytes });
        break;
      case 'ticket':
        heard.push({ type: 'ticket', socket, bytes: output.bytes });
        break;
      case 'established': {
        const { session } = output;
        os.cause = os.emit(
          { type: 'tls.established', connection, side: role, session, ...seen },
          ESTABLISHED,
        );
        heard.push({ type: 'secured', socket, session, ...seen, ...sizes });
        break;
      }
      case 'failed': {
        const { failure } = output;
        os.cause = os.emit({ type: 'tls.failed', connection, side: role, failure, ...seen }, FAILED);
        heard.push({ type: 'tlsFailed', socket, failure, ...seen, ...sizes });
        break;
      }
      case 'closed':
        // The end of the stream itself follows.
        break;
    }
  }
  if (input.type !== 'data') {
    ends.delete(socket);
    heard.push(input);
  }
  return heard;
}
