// The door between the simulated internet and something outside it, such as a real TCP socket: whatever is called in here
// opens connections from this host, and what comes back lies in the outbox for the caller to fetch. It adds no byte of
// its own.

import type { ConnectFailure, Endpoint } from '../net/events.ts';
import type { TlsClientConfig, TlsVersion } from '../net/tls.ts';
import type { Input, Os, ProgramDefinition } from './program.ts';

/** What one end may write before its connection stands. */
const EARLY_LIMIT = 4_000_000;

export type GatewayConfig = Readonly<Record<string, never>>;

/** What the outside asks for. `end` names a connection by the outside's own number. Bytes are binary strings. */
export type OutsideCall =
  | { readonly type: 'outside'; readonly end: number; readonly act: 'open'; readonly to: Endpoint }
  | { readonly type: 'outside'; readonly end: number; readonly act: 'write'; readonly bytes: string }
  /** Begin TLS as the client; what is written from here on waits until it stands. Nobody is judged: the outside does that. */
  | {
      readonly type: 'outside';
      readonly end: number;
      readonly act: 'tls';
      readonly version: TlsVersion;
      readonly serverName?: string;
    }
  | { readonly type: 'outside'; readonly end: number; readonly act: 'close' | 'reset' };

/** What the outside gets to know, in order. */
export type OutsideNews =
  | { readonly end: number; readonly kind: 'bytes'; readonly bytes: string }
  | { readonly end: number; readonly kind: 'closed' | 'reset' }
  | { readonly end: number; readonly kind: 'failed'; readonly reason: ConnectFailure };

interface OutsideEnd {
  readonly end: number;
  readonly socket: number;
  /** The connection stands, and no handshake is under way. */
  connected: boolean;
  /** Written before that. */
  early: string;
  closeAfter: boolean;
  /** TLS is to begin as soon as the connection stands. */
  secureWith: TlsClientConfig | undefined;
}

export interface GatewayState {
  readonly ends: Map<number, OutsideEnd>;
  /** Socket to the number of its end. */
  readonly bySocket: Map<number, number>;
  outbox: OutsideNews[];
}

export const gateway: ProgramDefinition<GatewayConfig, GatewayState> = {
  start: (): GatewayState => ({ ends: new Map(), bySocket: new Map(), outbox: [] }),

  handle(state: GatewayState, input: Input, os: Os): void {
    switch (input.type) {
      case 'call': {
        if (input.call.type !== 'outside') return;
        const { call } = input;
        const known = state.ends.get(call.end);
        if (call.act === 'open') {
          const socket = os.connect(call.to);
          state.bySocket.set(socket, call.end);
          state.ends.set(call.end, {
            end: call.end,
            socket,
            connected: false,
            early: '',
            closeAfter: false,
            secureWith: undefined,
          });
        } else if (known === undefined) return;
        else if (call.act === 'write') {
          if (known.connected) os.send(known.socket, call.bytes);
          else if (known.early.length + call.bytes.length <= EARLY_LIMIT) known.early += call.bytes;
          else {
            os.reset(known.socket);
            forget(state, known);
            state.outbox.push({ end: known.end, kind: 'reset' });
          }
        } else if (call.act === 'tls') {
          const { version, serverName } = call;
          known.secureWith = {
            roots: os.host.roots,
            enforce: false,
            versions: [version],
            ...(serverName === undefined ? {} : { serverName }),
          };
          if (known.connected) secure(known, os);
        } else if (call.act === 'reset') {
          os.reset(known.socket);
          forget(state, known);
        } else if (known.connected) os.close(known.socket);
        else known.closeAfter = true;
        return;
      }
      case 'connected':
      case 'secured':
      case 'tlsFailed':
      case 'connectFailed':
      case 'data':
      case 'ended':
      case 'reset': {
        const known = state.ends.get(state.bySocket.get(input.socket) ?? -1);
        if (known === undefined) return;
        if (input.type === 'connected' && known.secureWith !== undefined) secure(known, os);
        else if (input.type === 'connected' || input.type === 'secured') {
          known.connected = true;
          os.send(known.socket, known.early);
          known.early = '';
          if (known.closeAfter) os.close(known.socket);
        } else if (input.type === 'tlsFailed') {
          forget(state, known);
          state.outbox.push({ end: known.end, kind: 'reset' });
          os.close(known.socket);
        } else if (input.type === 'data')
          state.outbox.push({ end: known.end, kind: 'bytes', bytes: input.bytes });
        else {
          forget(state, known);
          if (input.type === 'connectFailed')
            state.outbox.push({ end: known.end, kind: 'failed', reason: input.reason });
          else state.outbox.push({ end: known.end, kind: input.type === 'ended' ? 'closed' : 'reset' });
          if (input.type === 'ended') os.close(known.socket);
        }
        return;
      }
      default:
        return;
    }
  },
};

/** From here on the wire carries records. */
function secure(end: OutsideEnd, os: Os): void {
  if (end.secureWith === undefined) return;
  end.connected = false;
  os.startTls(end.socket, { role: 'client', client: end.secureWith });
  end.secureWith = undefined;
}

function forget(state: GatewayState, end: OutsideEnd): void {
  state.ends.delete(end.end);
  state.bySocket.delete(end.socket);
}
