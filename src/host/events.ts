// The closed union of everything that can happen. Each event is plain data and complete: what is shown, hinted, scored or
// asserted anywhere is read from these and from nothing else.

import type { ArcTrust } from '../auth/arc-trust.ts';
import type { ArcVerdict } from '../auth/arc-verdict.ts';
import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import type { DmarcDecision } from '../auth/dmarc-receiver.ts';
import type { DmarcVerdict } from '../auth/dmarc.ts';
import type { ReportDestination } from '../auth/report-destination.ts';
import type { SpfVerdict } from '../auth/spf-verdict.ts';
import type { Time } from '../base/dates.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import type { ResolverNote } from '../dns/resolver.ts';
import type { ReportPolicy, ReportRow } from '../message/report-aggregate.ts';
import type { Endpoint, NetEvent, TraceEnvelope } from '../net/events.ts';
import type { TlsFailure, TlsPeer, TlsSession } from '../net/tls.ts';
import type { ImapClientNote } from '../imap/client-session.ts';
import type { ImapNote } from '../imap/session.ts';
import type { Pop3ClientNote } from '../pop3/client.ts';
import type { Pop3Note } from '../pop3/session.ts';
import type { ClientNote } from '../smtp/client.ts';
import type { ServerNote } from '../smtp/session.ts';
import type { SieveCopyPurpose } from './mda/config.ts';
import type { SieveRunReport } from './mda/report.ts';
import type { MailClientNote } from './mail-client/notes.ts';
import type { ListDecision } from './list/config.ts';
import type { ContentFinding } from '../filter/test-strings.ts';
import type { GreylistVerdict } from './mta/greylist.ts';
import type { DaneGap, TlsAuthority } from './mta/tls-client.ts';
import type { TlsLevel } from './mta/tls-levels.ts';
import type { SettingValue } from './settings.ts';

/** One host that a message could be handed to, and what became of the idea (RFC 5321 §5.1). */
export interface RouteCandidate {
  readonly preference: number;
  readonly host: string;
  readonly address: string;
  readonly verdict: 'chosen' | 'next' | 'noAddress' | 'ownHost' | 'limit' | 'noIpv6';
}

/** What became of one recipient in one attempt. */
export interface RecipientResult {
  readonly recipient: string;
  readonly status: 'sent' | 'deferred' | 'bounced' | 'expired' | 'discarded';
  /** Enhanced status code (RFC 3463). */
  readonly dsn: string;
  /** As the log prints it in parentheses. */
  readonly text: string;
  /** `mx.hafen.example[198.51.100.25]:25`, or `none`. */
  readonly relay: string;
}

/** Why the delivery agent chose a folder. */
export interface PlacementReason {
  readonly id:
    | 'dmarcQuarantine'
    | 'dmarcReject'
    | 'dmarcOverridden'
    | 'dmarcPass'
    | 'spfFail'
    | 'noVerdict'
    | 'rule'
    | 'default'
    | 'catchAll'
    | 'subaddress'
    | 'subaddressNoFolder'
    | 'sieveKeep'
    | 'sieveImplicitKeep'
    | 'sieveFileinto'
    | 'sieveNoFolder'
    | 'sieveLoop'
    | 'sieveCopy'
    | 'sieveError'
    | 'redirectRefused';
  readonly params: Readonly<Record<string, string | number>>;
}

/** Why a report was not sent. */
export type WithheldReason =
  | Exclude<ReportDestination['because'], 'same-organization' | 'allowed' | 'redirected'>
  | 'no-address'
  | 'refused'
  | 'failures-off'
  | 'failures-limit';

