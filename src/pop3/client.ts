// The client's end of POP3 as plain data: one visit to a maildrop, as a mail program on a desktop makes it: secure the
// connection, log in, see what is new, download it, delete what is not to stay, leave. Knows no host and no clock. RFC 1939
// first, then RFC 2449 (CAPA) and RFC 2595 (STLS).

import { fromBase64, fromLatin1, isBase64Error, latin1, utf8, type Bytes } from '../base/bytes.ts';
import { MINUTE, type Time } from '../base/dates.ts';
import { openSaslClient, saslChallenge, saslFinished, saslInitial, type SaslClient } from '../sasl/client.ts';
import {
  MECHANISMS,
  printInitialResponse,
  printSasl,
  sendsPassword,
  type Mechanism,
} from '../sasl/mechanism.ts';

export interface Pop3ClientConfig {
  readonly user: string;
  readonly password: string;
  /** `active`: the connection is secure already; `required`: STLS or nothing; `off`: in clear. */
  readonly tls: 'active' | 'required' | 'off';
  /** What the client would use; USER and PASS come last. Empty: only those. */
  readonly mechanisms: readonly Mechanism[];
  /** For SCRAM; new for every connection. */
  readonly nonce: string;
  /** Longest line, longest listing or message, in octets: more ends the session. */
  readonly lineLimit: number;
  readonly messageLimit: number;
  readonly timeoutMs: number;
}

export function pop3ClientConfig(
  account: { readonly user: string; readonly password: string; readonly nonce: string },
  changes: Partial<Pop3ClientConfig> = {},
): Pop3ClientConfig {
  return {
    tls: 'required',
    mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'],
    lineLimit: 8192,
    messageLimit: 50 * 1024 * 1024,
    timeoutMs: 2 * MINUTE,
    ...account,
    ...changes,
  };
}

/** What the visit is for. */
export interface Pop3ClientJob {
  /** Unique ids (RFC 1939 §7) that have been downloaded before. */
  readonly known: readonly string[];
  /** "Leave messages on server", or delete each one after its download. */
  readonly after: 'leave' | 'delete';
  /** Unique ids that the person deleted here and that shall go there too. */
  readonly remove: readonly string[];
  /** `headers`: of what is new only the header is fetched (TOP), apart from what is `wanted`. `whole` when absent. */
  readonly fetch?: 'whole' | 'headers';
  /** Known ones of which only the header is here: nothing is deleted there that nobody has. */
  readonly headers?: readonly string[];
  /** Unique ids that are downloaded whole, known or not. */
  readonly wanted?: readonly string[];
}

export type Pop3ClientFailure =
  | 'refused'
  | 'tls-not-offered'
  | 'tls-failed'
  | 'no-mechanism'
  | 'wrong-password'
  | 'maildrop-in-use'
  | 'temporary'
  | 'protocol'
  | 'too-long'
  | 'timeout'
  | 'lost';

export interface Pop3ClientMessage {
  readonly number: number;
  /** Undefined where the server knows no UIDL. */
  readonly uid: string | undefined;
  readonly size: number | undefined;
}

export type Pop3ClientNote = { readonly at: Time } & (
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'reply'; readonly line: string }
  | { readonly kind: 'logged-in'; readonly way: Mechanism | 'PASS' }
  | { readonly kind: 'listing'; readonly messages: readonly Pop3ClientMessage[] }
);

export type Pop3ClientOutput =
  | { readonly kind: 'send'; readonly bytes: Bytes }
  /** Secure the connection; then `pop3ClientSecured`. */
  | { readonly kind: 'startTls' }
  | { readonly kind: 'close' }
  /** A message as a binary string, without stuffed dots. */
  | {
      readonly kind: 'message';
      readonly uid: string | undefined;
      readonly raw: string;
      /** False: only its header came; `size` is what the server says of the whole. */
      readonly isWhole: boolean;
      readonly size: number | undefined;
    }
  /** QUIT was answered: these are gone from the server, and not before (RFC 1939 §6). */
  | { readonly kind: 'done'; readonly removed: readonly string[]; readonly onServer: readonly string[] }
  | { readonly kind: 'failed'; readonly code: Pop3ClientFailure; readonly text: string }
  | { readonly kind: 'note'; readonly note: Pop3ClientNote };

type Step =
  'greeting' | 'CAPA' | 'STLS' | 'AUTH' | 'USER' | 'PASS' | 'STAT' | 'UIDL' | 'LIST' | 'work' | 'QUIT';

