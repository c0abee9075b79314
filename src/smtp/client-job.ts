// What a client session is given and what it gives back, as plain data: configuration, one delivery, the fate of every
// recipient, notes, and the session's state. What is done with them is in `client.ts`.

import type { Time } from '../base/dates.ts';
import type { SaslClient, SaslIdentity } from '../sasl/client.ts';
import { STUFF_RULES, type StuffRules } from './dot.ts';
import type { Reply } from './reply.ts';
import type { NotifyWord } from './session.ts';

/** Postfix's time limits in milliseconds (RFC 5321 §4.5.3.2 wants at least as much for most). */
export interface ClientTimeouts {
  readonly heloMs: number;
  readonly mailMs: number;
  readonly rcptMs: number;
  readonly dataInitMs: number;
  readonly dataXferMs: number;
  readonly dataDoneMs: number;
  readonly rsetMs: number;
  readonly quitMs: number;
}

export const CLIENT_TIMEOUTS: ClientTimeouts = {
  heloMs: 300_000,
  mailMs: 300_000,
  rcptMs: 300_000,
  dataInitMs: 120_000,
  dataXferMs: 180_000,
  dataDoneMs: 600_000,
  rsetMs: 20_000,
  quitMs: 300_000,
};

export interface ClientConfig {
  readonly protocol: 'smtp' | 'lmtp';
  /** What EHLO announces: smtp_helo_name. */
  readonly heloName: string;
  readonly timeouts: ClientTimeouts;
  readonly stuffing: StuffRules;
  /** EHLO words to overlook: smtp_discard_ehlo_keywords, lower case. */
  readonly discardEhloKeywords: readonly string[];
  /** smtp_skip_quit_response: close right after QUIT. */
  readonly skipQuitResponse: boolean;
  /** A server that calls itself by our own name is ourselves. */
  readonly detectLoop: boolean;
  /** smtp_tls_security_level: none, may, encrypt; `active`: the connection is secured before the greeting (465). */
  readonly tls: 'none' | 'may' | 'encrypt' | 'active';
  /** smtp_sasl_password_maps: who to log in as. */
  readonly login?: SaslIdentity;
  /** For SCRAM: new for every session. */
  readonly nonce: string;
}

export function clientConfig(heloName: string, changes: Partial<ClientConfig> = {}): ClientConfig {
  return {
    protocol: 'smtp',
    heloName,
    timeouts: CLIENT_TIMEOUTS,
    stuffing: STUFF_RULES,
    discardEhloKeywords: [],
    skipQuitResponse: true,
    detectLoop: changes.protocol !== 'lmtp',
    tls: 'none',
    nonce: 'nonce',
    ...changes,
  };
}

export interface ClientRecipient {
  /** Internal form, binary string. */
  readonly address: string;
  readonly notify?: readonly NotifyWord[];
  readonly orcpt?: { readonly type: string; readonly address: string };
}

/** One delivery. Strings are binary strings. */
export interface ClientJob {
  /** The host at the other end, for the texts: `mx.blue.example` and its address. */
  readonly server: { readonly name: string; readonly address: string };
  /** The domain that is being delivered to, for `mail for … loops back to myself`. */
  readonly nexthop: string;
  readonly reversePath: string;
  readonly recipients: readonly ClientRecipient[];
  /** CRLF lines, headers included. */
  readonly message: string;
  /** As the queue counts it: the number in SIZE= and in texts. The message's length if absent. */
  readonly size?: number;
  readonly body?: '7BIT' | '8BITMIME';
  /** The sender asked for SMTPUTF8 or the message needs it. */
  readonly smtputf8?: boolean;
  readonly ret?: 'FULL' | 'HDRS';
  readonly envid?: string;
}

/** What the client waits an answer to. */
export type ClientStep =
  | 'greeting'
  | 'EHLO'
  | 'HELO'
  | 'LHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'end of data'
  | 'RSET'
  | 'QUIT';

export interface RecipientOutcome {
  readonly address: string;
  readonly status: 'delivered' | 'deferred' | 'bounced';
  /** `5.1.1` */
  readonly dsn: string;
  /** What Postfix logs in brackets behind the status. */
  readonly text: string;
  /** The server's reply when it decided: the Diagnostic-Code. Undefined: a local cause. */
  readonly reply: Reply | undefined;
  /** At which step it was decided; `session` is a cause of our own. */
  readonly step: ClientStep | 'session';
}

export type ClientNote = { readonly at: Time } & (
  | { readonly kind: 'command'; readonly step: ClientStep; readonly text: string }
  | {
      readonly kind: 'reply';
      readonly step: ClientStep | undefined;
      readonly reply: Reply;
      readonly text: string;
    }
  /** What the server offers, as the client understood it. */
  | { readonly kind: 'features'; readonly features: ClientFeatures }
  /** An 8-bit message was turned into 7 bits for this server (RFC 6152 §3). */
  | {
      readonly kind: 'converted';
      readonly parts: number;
      readonly breaksDkim: boolean;
      readonly rule: string;
    }
  | { readonly kind: 'text'; readonly sizeBytes: number; readonly folded: boolean; readonly dotOnly: boolean }
  | { readonly kind: 'lost'; readonly reason: 'lost connection' | 'timeout'; readonly step: ClientStep }
  | { readonly kind: 'warning'; readonly code: 'unasked-reply' | 'not-a-reply'; readonly text: string }
);

export type ClientOutput =
  /** A binary string: one character a byte. */
  | { readonly kind: 'send'; readonly bytes: string }
  | { readonly kind: 'close' }
  /** The server is ready for TLS: begin the handshake, then call `clientSecured`, `clientTlsUnfit` or `clientTlsFailed`. */
  | { readonly kind: 'startTls' }
  | { readonly kind: 'note'; readonly note: ClientNote }
  /** Every recipient's fate is known; comes once, before `close`. */
  | { readonly kind: 'done'; readonly outcomes: readonly RecipientOutcome[] };

export interface ClientFeatures {
  readonly esmtp: boolean;
  readonly pipelining: boolean;
  readonly eightBitMime: boolean;
  readonly smtputf8: boolean;
  readonly dsn: boolean;
  /** SIZE was offered; 0: without a limit. */
  readonly sizeLimit: number | undefined;
  /** All words, for the trace. */
  readonly keywords: readonly string[];
}

export const NO_FEATURES: ClientFeatures = {
  esmtp: false,
  pipelining: false,
  eightBitMime: false,
  smtputf8: false,
  dsn: false,
  sizeLimit: undefined,
  keywords: [],
};

/** A client session's whole state: plain data. */
export interface ClientSession {
  readonly config: ClientConfig;
  readonly job: ClientJob;
  outputs: ClientOutput[];
  input: string;
  /** Lines of a reply whose last line has not come. */
  lines: string[];
  /** Replies that are due, in order. */
  awaited: { step: ClientStep; recipient?: number }[];
  features: ClientFeatures;
  secured: boolean;
  /** The exchange of AUTH, and after it `done`. */
  login: SaslClient | 'done' | undefined;
  /** The message as it will go out, before stuffing. */
  message: string;
  mailRejected: boolean;
  /** Recipients that the server has accepted, by index. */
  accepted: number[];
  /** LMTP: replies after the end of data that have come. */
  lmtpReplies: number;
  /** RCPTs sent so far, when the server does not pipeline. */
  sentRecipients: number;
  outcomes: (RecipientOutcome | undefined)[];
  doneTold: boolean;
  quitSent: boolean;
  closed: boolean;
  waitingSince: Time;
}