export type HostEvent =
  // ---- the learner and the world's outside
  | { readonly type: 'world.open'; readonly scenario: string; readonly seed: string }
  | { readonly type: 'world.pass'; readonly until: Time }
  | { readonly type: 'world.answer'; readonly question: string; readonly choice: string }
  /** The learner changed a setting of a program on this host. */
  | {
      readonly type: 'program.configured';
      readonly program: string;
      readonly setting: string;
      readonly value: SettingValue;
    }
  /** The learner put a file there. `size` counts characters. */
  | { readonly type: 'file.written'; readonly path: string; readonly size: number }
  | {
      readonly type: 'shell.input';
      readonly terminal: string;
      readonly program: string;
      readonly text: string;
    }
  | { readonly type: 'shell.key'; readonly terminal: string; readonly program: string; readonly key: string }
  /** What a terminal prints. `connection` when the text came from a peer. */
  | {
      readonly type: 'shell.output';
      readonly terminal: string;
      readonly text: string;
      readonly connection?: number;
    }
  /** A command begins or ends; `program` is '' at the prompt. */
  | {
      readonly type: 'shell.state';
      readonly terminal: string;
      readonly program: string;
      readonly prompt: string;
      readonly connectedTo?: string;
      readonly connection?: number;
      readonly waitsUntil?: Time;
      /** Exit code of the command that just ended. */
      readonly exit?: number;
    }
  // ---- DNS
  | {
      readonly type: 'dns.lookup';
      readonly question: DnsQuestion;
      readonly answer: DnsAnswer;
      readonly program: string;
    }
  /** A name server answered a query; names and types as on the wire. */
  | {
      readonly type: 'dns.served';
      readonly client: Endpoint;
      /** Any type, not only those that a policy may ask for. */
      readonly question: { readonly name: string; readonly type: string };
      readonly status: string;
      readonly zone: string;
      readonly transport: 'udp' | 'tcp';
    }
  | { readonly type: 'dns.resolver'; readonly note: ResolverNote }
  | { readonly type: 'zone.published'; readonly zone: string; readonly text: string; readonly serial: number }
  | {
      readonly type: 'zone.rejected';
      readonly zone: string;
      readonly text: string;
      readonly errors: readonly { readonly line: number; readonly column: number; readonly code: string }[];
    }
  /** What became of a secondary's copy of a zone. `offered` is the serial that was not newer than its own. */
  | {
      readonly type: 'zone.copy';
      readonly zone: string;
      readonly what: 'transferred' | 'current' | 'failed' | 'expired';
      /** Address of the primary. */
      readonly from?: string;
      readonly serial?: number;
      readonly offered?: number;
      readonly why?: string;
    }
  /** A resolver's memory was emptied (`rndc flush`), or what it knew at and below `name` (`rndc flushtree`). */
  | { readonly type: 'resolver.flushed'; readonly name?: string }
  // ---- TLS: a model at the record layer, real certificates
  | {
      readonly type: 'tls.established';
      readonly connection: number;
      readonly side: 'client' | 'server';
      readonly session: TlsSession;
      /** What the client makes of the server's certificate. */
      readonly peer?: TlsPeer;
    }
  | {
      readonly type: 'tls.failed';
      readonly connection: number;
      readonly side: 'client' | 'server';
      readonly failure: TlsFailure;
      readonly peer?: TlsPeer;
    }
  // ---- SMTP and LMTP, both ends
  | { readonly type: 'smtp.server'; readonly connection: number; readonly note: ServerNote }
  | {
      readonly type: 'smtp.client';
      readonly connection: number;
      readonly queueId: string;
      readonly note: ClientNote;
    }
  /** What must hold for TLS with a host, where DANE or MTA-STS had a say (or should have had one). */
  | {
      readonly type: 'smtp.tlsPolicy';
      readonly queueId: string;
      readonly host: string;
      readonly configured: TlsLevel;
      readonly level: TlsLevel;
      readonly by: TlsAuthority;
      /** Names that the certificate may bear. */
      readonly names: readonly string[];
      /** Why DANE does not hold. */
      readonly gap?: DaneGap;
      /** The host is not even tried. */
      readonly refusal?: string;
    }
  /** What became of TLS on a connection of the sending end. */
  | {
      readonly type: 'smtp.tls';
      readonly connection: number;
      readonly queueId: string;
      readonly host: string;
      readonly level: TlsLevel;
      readonly by: TlsAuthority;
      /**
       * `clear`: not offered, so in clear. `fallback`: the handshake failed, once more in clear. `notOffered`, `notTrusted`,
       * `notVerified`, `handshakeFailed`: nothing was sent.
       */
      readonly outcome:
        | 'verified'
        | 'trusted'
        | 'untrusted'
        | 'clear'
        | 'fallback'
        | 'notOffered'
        | 'notTrusted'
        | 'notVerified'
        | 'handshakeFailed';
    }
  /** What is known of a domain's MTA-STS policy: newly fetched, remembered, kept although the record is gone, or not to be had. */
  | {
      readonly type: 'smtp.sts';
      readonly queueId: string;
      readonly domain: string;
      readonly result: 'fetched' | 'remembered' | 'kept' | 'failed';
      readonly problem?: string;
      readonly mode?: 'enforce' | 'testing' | 'none';
      readonly mx?: readonly string[];
      readonly id?: string;
      readonly expiresAt?: Time;
    }
  /** A look at the client itself, before any message: its names in the DNS, or a block list. */
  | {
      readonly type: 'client.checked';
      readonly connection: number;
      readonly address: string;
      readonly check: 'reverseName' | 'blockList';
      readonly result: 'pass' | 'reject' | 'noAnswer';
      /** The name that the address has, if any. */
      readonly name?: string;
      readonly list?: string;
      /** What the list says of the address. */
      readonly text?: string;
    }
  /** Greylisting looked at a recipient. */
  | {
      readonly type: 'client.greylisted';
      readonly connection: number;
      readonly address: string;
      readonly sender: string;
      readonly recipient: string;
      readonly verdict: GreylistVerdict;
    }
  /** The virus scanner or the spam filter found something in a message. */
  | {
      readonly type: 'content.found';
      readonly connection: number;
      readonly queueId: string;
      readonly finding: ContentFinding;
    }
  // ---- the queue
  /** A message was taken into responsibility. `connection` is the one it came in by; absent for the MTA's own bounces. */
  | {
      readonly type: 'queue.accept';
      readonly queueId: string;
      readonly message: string;
      readonly size: number;
      readonly reversePath: string;
      readonly recipients: readonly string[];
      readonly connection?: number;
      /** It reports the failure of this queue id. */
      readonly bounceOf?: string;
      /** It only reports that the other still waits. */
      readonly isWarning?: true;
    }
  /** An alias was followed. `added`: recipients of this message that it brought, in place of the alias if it `isReplaced`. */
  | {
      readonly type: 'queue.alias';
      readonly queueId: string;
      readonly table: 'virtual' | 'local';
      readonly address: string;
      /** Every alias on the way. */
      readonly followed: readonly string[];
      /** Where it leads in the end. */
      readonly targets: readonly string[];
      readonly added: readonly string[];
      readonly isReplaced?: true;
      /** It leads in a circle: by its own lines, or the message has been through these hands. */
      readonly loop?: 'aliases' | 'deliveredTo';
    }
  /** A bound of the simulator was hit: the message is put on hold instead of going round for ever. */
  | {
      readonly type: 'queue.bound';
      readonly queueId: string;
      readonly bound: 'hops';
      readonly limit: number;
    }
  | { readonly type: 'queue.active'; readonly queueId: string }
  | {
      readonly type: 'queue.route';
      readonly queueId: string;
      readonly domain: string;
      readonly method: 'mx' | 'implicitMx' | 'literal' | 'transport' | 'none';
      readonly candidates: readonly RouteCandidate[];
      readonly problem?: string;
    }
  | {
      readonly type: 'queue.result';
      readonly queueId: string;
      readonly result: RecipientResult;
      readonly connection?: number;
    }
  | {
      readonly type: 'queue.deferred';
      readonly queueId: string;
      readonly until: Time;
      readonly reason: string;
    }
  | {
      readonly type: 'queue.bounce';
      readonly queueId: string;
      readonly bounceId: string;
      readonly recipient: string;
    }
  /** The sender was told that the message still waits. */
  | { readonly type: 'queue.warned'; readonly queueId: string; readonly warningId: string }
  /** An administrator put it on hold, let it go, deleted it or sent it through the queue again (postsuper). */
  | {
      readonly type: 'queue.administered';
      readonly queueId: string;
      readonly act: 'hold' | 'release' | 'delete' | 'requeue';
    }
  | { readonly type: 'queue.removed'; readonly queueId: string }
  | { readonly type: 'queue.discarded'; readonly queueId: string; readonly reason: string }
  // ---- authentication
  | {
      readonly type: 'auth.signed';
      readonly queueId: string;
      readonly domain: string;
      readonly selector: string;
      readonly algorithm: string;
    }
  | {
      readonly type: 'auth.spf';
      /** '' at RCPT. */
      readonly queueId: string;
      readonly connection: number;
      /** It decided at RCPT, before there was a message. */
      readonly stage?: 'rcpt';
      readonly verdict: SpfVerdict;
    }
  | {
      readonly type: 'auth.dkim';
      readonly queueId: string;
      readonly connection: number;
      readonly verdicts: readonly DkimVerdict[];
    }
  | {
      readonly type: 'auth.dmarc';
      readonly queueId: string;
      readonly connection: number;
      readonly verdict: DmarcVerdict;
      readonly decision: DmarcDecision;
    }
  // ---- reports
  /** The row that a judged message will be in the report to its domain. */
  | {
      readonly type: 'report.collected';
      readonly queueId: string;
      readonly connection: number;
      /** Where the policy was found. */
      readonly domain: string;
      readonly policy: ReportPolicy;
      readonly row: ReportRow;
    }
  /** The own server has taken a report. */
  | {
      readonly type: 'report.sent';
      readonly kind: 'aggregate' | 'failure';
      readonly domain: string;
      readonly to: string;
      readonly reportId: string;
      /** How many messages it tells of, in how many records. */
      readonly messages: number;
      readonly records: number;
      /** Seconds since 1970. */
      readonly begin: number;
      readonly end: number;
    }
  | {
      readonly type: 'report.withheld';
      readonly kind: 'aggregate' | 'failure';
      readonly domain: string;
      /** As the record names it; '' when it names nobody. */
      readonly to: string;
      readonly because: WithheldReason;
      readonly messages: number;
      /** The name that should have held the permission. */
      readonly lookup?: string;
    }
  /** ARC (RFC 8617), which is on its way to historic status: the chain, and whether it may overrule DMARC here. */
  | {
      readonly type: 'auth.arc';
      readonly queueId: string;
      readonly connection: number;
      readonly verdict: ArcVerdict;
      readonly trust: ArcTrust;
    }
  /** This host put an ARC set on a message that it hands on. */
  | {
      readonly type: 'auth.sealed';
      readonly queueId: string;
      readonly domain: string;
      readonly selector: string;
      readonly instance: number;
      readonly chain: 'none' | 'pass' | 'fail';
    }
  /** A forwarder rewrote the sender, turned it back, or could not. */
  | {
      readonly type: 'queue.srs';
      readonly queueId: string;
      readonly direction: 'forward' | 'reverse';
      readonly address: string;
      readonly result: string;
      readonly problem?: string;
    }
  // ---- delivery
  | {
      readonly type: 'mailbox.placed';
      readonly connection: number;
      readonly user: string;
      readonly recipient: string;
      readonly folder: string;
      readonly reasons: readonly PlacementReason[];
    }
  | {
      readonly type: 'mailbox.delivered';
      readonly connection: number;
      readonly user: string;
      readonly recipient: string;
      readonly folder: string;
      readonly uid: number;
      /** The message as stored. */
      readonly message: string;
      readonly reversePath: string;
      /** That a script gave it. */
      readonly flags?: readonly string[];
    }
  /** The owner's Sieve script ran over a message: every test, and what it led to. */
  | ({
      readonly type: 'sieve.run';
      readonly connection: number;
      readonly user: string;
      readonly recipient: string;
    } & SieveRunReport)
  /** A script sends something; it waits to be handed to the mail server. `connection`: by which its cause came. */
  | {
      readonly type: 'sieve.copy';
      readonly connection: number;
      readonly user: string;
      readonly copy: number;
      readonly purpose: SieveCopyPurpose;
      readonly message: string;
      readonly reversePath: string;
      readonly recipients: readonly string[];
    }
  | {
      readonly type: 'sieve.result';
      readonly user: string;
      readonly copy: number;
      readonly purpose: SieveCopyPurpose;
      readonly recipient: string;
      readonly status: 'sent' | 'refused';
      readonly text: string;
    }
  /** A mailbox has grown past a share of its limit at which its owner is warned. */
  | {
      readonly type: 'mailbox.quota';
      readonly user: string;
      readonly percent: number;
      readonly bytes: number;
      readonly messages: number;
      readonly limitBytes?: number;
      readonly limitMessages?: number;
    }
  /** Messages came out of a file into a folder, over no wire: all that were asked for, with what they are from now on. */
  | {
      readonly type: 'mailbox.imported';
      readonly user: string;
      readonly folder: string;
      /** Name of the file. */
      readonly file: string;
      readonly messages: readonly {
        readonly uid: number;
        readonly flags: readonly string[];
        /** Hash of its bytes. */
        readonly message: string;
        readonly at: Time;
      }[];
    }
  /** A folder as it is after somebody worked in it over IMAP or POP3, or after a delivery while somebody looked. */
  | {
      readonly type: 'mailbox.folder';
      readonly user: string;
      readonly folder: string;
      readonly messages: readonly {
        readonly uid: number;
        readonly flags: readonly string[];
        /** Hash of its bytes. */
        readonly message: string;
        readonly at: Time;
      }[];
      readonly isGone?: true;
    }
  // ---- POP3 and IMAP
  | { readonly type: 'imap.server'; readonly connection: number; readonly note: ImapNote }
  | { readonly type: 'pop3.server'; readonly connection: number; readonly note: Pop3Note }
  // ---- mail programs on people's devices
  | { readonly type: 'imap.client'; readonly connection: number; readonly note: ImapClientNote }
  | { readonly type: 'pop3.client'; readonly connection: number; readonly note: Pop3ClientNote }
  /** `connection`: the one that it is about, if it is about one. */
  | {
      readonly type: 'mail.client';
      readonly program: string;
      readonly note: MailClientNote;
      readonly connection?: number;
    }
  | {
      readonly type: 'mailbox.refused';
      readonly connection: number;
      readonly recipient: string;
      readonly reason: string;
    }
  // ---- mailing lists
  /** The list program took a message for one of its addresses (`role`) into responsibility. */
  | {
      readonly type: 'list.accept';
      readonly list: string;
      readonly post: string;
      readonly message: string;
      readonly role: string;
      readonly connection: number;
      readonly reversePath: string;
    }
  | ({ readonly type: 'list.decided'; readonly list: string; readonly post: string } & ListDecision)
  /** A copy, or a note of the list's own (`post` is ''), waits to be handed to the mail server. */
  | {
      readonly type: 'list.copy';
      readonly list: string;
      readonly post: string;
      readonly copy: number;
      readonly message: string;
      readonly reversePath: string;
      readonly recipients: readonly string[];
    }
  | {
      readonly type: 'list.result';
      readonly list: string;
      readonly post: string;
      readonly copy: number;
      readonly recipient: string;
      readonly status: 'sent' | 'refused';
      readonly text: string;
    }
  /** A report says that a member could not be reached. */
  | {
      readonly type: 'list.bounce';
      readonly list: string;
      readonly member: string;
      readonly score: number;
      readonly threshold: number;
      /** False: there was one today already. */
      readonly isCounted: boolean;
      readonly status: string;
      readonly text: string;
    }
  | {
      readonly type: 'list.member';
      readonly list: string;
      readonly member: string;
      readonly change: 'joined' | 'left' | 'bouncedOff';
    }
  // ---- logs
  | { readonly type: 'log.line'; readonly file: string; readonly text: string };

export type TraceEvent = TraceEnvelope & (NetEvent | HostEvent);

/** The event of one type, envelope included. */
export type EventOf<T extends TraceEvent['type']> = Extract<TraceEvent, { readonly type: T }>;