export interface Pop3ClientSession {
  readonly config: Pop3ClientConfig;
  readonly job: Pop3ClientJob;
  outputs: Pop3ClientOutput[];
  /** Binary string, not yet used. */
  input: string;
  step: Step;
  /** A handshake is under way. */
  securing: boolean;
  secured: boolean;
  closed: boolean;
  capabilities: readonly string[];
  sasl: SaslClient | undefined;
  /** Lines of a reply that has more than one, and their octets. */
  lines: string[] | undefined;
  octets: number;
  /** What STAT counted. */
  count: number;
  uids: Record<number, string>;
  sizes: Record<number, number>;
  /** What is still to be done, first one next. */
  tasks: { readonly verb: 'RETR' | 'TOP' | 'DELE'; readonly number: number }[];
  deleted: string[];
  waitingSince: Time;
}

/** More messages than this are left for the next visit. */
const MAX_MESSAGES = 10_000;

/** The connection is up: waits for the greeting. */
export function openPop3Client(config: Pop3ClientConfig, job: Pop3ClientJob, now: Time): Pop3ClientSession {
  return {
    config,
    job,
    outputs: [],
    input: '',
    step: 'greeting',
    securing: false,
    secured: config.tls === 'active',
    closed: false,
    capabilities: [],
    sasl: undefined,
    lines: undefined,
    octets: 0,
    count: 0,
    uids: {},
    sizes: {},
    tasks: [],
    deleted: [],
    waitingSince: now,
  };
}

/** Bytes from the server, in any pieces. */
export function pop3ClientReceive(session: Pop3ClientSession, bytes: Uint8Array, now: Time): void {
  if (session.closed || session.securing) return;
  session.waitingSince = now;
  const text = session.input + fromLatin1(bytes);
  let start = 0;
  for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', start)) {
    const line = text.slice(start, lf).replace(/\r$/, '');
    start = lf + 1;
    // A message may hold longer lines than a reply.
    if (session.lines === undefined && line.length > session.config.lineLimit)
      fail(session, 'too-long', line.slice(0, 80));
    else takeLine(session, line, now);
    // What came with the consent to STLS was said in clear by anybody: it is thrown away (RFC 2595 §4).
    if (session.closed || isSecuring(session)) {
      session.input = '';
      return;
    }
  }
  session.input = text.slice(start);
  const limit = session.lines === undefined ? session.config.lineLimit : session.config.messageLimit;
  if (session.input.length > limit) fail(session, 'too-long', session.input.slice(0, 80));
}

const isSecuring = (session: Pop3ClientSession): boolean => session.securing;

/** The handshake that `startTls` asked for is over: capabilities are asked again (RFC 2595 §4). */
export function pop3ClientSecured(session: Pop3ClientSession, ok: boolean, now: Time): void {
  if (session.closed || !session.securing) return;
  session.securing = false;
  session.waitingSince = now;
  if (!ok) {
    fail(session, 'tls-failed', '');
    return;
  }
  session.secured = true;
  say(session, 'CAPA', 'CAPA', now);
}

/** The server closed the connection, or it broke: what was marked stays on the server. */
export function pop3ClientEnd(session: Pop3ClientSession): void {
  if (!session.closed) fail(session, 'lost', '');
}

export function pop3ClientWakeAt(session: Pop3ClientSession): Time | undefined {
  return session.closed ? undefined : session.waitingSince + session.config.timeoutMs;
}

export function pop3ClientWake(session: Pop3ClientSession, now: Time): void {
  const at = pop3ClientWakeAt(session);
  if (at !== undefined && now >= at) fail(session, 'timeout', '');
}

/** What the session wants done, oldest first; each is given once. */
export function pop3ClientDrain(session: Pop3ClientSession): Pop3ClientOutput[] {
  const { outputs } = session;
  session.outputs = [];
  return outputs;
}

function note<T extends Pop3ClientNote>(session: Pop3ClientSession, what: T): void {
  session.outputs.push({ kind: 'note', note: what });
}

/** `shown`: what the trace may keep of it; passwords never. */
function say(session: Pop3ClientSession, step: Step, line: string, now: Time, shown = line): void {
  session.step = step;
  note(session, { at: now, kind: 'command', line: shown });
  session.outputs.push({ kind: 'send', bytes: latin1(`${line}\r\n`) });
}

function fail(session: Pop3ClientSession, code: Pop3ClientFailure, text: string): void {
  session.closed = true;
  session.outputs.push({ kind: 'failed', code, text }, { kind: 'close' });
}

