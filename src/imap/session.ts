// An IMAP session as plain data: configuration, state, questions, notes, and the acts its commands are made of. Knows no
// command; the loop is in `server.ts`. RFC 3501 §3 and RFC 9051 §3 first; the words are Dovecot's.

import { latin1, type Bytes } from '../base/bytes.ts';
import { MINUTE, SECOND, type Time } from '../base/dates.ts';
import type { Account, Mechanism } from '../sasl/mechanism.ts';
import type { SaslServer, SaslServerSeed } from '../sasl/server.ts';
import type { View } from './view.ts';

export interface ImapConfig {
  /** `login_greeting` */
  readonly banner: string;
  /** Whose words: Dovecot 2.4 says "cleartext" where 2.3 said "plaintext", and knows IMAP4rev2. */
  readonly version: '2.3' | '2.4';
  readonly tls: 'off' | 'available' | 'active';
  /** `auth_allow_cleartext`: passwords may travel without TLS. */
  readonly cleartext: boolean;
  readonly mechanisms: readonly Mechanism[];
  /** Longest command before login, and longest argument line after (`imap_max_line_length`). */
  readonly loginLineLimit: number;
  readonly lineLimit: number;
  /** Longest message that APPEND takes. */
  readonly messageLimit: number;
  readonly loginTimeoutMs: number;
  /** RFC 9051 §5.4 wants 30 minutes at least. */
  readonly idleTimeoutMs: number;
  /** `imap_idle_notify_interval`: how often IDLE says that it is still here. */
  readonly idleNotifyMs: number;
  /** How long IDLE waits before it tells what others did. */
  readonly idleDelayMs: number;
  /** `auth_failure_delay` */
  readonly failureDelayMs: number;
}

export function imapConfig(changes: Partial<ImapConfig> = {}): ImapConfig {
  return {
    banner: 'Dovecot ready.',
    version: '2.3',
    tls: 'available',
    cleartext: false,
    mechanisms: ['PLAIN', 'LOGIN'],
    loginLineLimit: 8192,
    lineLimit: 65_536,
    messageLimit: 50 * 1024 * 1024,
    loginTimeoutMs: 3 * MINUTE,
    idleTimeoutMs: 30 * MINUTE,
    idleNotifyMs: 2 * MINUTE,
    idleDelayMs: 500,
    failureDelayMs: 2 * SECOND,
    ...changes,
  };
}

export type LoginWay = Mechanism | 'LOGIN command';

/** What the host decides. Answer with `imapAnswer`. */
export type ImapQuestion =
  { readonly kind: 'account'; readonly user: string; readonly way: LoginWay } | { readonly kind: 'tls' };

export type ImapAnswer =
  | { readonly kind: 'account'; readonly account: Account | undefined }
  | { readonly kind: 'tls'; readonly ok: boolean };

export type ImapState = 'not authenticated' | 'authenticated' | 'selected' | 'logout';

export type Status = 'OK' | 'NO' | 'BAD';

/** What a session reports besides the wire. */
export type ImapNote = { readonly at: Time } &
  /** `line` without literals. */
  (
    | { readonly kind: 'command'; readonly line: string; readonly state: ImapState }
    | { readonly kind: 'reply'; readonly tag: string; readonly status: Status; readonly text: string }
    | { readonly kind: 'login'; readonly user: string; readonly way: LoginWay }
    | {
        readonly kind: 'login-failed';
        readonly user: string | undefined;
        readonly way: LoginWay;
        readonly reason: string;
      }
    | {
        readonly kind: 'selected';
        readonly user: string;
        readonly folder: string;
        readonly readOnly: boolean;
      }
    /** The store was changed by this session: other sessions of the user should look (`imapNotice`). */
    | { readonly kind: 'changed'; readonly user: string; readonly folder: string }
    | {
        readonly kind: 'appended' | 'expunged' | 'copied' | 'moved';
        readonly user: string;
        readonly folder: string;
        readonly uids: readonly number[];
        /** Where they went, or came from. */
        readonly other?: string;
      }
    /** Texts that went out: unread ones that are marked now (BODY[]), or any that are left as they were (BODY.PEEK[]). */
    | {
        readonly kind: 'read' | 'peeked';
        readonly user: string;
        readonly folder: string;
        readonly uids: readonly number[];
      }
    /** An idle connection is kept from being forgotten. */
    | { readonly kind: 'still-here' }
    | {
        readonly kind: 'disconnect';
        readonly reason: 'logout' | 'lost' | 'timeout' | 'errors' | 'too-long' | 'tls' | 'inconsistent';
        readonly user: string | undefined;
      }
  );

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

