// What the owner of a mailing list sets, and what the list program keeps. The names follow GNU Mailman 3 where it has one.
// Plain data.

import type { DmarcPolicy } from '../../auth/dmarc-record.ts';
import type { ClientSession } from '../../smtp/client.ts';
import type { ServerSession } from '../../smtp/session.ts';
import type { ArcSealConfig } from '../mta/config.ts';
import type { PolicyDesk } from '../policy.ts';

/** dmarc_mitigate_action: what is done for authors whose domain asks others to reject or quarantine. */
export const MITIGATIONS = ['none', 'munge', 'wrap', 'reject'] as const;
export type Mitigation = (typeof MITIGATIONS)[number];

export interface MailingListConfig {
  readonly hostname: string;
  /** Where it takes mail over LMTP from its mail server. */
  readonly port: number;
  /** The mail server that it hands mail to. */
  readonly via: { readonly host: string; readonly address: string; readonly port: number };
  /** Whose Authentication-Results it believes. */
  readonly trustedAuthservId: string;
  /** `garden` and `linde.example` make garden@linde.example and garden-bounces@linde.example. */
  readonly name: string;
  readonly domain: string;
  /** `Garden` */
  readonly title: string;
  readonly owner: string;
  /** Who is on the list at the start. */
  readonly members: readonly string[];
  /** subject_prefix: `[Garden]` before the subject. */
  readonly subjectTag: boolean;
  /** A few lines under every post. */
  readonly footer: boolean;
  /** A sender of its own for every member, so that a bounce names whom it is about. */
  readonly verp: boolean;
  readonly mitigation: Mitigation;
  /** dmarc_mitigate_unconditionally: for every author, whatever their domain asks for. */
  readonly mitigateAlways: boolean;
  /** ARC, which is on its way to historic status. */
  readonly arcSeal?: ArcSealConfig;
  /** bounce_score_threshold: a member with so many bounces is unsubscribed; Mailman begins with 5. */
  readonly bounceScoreThreshold: number;
  /** Mailman counts one bounce of a member a day, however many come; false counts each. */
  readonly bounceOncePerDay: boolean;
}

/** One address on the list. */
export interface Member {
  readonly address: string;
  score: number;
  lastBounceAt: number | undefined;
}

/** A client of the LMTP side. */
export interface ListClient {
  readonly socket: number;
  readonly connection: number;
  readonly session: ServerSession;
}

/** A message to be handed to the mail server. Of a post, or a note of the list's own. */
export interface OutgoingMessage {
  readonly id: number;
  /** The post that it carries; '' for a note. */
  readonly post: string;
  readonly reversePath: string;
  /** Those still without a result. */
  recipients: string[];
  /** Hash of the bytes. */
  readonly message: string;
  /** The event that it follows from. */
  readonly cause: number | undefined;
}

/** A post that waits for the policy of its author's domain. */
export interface PostJob {
  readonly post: string;
  readonly message: string;
  readonly cause: number | undefined;
}

export interface MailingListState {
  readonly config: MailingListConfig;
  readonly members: Map<string, Member>;
  readonly clients: Map<number, ListClient>;
  readonly outbox: OutgoingMessage[];
  /** The session with the mail server, for the first of the outbox. */
  sending: { readonly socket: number; client: ClientSession | undefined } | undefined;
  /** The mail server could not be reached; the next try comes by timer. */
  isWaiting: boolean;
  nextPost: number;
  nextOutgoing: number;
  readonly desk: PolicyDesk<PostJob>;
}

/** `garden@linde.example`, `garden-bounces@linde.example` */
export function listAddress(config: MailingListConfig, role = ''): string {
  return `${config.name}${role === '' ? '' : `-${role}`}@${config.domain}`;
}

/** A message as it came in over LMTP, for one of the list's addresses. */
export interface Incoming {
  readonly text: string;
  readonly reversePath: string;
  readonly address: string;
  readonly connection: number;
}

/** Why the list did with a message what it did. */
export type ListReason =
  'member' | 'notMember' | 'dmarcPolicy' | 'loop' | 'automatic' | 'bounce' | 'owner' | 'command';

/** What was changed in a post. */
export type ListChange = 'subject' | 'footer' | 'from' | 'wrapped' | 'sealed';

/** What the list decided about a message. */
export interface ListDecision {
  readonly action: 'distribute' | 'reject' | 'discard' | 'count' | 'command' | 'forward';
  readonly reason: ListReason;
  readonly mitigation: Mitigation;
  readonly changes: readonly ListChange[];
  /** How many got a copy. */
  readonly members: number;
  /** What the author's domain asks of receivers. */
  readonly policy?: DmarcPolicy;
}

/** The name of a copy in the events of its session: what a queue id is to a mail server. */
export function copyId(list: string, copy: number): string {
  return `${list}/${copy}`;
}
