// The MTA's state and the things its parts share. Plain data.

import type { StsPolicy } from '../../auth/mta-sts.ts';
import type { Time } from '../../base/dates.ts';
import type { ClientSession } from '../../smtp/client.ts';
import type { Peer, ServerSession } from '../../smtp/session.ts';
import type { RouteCandidate } from '../events.ts';
import type { PolicyDesk } from '../policy.ts';
import type { MtaConfig } from './config.ts';
import type { TlsSession } from '../../net/tls.ts';
import type { Greylist } from './greylist.ts';
import type { QueuedMessage } from './queue.ts';
import type { SmtpdService } from './submission.ts';
import type { RestrictionFindings, RestrictionInput } from './restrictions.ts';
import type { RouteInput, TlsaFinding } from './routing.ts';
import type { StsInput } from './sts.ts';
import type { TlsPolicy } from './tls-client.ts';
import type { VerifyInput } from './verify.ts';

/** One client of smtpd. The session opens once the client's name is known. */
export interface SmtpdClient {
  readonly socket: number;
  readonly connection: number;
  readonly address: string;
  readonly port: number;
  readonly service: SmtpdService;
  readonly pid: number;
  session: ServerSession | undefined;
  /** `wait`: TLS comes first and is not there yet. */
  tls: TlsSession | 'wait' | undefined;
  /** The question that STARTTLS asked. */
  handshake: number | undefined;
  /** How the client logged in. */
  loginWay: string | undefined;
  /** Its name is known: the session may open. */
  isNamed: boolean;
  /** What came before the session was open. */
  early: string;
  earlyEnd: 'no' | 'ended' | 'reset';
  peer: Peer;
  /** Field that the policy service puts on top, with its line end. */
  prepend?: string | undefined;
  /** Given with the first recipient that is accepted. */
  queueId: string | undefined;
  /** What was looked up for the sender of this transaction; `key` says for which question. */
  findings?: { readonly key: string; readonly found: RestrictionFindings } | undefined;
}

/** One attempt to hand a message on to one next hop. */
export interface Delivery {
  readonly id: number;
  readonly queueId: string;
  readonly domain: string;
  readonly transport: 'smtp' | 'lmtp';
  readonly port: number;
  /** Addresses still without a final result in this attempt. */
  recipients: string[];
  candidates: readonly RouteCandidate[];
  /** Index of the candidate that is tried now. */
  at: number;
  /** SMTP sessions so far, of at most two (smtp_mx_session_limit). */
  sessions: number;
  socket: number | undefined;
  client: ClientSession | undefined;
  readonly startedAt: Time;
  connectedAt: Time | undefined;
  /** The trace event that everything in this attempt follows from. */
  cause: number | undefined;
  readonly pid: number;
  /** For DANE: what the DNS says of the hosts. */
  tlsa: readonly TlsaFinding[];
  /** The domain's MTA-STS policy, when there is one. */
  sts: StsEntry | undefined;
  /** What holds for the host that is tried now. */
  policy: TlsPolicy | undefined;
  /** The handshake with that host failed before: now without. */
  inClear: boolean;
  /** The newest failure, which becomes the result if no other address is left. */
  failure: { dsn: string; text: string; relay: string } | undefined;
}

/** An MTA-STS policy that is remembered. */
export interface StsEntry {
  readonly id: string;
  readonly policy: StsPolicy;
  readonly expiresAt: Time;
}

/** A policy that is being fetched. */
export interface StsFetch {
  readonly delivery: number;
  readonly domain: string;
  readonly id: string;
  received: string;
}

/** Which policy is waiting for DNS, and what its verdict is for. */
export type MtaJob =
  | { readonly kind: 'clientName'; readonly socket: number; readonly address: string }
  | {
      readonly kind: 'restrictions';
      readonly socket: number;
      readonly question: number;
      readonly input: RestrictionInput;
    }
  | { readonly kind: 'route'; readonly delivery: number; readonly input: RouteInput }
  | { readonly kind: 'sts'; readonly delivery: number; readonly input: StsInput }
  | {
      readonly kind: 'verify';
      readonly socket: number;
      readonly question: number;
      /** Hash of the message as received. */
      readonly message: string;
      /** The event of its end of data. */
      readonly cause: number | undefined;
      readonly input: VerifyInput;
    };

export interface MtaState {
  readonly config: MtaConfig;
  readonly startedAt: Time;
  readonly clients: Map<number, SmtpdClient>;
  readonly queue: Map<string, QueuedMessage>;
  readonly usedIds: Set<string>;
  readonly deliveries: Map<number, Delivery>;
  nextDelivery: number;
  readonly desk: PolicyDesk<MtaJob>;
  /** By domain. */
  readonly sts: Map<string, StsEntry>;
  readonly greylist: Greylist;
  /** How often messages came through, by Message-ID and recipients. */
  readonly seen: Map<string, number>;
  /** By socket. */
  readonly stsFetches: Map<number, StsFetch>;
}
