// A server session as plain data: configuration, state, notes, questions, and the few acts every command is made of (say,
// ask, note, count). Knows no command and no dialect; those are in `commands.ts` and `lmtp.ts`, the loop in `server.ts`.

import type { Time } from '../base/dates.ts';
import type { Account, Mechanism } from '../sasl/mechanism.ts';
import type { SaslServer, SaslServerSeed } from '../sasl/server.ts';
import type { DotReader } from './dot.ts';
import type { BdatState, Chunk } from './bdat.ts';
import { dotReader } from './dot.ts';
import type { Verb } from './grammar.ts';
import { printReply, reply, type Reply } from './reply.ts';
import type { ServerConfig } from './server-config.ts';
import { nextState, type ServerState, type StateEvent } from './states.ts';

export type * from './server-config.ts';
export { postfixConfig } from './server-config.ts';

/** Who is at the other end. `name` is the confirmed name (PTR and back) or `unknown`; `reverseName` the bare PTR. */
export interface Peer {
  readonly address: string;
  readonly name: string;
  readonly port?: number;
  readonly reverseName?: string;
}

export type NotifyWord = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

export interface EnvelopeRecipient {
  /** Internal form, without quotes, brackets and source route. */
  readonly address: string;
  /** As typed after `RCPT TO:`. */
  readonly typed: string;
  readonly notify?: readonly NotifyWord[];
  readonly orcpt?: { readonly type: string; readonly address: string };
}

export interface Envelope {
  /** '' is the null reverse path. */
  readonly reversePath: string;
  readonly typed: string;
  readonly body: '7BIT' | '8BITMIME' | undefined;
  readonly smtputf8: boolean;
  /** SIZE= as declared. */
  readonly declaredSize: number | undefined;
  readonly ret: 'FULL' | 'HDRS' | undefined;
  readonly envid: string | undefined;
  readonly recipients: readonly EnvelopeRecipient[];
}

/** The `with` of Received without the letters for TLS and AUTH, which `withWord` adds (RFC 3848, RFC 6531 §4.3). */
export type WithProtocol = 'SMTP' | 'ESMTP' | 'UTF8SMTP' | 'LMTP' | 'UTF8LMTP';

/** What the host decides. Answer with `serverAnswer`. */
export type ServerQuestion =
  | { readonly kind: 'connect' }
  | { readonly kind: 'helo'; readonly verb: Verb; readonly name: string }
  /** `envelope` has no recipients yet. */
  | { readonly kind: 'sender'; readonly envelope: Envelope }
  | { readonly kind: 'recipient'; readonly recipient: EnvelopeRecipient; readonly envelope: Envelope }
  | { readonly kind: 'verify'; readonly address: string; readonly typed: string }
  /** STARTTLS was accepted: answer `ok` when the handshake is over, end the session when it failed. */
  | { readonly kind: 'tls' }
  /** Who is that, as typed? Answer `account`. */
  | { readonly kind: 'account'; readonly user: string; readonly mechanism: Mechanism }
  | { readonly kind: 'data'; readonly envelope: Envelope }
  /** `message` is what came after 354, CRLF lines, without the headers that the host adds. */
  | {
      readonly kind: 'message';
      readonly envelope: Envelope;
      /** Binary string. */
      readonly message: string;
      readonly protocol: WithProtocol;
      readonly helo: string | undefined;
      readonly secured: boolean;
      /** Who authenticated. */
      readonly login: string | undefined;
    };

/**
 * What the host answers. `ok` accepts; for `message` it brings the queue id. `reply` refuses in the host's words. For an
 * LMTP message `replies` holds one reply for each accepted recipient, in order.
 */
export type ServerAnswer =
  | { readonly ok: true; readonly queueId?: string }
  | { readonly reply: Reply }
  | { readonly replies: readonly Reply[] }
  /** What is known of the user; undefined: nobody of that name. */
  | { readonly account: Account | undefined };

export type Where = Verb | 'CONNECT' | 'UNKNOWN' | 'END-OF-MESSAGE';

