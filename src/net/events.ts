// What the network itself can tell: segments, datagrams, refusals. Knows no mail. Every event of the whole system wears
// the envelope defined here.

import type { Time } from '../base/dates.ts';

/** The head of every trace event. */
export interface TraceEnvelope {
  /** Position in the trace, from 1. */
  readonly seq: number;
  readonly at: Time;
  /** The host that it happened on; '' for the world itself. */
  readonly host: string;
  /** The event that led to this one. */
  readonly cause?: number;
  /** The clause that decided: `RFC 7208 §4.6.4`. */
  readonly rule?: string;
}

/** An address with a port, as its owner sees it. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export type ConnectFailure = 'refused' | 'timedOut' | 'hostUnreachable' | 'networkUnreachable' | 'prohibited';

/** Why something did not arrive. */
export type DropReason = 'firewall' | 'loss' | 'noRoute' | 'noHost' | 'linkDown' | 'hostDown';

/** `path` lists the hosts passed, ends included. `connection` numbers are unique in a world. */
export type NetEvent =
  | {
      readonly type: 'net.connect';
      readonly connection: number;
      readonly from: Endpoint;
      readonly to: Endpoint;
      readonly toHost: string | undefined;
      readonly path: readonly string[];
      readonly arrives: Time;
    }
  | {
      readonly type: 'net.accept';
      readonly connection: number;
      readonly port: number;
      readonly remote: Endpoint;
      readonly arrives: Time;
    }
  | { readonly type: 'net.connected'; readonly connection: number }
  | {
      readonly type: 'net.connectFailed';
      readonly connection: number;
      readonly to: Endpoint;
      readonly reason: ConnectFailure;
    }
  | {
      readonly type: 'net.data';
      readonly connection: number;
      /** Who sends: the side that opened the connection, or the other. */
      readonly side: 'client' | 'server';
      readonly toHost: string;
      readonly path: readonly string[];
      /** Binary string, as it was sent. */
      readonly bytes: string;
      /** What arrives, where a host on the way changed it. */
      readonly arrived?: string;
      /** When the last byte arrives. */
      readonly arrives: Time;
    }
  /** This host, on the way, changed what somebody sent: `data` is the event of sending. */
  | {
      readonly type: 'net.meddled';
      readonly connection: number;
      readonly data: number;
      readonly side: 'client' | 'server';
      readonly what: 'starttls';
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly type: 'net.close';
      readonly connection: number;
      readonly side: 'client' | 'server';
      readonly toHost: string;
      readonly how: 'fin' | 'reset';
      readonly arrives: Time;
    }
  | {
      readonly type: 'net.datagram';
      readonly from: Endpoint;
      readonly to: Endpoint;
      readonly toHost: string | undefined;
      readonly path: readonly string[];
      readonly bytes: string;
      readonly arrives: Time;
    }
  | {
      readonly type: 'net.icmp';
      readonly kind: 'echo' | 'echoReply' | 'portUnreachable' | 'hostUnreachable' | 'prohibited';
      readonly toHost: string | undefined;
      readonly to: string;
      readonly path: readonly string[];
      readonly arrives: Time;
    }
  | {
      readonly type: 'net.drop';
      readonly what: 'tcp' | 'udp' | 'icmp';
      readonly to: Endpoint;
      readonly reason: DropReason;
      /** The host whose rule or link swallowed it. */
      readonly by: string;
    }
  /** A bound of the simulator was hit; the work stops here instead of hanging. */
  | {
      readonly type: 'net.bound';
      readonly bound: 'eventsPerRun' | 'queue' | 'buffer';
      readonly limit: number;
    };