function takeLine(session: Pop3ClientSession, line: string, now: Time): void {
  if (session.lines === undefined) {
    note(session, { at: now, kind: 'reply', line });
    const good = /^\+OK\b/i.test(line);
    if (good || /^-ERR\b/i.test(line)) replied(session, good, line.replace(/^\S+ ?/, ''), now);
    else if (session.step === 'AUTH' && line.startsWith('+')) challenged(session, line.slice(1).trim(), now);
    else fail(session, 'protocol', line.slice(0, 80));
    return;
  }
  if (line !== '.') {
    const text = line.startsWith('.') ? line.slice(1) : line;
    session.octets += text.length + 2;
    if (session.octets > session.config.messageLimit) fail(session, 'too-long', '');
    else session.lines.push(text);
    return;
  }
  const { lines } = session;
  session.lines = undefined;
  session.octets = 0;
  listed(session, lines, now);
}

/** The first line of an answer; `listed` gets the rest where there is one. */
function replied(session: Pop3ClientSession, good: boolean, text: string, now: Time): void {
  switch (session.step) {
    case 'greeting':
      if (good) say(session, 'CAPA', 'CAPA', now);
      else fail(session, 'refused', text);
      return;
    case 'CAPA':
      if (good) session.lines = [];
      else listed(session, [], now);
      return;
    case 'STLS':
      if (!good) fail(session, 'tls-not-offered', text);
      else {
        session.securing = true;
        session.capabilities = [];
        session.outputs.push({ kind: 'startTls' });
      }
      return;
    case 'AUTH':
      if (!good) loginRefused(session, text);
      else if (session.sasl !== undefined && !saslFinished(session.sasl))
        fail(session, 'protocol', 'the server did not prove that it knows the password');
      else loggedIn(session, session.sasl?.mechanism ?? 'PASS', now);
      return;
    case 'USER':
      if (good) {
        const password = fromLatin1(utf8(session.config.password));
        say(session, 'PASS', `PASS ${password}`, now, 'PASS ********');
      } else loginRefused(session, text);
      return;
    case 'PASS':
      if (good) loggedIn(session, 'PASS', now);
      else loginRefused(session, text);
      return;
    case 'STAT': {
      const count = good ? /^(\d{1,9}) \d+/.exec(text)?.[1] : undefined;
      if (count === undefined) {
        fail(session, 'protocol', text.slice(0, 80));
        return;
      }
      session.count = Math.min(Number(count), MAX_MESSAGES);
      say(session, 'UIDL', 'UIDL', now);
      return;
    }
    case 'UIDL':
    case 'LIST':
      if (good) session.lines = [];
      else listed(session, [], now);
      return;
    case 'work': {
      const [task] = session.tasks;
      if ((task?.verb === 'RETR' || task?.verb === 'TOP') && good) {
        session.lines = [];
        return;
      }
      session.tasks.shift();
      const uid = task === undefined ? undefined : session.uids[task.number];
      if (task?.verb === 'DELE' && good) session.deleted.push(uid ?? `#${task.number}`);
      // What could not be fetched must not be deleted: its DELE follows.
      else if (task?.verb === 'RETR' && session.tasks[0]?.number === task.number) session.tasks.shift();
      goOn(session, now);
      return;
    }
    case 'QUIT': {
      session.closed = true;
      const removed = good ? session.deleted : [];
      const onServer = Object.values(session.uids).filter((uid) => !removed.includes(uid));
      session.outputs.push({ kind: 'done', removed, onServer }, { kind: 'close' });
    }
  }
}

function listed(session: Pop3ClientSession, lines: readonly string[], now: Time): void {
  switch (session.step) {
    case 'CAPA':
      session.capabilities = lines.slice(0, 100).map((line) => line.toUpperCase());
      logIn(session, now);
      return;
    case 'UIDL':
      for (const line of lines) {
        // RFC 1939 §7: one to seventy characters from 0x21 to 0x7e.
        const [, number = '', uid = ''] = /^(\d{1,9}) ([\x21-\x7e]{1,70})$/.exec(line.trimEnd()) ?? [];
        if (uid !== '' && Number(number) <= session.count) session.uids[Number(number)] = uid;
      }
      say(session, 'LIST', 'LIST', now);
      return;
    case 'LIST':
      for (const line of lines) {
        const [, number = '', size = ''] = /^(\d{1,9}) (\d{1,15})/.exec(line) ?? [];
        if (size !== '' && Number(number) <= session.count) session.sizes[Number(number)] = Number(size);
      }
      plan(session, now);
      return;
    case 'work': {
      const [task] = session.tasks;
      session.tasks.shift();
      const uid = task === undefined ? undefined : session.uids[task.number];
      session.outputs.push({
        kind: 'message',
        uid,
        raw: lines.map((line) => `${line}\r\n`).join(''),
        isWhole: task?.verb !== 'TOP',
        size: task === undefined ? undefined : session.sizes[task.number],
      });
      goOn(session, now);
      return;
    }
    default:
      fail(session, 'protocol', '');
  }
}