/** What a session reports besides the wire: for the trace, the log, the coach. `at` is virtual time. */
export type ServerNote = { readonly at: Time } & (
  | { readonly kind: 'connect'; readonly peer: Peer }
  /** `raw` with its line end, as received; `state` is the one it met. */
  | {
      readonly kind: 'command';
      readonly raw: string;
      readonly state: ServerState;
      readonly verb: Verb | 'UNKNOWN' | undefined;
      readonly tokens: readonly string[];
      readonly bareLf: boolean;
      readonly introduced: boolean;
    }
  /** `to` is what it answers; `errors` counts all errors so far; `delayMs` is the tarpit's. */
  | {
      readonly kind: 'reply';
      readonly to: Where;
      readonly reply: Reply;
      readonly rule: string | undefined;
      readonly state: ServerState;
      readonly errors: number;
      readonly delayMs: number;
    }
  /** A refusal by policy, as smtpd logs it. */
  | {
      readonly kind: 'reject';
      readonly stage: Where;
      readonly reply: Reply;
      readonly sender?: string;
      readonly recipient?: string;
      readonly protocol: WithProtocol;
      readonly helo?: string;
      readonly bareLf?: boolean;
    }
  | {
      readonly kind: 'warning';
      readonly code: 'non-smtp' | 'pipelining' | 'size' | 'input-overflow';
      readonly text: string;
      readonly after: Where;
    }
  | { readonly kind: 'login'; readonly user: string; readonly mechanism: Mechanism }
  /** `text` is what the log says of it. */
  | {
      readonly kind: 'login-failed';
      readonly user: string | undefined;
      readonly mechanism: string;
      readonly text: string;
    }
  /** ETRN was accepted: the host runs the queue for this domain. */
  | { readonly kind: 'flush'; readonly domain: string }
  /** A line of message text that looks like a command or nearly like the final dot. */
  | { readonly kind: 'text'; readonly line: string }
  /** Nobody has sent message text for that long. */
  | { readonly kind: 'quiet'; readonly ms: number }
  /** The end of data was found: what the header block looks like. */
  | {
      readonly kind: 'content';
      readonly sizeBytes: number;
      readonly reversePath: string;
      readonly headerEnd: 'blank line' | 'text' | 'end of data';
      /** First line that is no header, when no blank line came before it. */
      readonly textLine?: string;
      readonly headerLines: number;
      readonly headerFrom?: string;
      /** HDR-8BIT: the first field with bytes beyond ASCII, although the client did not ask for SMTPUTF8. */
      readonly eightBitHeader?: string;
      readonly bareLf: boolean;
    }
  | {
      readonly kind: 'lost';
      readonly reason: 'lost connection' | 'timeout' | 'too many errors';
      readonly after: Where;
      /** Message text received, when `after` is DATA. */
      readonly bytes: number;
    }
  | { readonly kind: 'disconnect'; readonly counters: Record<string, { ok: number; all: number }> }
);

/** Distributes over the union, so that every kind keeps its own fields. */
type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

export type ServerOutput =
  /** A binary string: one character a byte. */
  | { readonly kind: 'send'; readonly bytes: string }
  | { readonly kind: 'close' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: ServerQuestion }
  | { readonly kind: 'note'; readonly note: ServerNote };

/** How a command ended: the reply, and whether it counts as done or as an error. */
export interface Outcome {
  readonly reply: Reply;
  readonly ok: boolean;
  readonly close?: boolean;
  /** LMTP: the replies for the recipients after the first. */
  readonly more?: readonly Reply[];
  /** The reply is held back so long. */
  readonly delayMs?: number;
}

/** A session's whole state: plain data. */
export interface ServerSession {
  readonly config: ServerConfig;
  readonly peer: Peer;
  /** What challenges and nonces of its AUTH exchanges are made from. */
  readonly seed: SaslServerSeed;
  /** TLS is in use. */
  secured: boolean;
  /** Who has authenticated. */
  login: string | undefined;
  exchange: { readonly mechanism: Mechanism; readonly sasl: SaslServer } | undefined;
  exchanges: number;
  state: ServerState;
  /** Bytes received and not yet used, as a binary string. */
  input: string;
  /** The rest of a command line that is too long is being dropped. */
  dropping: string | undefined;
  outputs: ServerOutput[];
  /** Replies not yet on the wire: they leave together when the session waits for input (RFC 2920 §3.2). */
  unsent: string;
  /** The open question; input waits while there is one. */
  asked: { id: number; verb: Where; question: ServerQuestion } | undefined;
  nextQuestion: number;
  /** A reply held back by the tarpit; input waits. */
  delayed: { at: Time; text: string } | undefined;
  /** Close after what is being said. */
  hangup: boolean;
  /** The greeting's refusal (554); all but QUIT get 503. */
  denied: boolean;
  protocol: 'SMTP' | 'ESMTP' | 'LMTP';
  helo: string | undefined;
  envelope: Envelope | undefined;
  dots: DotReader;
  bdat: BdatState;
  /** The chunk of BDAT that is being read. */
  chunk: Chunk | undefined;
  /** How the text of the message came: told in the reply to its last chunk. */
  cameInChunks: boolean;
  /** Message text so far, as long as it is within the limit. */
  text: string;
  textBytes: number;
  errors: number;
  junk: number;
  overshoot: number;
  /** Bad commands in a row, for the LMTP dialect. */
  badCommands: number;
  counters: Record<string, { ok: number; all: number }>;
  where: Where;
  /** Since when the session waits for input. */
  quietSince: Time;
  quietNoted: boolean;
}