export type ImapOutput =
  | { readonly kind: 'send'; readonly bytes: Bytes }
  | { readonly kind: 'close' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: ImapQuestion }
  | { readonly kind: 'note'; readonly note: ImapNote };

/** What the next lines belong to, when it is no new command. */
export type Continuation =
  | {
      readonly kind: 'idle';
      readonly tag: string;
      nextNotice: Time;
      /** When to tell what others did. */
      reportAt: Time | undefined;
    }
  | { readonly kind: 'authenticate'; readonly tag: string };

export interface ImapSession {
  readonly config: ImapConfig;
  readonly seed: SaslServerSeed;
  state: ImapState;
  secured: boolean;
  /** Binary string, not yet used. */
  input: string;
  /** A command of which literals are still to come: what there is of it. */
  partial: string;
  /** Bytes of a literal still to come; -1 when none is awaited. */
  literalLeft: number;
  /** The command being read has been answered: drop the rest of it. */
  ignore: boolean;
  /** The rest of a line that is too long is dropped. */
  dropping: boolean;
  outputs: ImapOutput[];
  asked: { readonly id: number; readonly question: ImapQuestion } | undefined;
  nextQuestion: number;
  delayed: { readonly at: Time; readonly tag: string; readonly text: string } | undefined;
  continuation: Continuation | undefined;
  exchange:
    | {
        readonly tag: string;
        readonly way: LoginWay;
        readonly sasl: SaslServer | undefined;
        readonly secret: string;
      }
    | undefined;
  exchanges: number;
  badCommands: number;
  /** CAPABILITY was asked before login: then it comes untagged after it. */
  askedCapability: boolean;
  /** In upper case: CONDSTORE, IMAP4REV2. */
  enabled: string[];
  user: string | undefined;
  view: View | undefined;
  /** UIDs that SEARCH saved (RFC 5182). */
  saved: number[];
  quietSince: Time;
}

export function newImapSession(config: ImapConfig, seed: SaslServerSeed, now: Time): ImapSession {
  return {
    config,
    seed,
    state: 'not authenticated',
    secured: config.tls === 'active',
    input: '',
    partial: '',
    literalLeft: -1,
    ignore: false,
    dropping: false,
    outputs: [],
    asked: undefined,
    nextQuestion: 1,
    delayed: undefined,
    continuation: undefined,
    exchange: undefined,
    exchanges: 0,
    badCommands: 0,
    askedCapability: false,
    enabled: [],
    user: undefined,
    view: undefined,
    saved: [],
    quietSince: now,
  };
}

export function note(session: ImapSession, at: Time, what: WithoutTime<ImapNote>): void {
  session.outputs.push({ kind: 'note', note: { at, ...what } as ImapNote });
}

export function ask(session: ImapSession, question: ImapQuestion): void {
  const id = session.nextQuestion++;
  session.asked = { id, question };
  session.outputs.push({ kind: 'ask', id, question });
}

/** One line, a binary string without its end; it may hold literals. */
export function send(session: ImapSession, line: string): void {
  session.outputs.push({ kind: 'send', bytes: latin1(`${line}\r\n`) });
}

export function untagged(session: ImapSession, line: string): void {
  send(session, `* ${line}`);
}

/**
 * The tagged reply. After login Dovecot puts how long the command took in place of the final dot; simulated commands take
 * no time, and real ones on an idle server show the same figures.
 */
export function tagged(session: ImapSession, now: Time, tag: string, status: Status, text: string): void {
  const timed = session.user === undefined ? text : `${text.replace(/\.$/, '')} (0.001 + 0.000 secs).`;
  send(session, `${tag} ${status} ${timed}`);
  note(session, now, { kind: 'reply', tag, status, text: timed });
}

export function close(
  session: ImapSession,
  now: Time,
  reason: Extract<ImapNote, { kind: 'disconnect' }>['reason'],
): void {
  if (session.state === 'logout') return;
  session.state = 'logout';
  session.input = '';
  session.partial = '';
  session.asked = undefined;
  session.delayed = undefined;
  session.continuation = undefined;
  session.exchange = undefined;
  session.view = undefined;
  note(session, now, { kind: 'disconnect', reason, user: session.user });
  session.outputs.push({ kind: 'close' });
}

/** `* BYE` and the end. */
export function bye(
  session: ImapSession,
  now: Time,
  text: string,
  reason: Extract<ImapNote, { kind: 'disconnect' }>['reason'],
): void {
  untagged(session, `BYE ${text}`);
  close(session, now, reason);
}

export function isRev2(session: ImapSession): boolean {
  return session.enabled.includes('IMAP4REV2');
}