function logIn(session: Pop3ClientSession, now: Time): void {
  const { config, capabilities, secured } = session;
  if (!secured && config.tls === 'required') {
    if (capabilities.includes('STLS')) say(session, 'STLS', 'STLS', now);
    else fail(session, 'tls-not-offered', '');
    return;
  }
  const offered = capabilities.find((line) => line.startsWith('SASL '))?.split(' ') ?? [];
  // In clear a mechanism that does not show the password goes before one that does: the list is sorted that way.
  const mechanism = MECHANISMS.find((each) => config.mechanisms.includes(each) && offered.includes(each));
  const user = fromLatin1(utf8(config.user));
  if (mechanism === undefined) {
    const password = fromLatin1(utf8(config.password));
    // A line end in either would be a command of its own.
    if (/[\r\n\0]/.test(user + password)) fail(session, 'no-mechanism', '');
    else say(session, 'USER', `USER ${user}`, now);
    return;
  }
  session.sasl = openSaslClient(mechanism, config, config.nonce);
  const initial = saslInitial(session.sasl);
  const more = initial === undefined ? '' : ` ${printInitialResponse(initial)}`;
  const shown = initial !== undefined && sendsPassword(mechanism) ? ' ********' : more;
  say(session, 'AUTH', `AUTH ${mechanism}${more}`, now, `AUTH ${mechanism}${shown}`);
}

function challenged(session: Pop3ClientSession, text: string, now: Time): void {
  const challenge = fromBase64(text);
  const answer =
    session.sasl === undefined || isBase64Error(challenge)
      ? undefined
      : saslChallenge(session.sasl, challenge);
  if (answer?.kind === 'respond')
    say(
      session,
      'AUTH',
      printSasl(answer.bytes),
      now,
      session.sasl !== undefined && sendsPassword(session.sasl.mechanism) ? '********' : undefined,
    );
  else fail(session, 'protocol', answer?.detail ?? text.slice(0, 80));
}

/** RFC 2449 §8 and RFC 3206: the code in brackets tells a wrong password from a busy server. */
function loginRefused(session: Pop3ClientSession, text: string): void {
  const code = /^\[([A-Z/-]+)\]/i.exec(text)?.[1]?.toUpperCase() ?? '';
  if (code === 'IN-USE' || code === 'LOGIN-DELAY') fail(session, 'maildrop-in-use', text);
  else if (code.startsWith('SYS/')) fail(session, 'temporary', text);
  else fail(session, 'wrong-password', text);
}

function loggedIn(session: Pop3ClientSession, way: Mechanism | 'PASS', now: Time): void {
  note(session, { at: now, kind: 'logged-in', way });
  say(session, 'STAT', 'STAT', now);
}

/** Which messages are fetched, which deleted. Without unique ids everything is new every time. */
function plan(session: Pop3ClientSession, now: Time): void {
  const { job, uids, sizes, count } = session;
  const known = new Set(job.known);
  const remove = new Set(job.remove);
  const wanted = new Set(job.wanted);
  const headers = new Set(job.headers);
  const messages: Pop3ClientMessage[] = [];
  for (let number = 1; number <= count; number++) {
    const uid = uids[number];
    messages.push({ number, uid, size: sizes[number] });
    const gone = uid !== undefined && remove.has(uid);
    const isWanted = uid !== undefined && wanted.has(uid);
    const isNew = uid === undefined || !known.has(uid);
    const isHeader = !isWanted && (isNew ? job.fetch === 'headers' : headers.has(uid));
    if (!gone && (isNew || isWanted)) session.tasks.push({ verb: isHeader ? 'TOP' : 'RETR', number });
    // What is here only as a header is not deleted there: nobody would have its text any more.
    if (gone || (job.after === 'delete' && !isHeader)) session.tasks.push({ verb: 'DELE', number });
  }
  note(session, { at: now, kind: 'listing', messages });
  goOn(session, now);
}

function goOn(session: Pop3ClientSession, now: Time): void {
  const [task] = session.tasks;
  if (task === undefined) say(session, 'QUIT', 'QUIT', now);
  else say(session, 'work', `${task.verb} ${task.number}${task.verb === 'TOP' ? ' 0' : ''}`, now);
}
