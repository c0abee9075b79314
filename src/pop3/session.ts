// A POP3 session as plain data: configuration, state, questions, notes, and the acts its commands are made of. Knows no
// command; those are in `login.ts` and `transaction.ts`, the loop is in `server.ts`. RFC 1939 §3 first; the words are
// Dovecot's.

import { latin1, type Bytes } from '../base/bytes.ts';
import { MINUTE, SECOND, type Time } from '../base/dates.ts';
import type { Account, Mechanism } from '../sasl/mechanism.ts';
import type { SaslServer, SaslServerSeed } from '../sasl/server.ts';

export interface Pop3Config {
  /** `login_greeting` */
  readonly banner: string;
  /** Whose words: Dovecot 2.4 says "cleartext" where 2.3 said "plaintext". */
  readonly version: '2.3' | '2.4';
  readonly tls: 'off' | 'available' | 'active';
  /** `auth_allow_cleartext`: passwords may travel without TLS. */
  readonly cleartext: boolean;
  /** As AUTH and CAPA list them. */
  readonly mechanisms: readonly Mechanism[];
  /** RFC 1939 §7, off by default as everywhere today. */
  readonly apop: boolean;
  /** `pop3_no_flag_updates=no`: what was retrieved becomes \Seen. */
  readonly markSeen: boolean;
  /** Longest line before login (the whole buffer) and after. */
  readonly loginLineLimit: number;
  readonly lineLimit: number;
  readonly loginTimeoutMs: number;
  /** RFC 1939 §3 wants ten minutes at least. */
  readonly idleTimeoutMs: number;
  /** `auth_failure_delay` */
  readonly failureDelayMs: number;
  /** How long a login waits for another session's lock, and how often it looks. */
  readonly lockWaitMs: number;
  readonly lockRetryMs: number;
}

export function pop3Config(changes: Partial<Pop3Config> = {}): Pop3Config {
  return {
    banner: 'Dovecot ready.',
    version: '2.3',
    tls: 'available',
    cleartext: false,
    mechanisms: ['PLAIN', 'LOGIN'],
    apop: false,
    markSeen: true,
    loginLineLimit: 1024,
    lineLimit: 8192,
    loginTimeoutMs: 3 * MINUTE,
    idleTimeoutMs: 10 * MINUTE,
    failureDelayMs: 2 * SECOND,
    lockWaitMs: 10 * SECOND,
    lockRetryMs: SECOND,
    ...changes,
  };
}

/** How a client proved who it is. */
export type LoginWay = Mechanism | 'PASS' | 'APOP';

/** What the host decides. Answer with `pop3Answer`. */
export type Pop3Question =
  /** Who has that name, as typed? Answer `account`. */
  | { readonly kind: 'account'; readonly user: string; readonly way: LoginWay }
  /** May this session have the maildrop for itself? Asked again while it is locked. Answer `maildrop`. */
  | { readonly kind: 'maildrop'; readonly user: string }
  /** STLS was accepted: answer `tls` when the handshake is over. */
  | { readonly kind: 'tls' };

export type Pop3Answer =
  | { readonly kind: 'account'; readonly account: Account | undefined }
  | { readonly kind: 'maildrop'; readonly state: 'opened' | 'locked' | 'unavailable' }
  | { readonly kind: 'tls'; readonly ok: boolean };

export type Pop3Phase = 'authorization' | 'transaction' | 'closed';

/** What a session reports besides the wire. */
export type Pop3Note = { readonly at: Time } & (
  | { readonly kind: 'command'; readonly line: string; readonly phase: Pop3Phase }
  /** First line of a reply; `octets` counts all of it. */
  | { readonly kind: 'reply'; readonly line: string; readonly octets: number; readonly rule: string }
  | { readonly kind: 'login'; readonly user: string; readonly way: LoginWay; readonly messages: number }
  | {
      readonly kind: 'login-failed';
      readonly user: string | undefined;
      readonly way: LoginWay;
      readonly reason: string;
    }
  | { readonly kind: 'retrieved'; readonly user: string; readonly uid: number; readonly octets: number }
  /** The UPDATE state: removed for good (RFC 1939 §6). */
  | { readonly kind: 'removed'; readonly user: string; readonly uids: readonly number[] }
  /** Marked but kept, because QUIT never came. */
  | { readonly kind: 'kept'; readonly user: string; readonly uids: readonly number[] }
  | {
      readonly kind: 'disconnect';
      readonly reason: 'quit' | 'lost' | 'timeout' | 'errors' | 'too-long' | 'locked' | 'tls' | 'unavailable';
      readonly user: string | undefined;
    }
);

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