/** For sessions that need no unguessable challenges. */
const PLAIN_SEED: SaslServerSeed = { challenge: '<1@localhost>', nonce: 'nonce' };

export function newSession(
  config: ServerConfig,
  peer: Peer,
  now: Time,
  seed: SaslServerSeed = PLAIN_SEED,
): ServerSession {
  return {
    config,
    peer,
    seed,
    secured: config.tls === 'wrapper',
    login: undefined,
    exchange: undefined,
    exchanges: 0,
    state: 'connected',
    input: '',
    dropping: undefined,
    outputs: [],
    unsent: '',
    asked: undefined,
    nextQuestion: 1,
    delayed: undefined,
    hangup: false,
    denied: false,
    protocol: config.dialect === 'dovecot-lmtp' ? 'LMTP' : 'SMTP',
    helo: undefined,
    envelope: undefined,
    dots: dotReader(),
    bdat: 'none',
    chunk: undefined,
    cameInChunks: false,
    text: '',
    textBytes: 0,
    errors: 0,
    junk: 0,
    overshoot: 0,
    badCommands: 0,
    counters: {},
    where: 'CONNECT',
    quietSince: now,
    quietNoted: false,
  };
}

export function note(session: ServerSession, at: Time, what: WithoutTime<ServerNote>): void {
  session.outputs.push({ kind: 'note', note: { at, ...what } as ServerNote });
}

export function move(session: ServerSession, on: StateEvent): void {
  session.state = nextState(session.state, on, session.helo !== undefined);
}

export function ask(session: ServerSession, verb: Where, question: ServerQuestion): 'asked' {
  const id = session.nextQuestion++;
  session.asked = { id, verb, question };
  session.outputs.push({ kind: 'ask', id, question });
  return 'asked';
}

/** Puts one reply on the wire, or holds it back while the tarpit lasts. 421 and 521 end the session. */
export function say(
  session: ServerSession,
  now: Time,
  to: Where,
  answer: Reply,
  more: readonly Reply[] = [],
  ownDelayMs = 0,
): void {
  const { config } = session;
  const slow = config.dialect === 'postfix' && session.errors >= config.softErrorLimit;
  const delayMs = ownDelayMs + (slow ? config.errorSleepTimeMs : 0);
  for (const each of [answer, ...more])
    note(session, now, {
      kind: 'reply',
      to,
      reply: each,
      rule: each.rule,
      state: session.state,
      errors: session.errors,
      delayMs,
    });
  if (answer.code === 421 || answer.code === 521) session.hangup = true;
  const text = [answer, ...more].map(printReply).join('');
  if (delayMs > 0) {
    flush(session, now);
    session.delayed = { at: now + delayMs, text };
  } else session.unsent += text;
}

/** Puts the replies held together on the wire. */
export function flush(session: ServerSession, now: Time): void {
  if (session.unsent === '') return;
  session.outputs.push({ kind: 'send', bytes: session.unsent });
  session.unsent = '';
  session.quietSince = now;
  session.quietNoted = false;
}

/** Ends the session: nothing is read any more. */
export function close(session: ServerSession, now: Time): void {
  if (session.state === 'closed') return;
  flush(session, now);
  move(session, 'close');
  session.state = 'closed';
  session.input = '';
  session.text = '';
  session.asked = undefined;
  session.delayed = undefined;
  note(session, now, { kind: 'disconnect', counters: copyCounters(session.counters) });
  session.outputs.push({ kind: 'close' });
}

function copyCounters(counters: ServerSession['counters']): ServerSession['counters'] {
  return Object.fromEntries(Object.entries(counters).map(([verb, each]) => [verb, { ...each }]));
}

export function count(session: ServerSession, verb: Where, which: 'ok' | 'all'): void {
  const counter = (session.counters[verb] ??= { ok: 0, all: 0 });
  counter[which]++;
}

export function noteReject(
  session: ServerSession,
  now: Time,
  stage: Where,
  answer: Reply,
  more: { recipient?: string; bareLf?: boolean } = {},
): void {
  note(session, now, {
    kind: 'reject',
    stage,
    reply: answer,
    sender: session.envelope?.reversePath,
    protocol: session.protocol,
    helo: session.helo,
    ...more,
  });
}

export function forgetMail(session: ServerSession): void {
  session.envelope = undefined;
  session.overshoot = 0;
  session.text = '';
  session.textBytes = 0;
  session.dots = dotReader();
  session.bdat = 'none';
  session.cameInChunks = false;
}

export function withProtocol(session: ServerSession): WithProtocol {
  if (!session.envelope?.smtputf8) return session.protocol;
  return session.protocol === 'LMTP' ? 'UTF8LMTP' : 'UTF8SMTP';
}

export function bareLfReply(config: ServerConfig): Reply {
  return reply(550, '5.5.2', `${config.hostname} Error: bare <LF> received`, 'RFC 5321 §2.3.8');
}