export type Pop3Output =
  | { readonly kind: 'send'; readonly bytes: Bytes }
  | { readonly kind: 'close' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Pop3Question }
  | { readonly kind: 'note'; readonly note: Pop3Note };

/** A message as it was at login; numbers count from the first (RFC 1939 §5). */
export interface DropMessage {
  readonly uid: number;
  readonly size: number;
  deleted: boolean;
  retrieved: boolean;
}

export interface Maildrop {
  readonly user: string;
  readonly uidValidity: number;
  readonly messages: DropMessage[];
}

export interface Pop3Session {
  readonly config: Pop3Config;
  readonly seed: SaslServerSeed;
  phase: Pop3Phase;
  /** TLS is in use. */
  secured: boolean;
  /** Binary string, not yet used. */
  input: string;
  outputs: Pop3Output[];
  asked: { readonly id: number; readonly question: Pop3Question } | undefined;
  nextQuestion: number;
  /** A reply held back (`auth_failure_delay`); input waits. */
  delayed: { readonly at: Time; readonly line: string } | undefined;
  /** A login that waits for a lock. */
  locked: { readonly user: string; readonly way: LoginWay; readonly until: Time; retryAt: Time } | undefined;
  /** What USER said. */
  userName: string | undefined;
  /** The exchange that AUTH, PASS or APOP began. */
  exchange:
    { readonly way: LoginWay; readonly sasl: SaslServer | undefined; readonly secret: string } | undefined;
  exchanges: number;
  badCommands: number;
  maildrop: Maildrop | undefined;
  quietSince: Time;
}

export function newPop3Session(config: Pop3Config, seed: SaslServerSeed, now: Time): Pop3Session {
  return {
    config,
    seed,
    phase: 'authorization',
    secured: config.tls === 'active',
    input: '',
    outputs: [],
    asked: undefined,
    nextQuestion: 1,
    delayed: undefined,
    locked: undefined,
    userName: undefined,
    exchange: undefined,
    exchanges: 0,
    badCommands: 0,
    maildrop: undefined,
    quietSince: now,
  };
}

export function note(session: Pop3Session, at: Time, what: WithoutTime<Pop3Note>): void {
  session.outputs.push({ kind: 'note', note: { at, ...what } as Pop3Note });
}

export function ask(session: Pop3Session, question: Pop3Question): void {
  const id = session.nextQuestion++;
  session.asked = { id, question };
  session.outputs.push({ kind: 'ask', id, question });
}

/** Sends a reply; `more` are its further lines, dot-stuffed and ended by the one who calls. */
export function say(session: Pop3Session, now: Time, line: string, more = '', rule = 'RFC 1939 §3'): void {
  const text = `${line}\r\n${more}`;
  session.outputs.push({ kind: 'send', bytes: latin1(text) });
  note(session, now, { kind: 'reply', line, octets: text.length, rule });
  session.quietSince = now;
}

/** Lines of a list with the final dot. */
export function listing(lines: readonly string[]): string {
  return [...lines, '.'].map((line) => `${line}\r\n`).join('');
}

/** Ends the session; what was marked to be deleted stays (RFC 1939 §6). */
export function close(
  session: Pop3Session,
  now: Time,
  reason: Extract<Pop3Note, { kind: 'disconnect' }>['reason'],
): void {
  if (session.phase === 'closed') return;
  const user = session.maildrop?.user;
  const uids = session.maildrop?.messages.filter((each) => each.deleted).map((each) => each.uid) ?? [];
  if (user !== undefined && uids.length > 0) note(session, now, { kind: 'kept', user, uids });
  session.phase = 'closed';
  session.input = '';
  session.asked = undefined;
  session.delayed = undefined;
  session.locked = undefined;
  session.exchange = undefined;
  session.maildrop = undefined;
  note(session, now, { kind: 'disconnect', reason, user });
  session.outputs.push({ kind: 'close' });
}
