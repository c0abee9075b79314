// The client's end of IMAP: secures the connection, logs in, then works off requests one after the other, and keeps count of
// what the server says unasked, so that a sequence number always means the right message (RFC 9051 §7). Knows no host.

import { fromBase64, fromLatin1, isBase64Error, latin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { openSaslClient, saslChallenge, saslFinished, saslInitial } from '../sasl/client.ts';
import { MECHANISMS, printInitialResponse, printSasl, sendsPassword } from '../sasl/mechanism.ts';
import { commandsOf, loginCommand } from './client-request.ts';
import {
  readCounts,
  readFetch,
  readList,
  readStatus,
  responseEnd,
  type StatusLine,
} from './client-response.ts';
import type {
  ImapClientConfig,
  ImapClientFailure,
  ImapClientOutput,
  ImapClientSession,
  ImapCommand,
  ImapRequest,
} from './client-session.ts';
import { fromModifiedUtf7 } from '../mailbox/folder-name.ts';

export type * from './client-session.ts';
export { imapClientConfig } from './client-session.ts';

/** A folder larger than this is shown from its front only; a list longer than this loses its end. */
const MAX_MESSAGES = 100_000;

/** The connection is up: waits for the greeting. */
export function openImapClient(config: ImapClientConfig, now: Time): ImapClientSession {
  return {
    config,
    outputs: [],
    input: '',
    need: 0,
    phase: 'greeting',
    securing: false,
    secured: config.tls === 'active',
    capabilities: [],
    sasl: undefined,
    nextTag: 1,
    tag: undefined,
    pending: [],
    idling: false,
    stopIdle: false,
    queue: [],
    steps: [],
    nextId: 1,
    folders: [],
    messages: [],
    found: [],
    counts: {},
    folder: undefined,
    waitingSince: now,
  };
}

/** Puts a request at the end of the queue; its `result` carries the number that is returned. Ends an IDLE. */
export function imapClientAsk(session: ImapClientSession, request: ImapRequest, now: Time): number {
  const id = session.nextId++;
  session.queue.push({ id, request });
  imapClientStopIdle(session, now);
  work(session, now);
  return id;
}

/** Says DONE (RFC 2177) when the session idles. */
export function imapClientStopIdle(session: ImapClientSession, now: Time): void {
  if (session.queue[0]?.request.kind !== 'idle') return;
  session.stopIdle = true;
  if (!session.idling) return;
  session.idling = false;
  session.waitingSince = now;
  transmit(session, 'DONE\r\n', 'DONE', now);
}

/** Bytes from the server, in any pieces. */
export function imapClientReceive(session: ImapClientSession, bytes: Uint8Array, now: Time): void {
  if (session.phase === 'closed' || session.securing) return;
  session.input += fromLatin1(bytes);
  session.waitingSince = now;
  while (session.input.length >= session.need) {
    const cut = responseEnd(session.input, session.config.lineLimit, session.config.messageLimit);
    if (cut === 'too-long') {
      fail(session, 'too-long', session.input.slice(0, 80));
      return;
    }
    if ('need' in cut) {
      session.need = cut.need;
      return;
    }
    const line = session.input.slice(0, cut.end).replace(/\r?\n$/, '');
    session.input = session.input.slice(cut.end);
    session.need = 1;
    session.outputs.push({ kind: 'note', note: { at: now, kind: 'response', line: shown(line) } });
    take(session, line, now);
    // What came with the consent to STARTTLS was said in clear by anybody: it is thrown away (RFC 9051 §6.2.1).
    if (isOver(session)) {
      session.input = '';
      return;
    }
  }
}

const isOver = (session: ImapClientSession): boolean => session.phase === 'closed' || session.securing;

/** For the trace: first line, without what a literal holds. */
const shown = (line: string): string => (line.split('\r\n', 1)[0] ?? '').slice(0, 500);

/** The handshake that `startTls` asked for is over: what was known before counts no more (RFC 9051 §6.2.1). */
export function imapClientSecured(session: ImapClientSession, ok: boolean, now: Time): void {
  if (!session.securing || session.phase === 'closed') return;
  session.securing = false;
  session.waitingSince = now;
  if (!ok) {
    fail(session, 'tls-failed', '');
    return;
  }
  session.secured = true;
  session.capabilities = [];
  session.phase = 'capability';
  say(session, { parts: ['CAPABILITY'] }, now);
}

/** The server closed the connection, or it broke. */
export function imapClientEnd(session: ImapClientSession): void {
  if (session.phase === 'closed') return;
  if (session.phase === 'logout') bye(session);
  else fail(session, 'lost', '');
}

/** When the session wants to be woken: only while it waits for an answer. */
export function imapClientWakeAt(session: ImapClientSession): Time | undefined {
  const quiet = session.phase === 'ready' && (session.tag === undefined || session.idling);
  return session.phase === 'closed' || quiet ? undefined : session.waitingSince + session.config.timeoutMs;
}

export function imapClientWake(session: ImapClientSession, now: Time): void {
  const at = imapClientWakeAt(session);
  if (at !== undefined && now >= at) fail(session, 'timeout', '');
}

/** What the session wants done, oldest first; each is given once. */
export function imapClientDrain(session: ImapClientSession): ImapClientOutput[] {
  const { outputs } = session;
  session.outputs = [];
  return outputs;
}

function transmit(session: ImapClientSession, text: string, line: string, now: Time): void {
  session.outputs.push(
    { kind: 'note', note: { at: now, kind: 'command', line } },
    { kind: 'send', bytes: latin1(text) },
  );
}

function say(session: ImapClientSession, command: ImapCommand, now: Time): void {
  const tag = `a${session.nextTag++}`;
  session.tag = tag;
  session.waitingSince = now;
  const [first = '', ...rest] = command.parts;
  // Each literal waits until the server asks for it: the non-synchronizing form is not everybody's (RFC 7888).
  const opening = rest[0] === undefined ? first : `${first}{${rest[0].length}}`;
  session.pending = rest;
  transmit(session, `${tag} ${opening}\r\n`, `${tag} ${command.shown ?? opening}`, now);
}

function fail(session: ImapClientSession, code: ImapClientFailure, text: string): void {
  session.phase = 'closed';
  session.outputs.push({ kind: 'failed', code, text }, { kind: 'close' });
}

function bye(session: ImapClientSession): void {
  session.phase = 'closed';
  session.outputs.push({ kind: 'bye' }, { kind: 'close' });
}

function take(session: ImapClientSession, line: string, now: Time): void {
  if (line.startsWith('* ')) untagged(session, line.slice(2), now);
  else if (session.phase === 'greeting') fail(session, 'protocol', line.slice(0, 80));
  else if (line.startsWith('+')) continued(session, line.slice(1).trim(), now);
  else {
    const blank = line.indexOf(' ');
    const status = readStatus(line.slice(blank + 1));
    if (session.tag === undefined || line.slice(0, blank) !== session.tag || status === undefined)
      fail(session, 'protocol', line.slice(0, 80));
    else {
      session.tag = undefined;
      session.pending = [];
      learnCapabilities(session, status.code);
      tagged(session, status, now);
    }
  }
}

/** `+`: the next literal, the next step of a login, or IDLE has begun. */
function continued(session: ImapClientSession, text: string, now: Time): void {
  const [literal, rest = ''] = session.pending;
  if (literal !== undefined) {
    session.pending = session.pending.slice(2);
    const [next] = session.pending;
    const more = next === undefined ? rest : `${rest}{${next.length}}`;
    transmit(session, `${literal}${more}\r\n`, `(${literal.length} octets)${more}`, now);
  } else if (session.phase === 'login' && session.sasl !== undefined) {
    const { sasl } = session;
    const challenge = fromBase64(text);
    const answer = isBase64Error(challenge) ? undefined : saslChallenge(sasl, challenge);
    if (answer?.kind !== 'respond') {
      fail(session, 'protocol', answer?.detail ?? text.slice(0, 80));
      return;
    }
    const response = printSasl(answer.bytes);
    transmit(session, `${response}\r\n`, sendsPassword(sasl.mechanism) ? '********' : response, now);
  } else if (session.queue[0]?.request.kind === 'idle' && session.tag !== undefined) {
    session.idling = true;
    if (session.stopIdle) imapClientStopIdle(session, now);
  } else fail(session, 'protocol', `+ ${text.slice(0, 80)}`);
}

function untagged(session: ImapClientSession, line: string, now: Time): void {
  const status = readStatus(line);
  if (session.phase === 'greeting') greeted(session, status, line, now);
  else if (status !== undefined) {
    learnCapabilities(session, status.code);
    learnFolder(session, status.code ?? '');
    if (status.code?.toUpperCase() === 'ALERT')
      session.outputs.push({ kind: 'update', update: { kind: 'alert', text: status.text } });
    if (status.status === 'BYE' && session.phase !== 'logout')
      fail(session, session.phase === 'ready' ? 'lost' : 'refused', status.text);
  } else data(session, line);
}

function greeted(session: ImapClientSession, status: StatusLine | undefined, line: string, now: Time): void {
  if (status?.status === 'OK' || status?.status === 'PREAUTH') {
    if (status.status === 'PREAUTH') {
      // Logged in before TLS could begin: somebody between may have said that (RFC 9051 §11.3).
      if (!session.secured && session.config.tls === 'required')
        fail(session, 'tls-not-offered', status.text);
      else ready(session, 'PREAUTH', now);
      return;
    }
    learnCapabilities(session, status.code);
    if (session.capabilities.length > 0) logIn(session, now);
    else {
      session.phase = 'capability';
      say(session, { parts: ['CAPABILITY'] }, now);
    }
  } else if (status?.status === 'BYE') fail(session, 'refused', status.text);
  else fail(session, 'protocol', line.slice(0, 80));
}

function learnCapabilities(session: ImapClientSession, code: string | undefined): void {
  if (code?.toUpperCase().startsWith('CAPABILITY ') === true)
    session.capabilities = code.toUpperCase().split(' ').slice(1, 200);
}

function learnFolder(session: ImapClientSession, code: string): void {
  const { folder } = session;
  const [, name = '', value = ''] = /^(UIDVALIDITY|UIDNEXT) (\d{1,10})$/i.exec(code) ?? [];
  if (folder === undefined || value === '') return;
  if (name.toUpperCase() === 'UIDNEXT') folder.uidNext = Number(value);
  else folder.uidValidity = Number(value);
}

function data(session: ImapClientSession, line: string): void {
  const { folder } = session;
  const [, digits = '', what = '', rest = ''] =
    /^(\d{1,10}) (EXISTS|EXPUNGE|FETCH)(?: ([^]*))?$/i.exec(line) ?? [];
  const number = Number(digits);
  if (folder !== undefined && what !== '') {
    switch (what.toUpperCase()) {
      case 'EXISTS':
        folder.exists = number;
        folder.uids.length = Math.min(number, MAX_MESSAGES);
        session.outputs.push({ kind: 'update', update: { kind: 'exists', count: number } });
        return;
      case 'EXPUNGE': {
        if (number < 1 || number > folder.exists) return;
        const [uid] = folder.uids.splice(number - 1, 1);
        folder.exists--;
        session.outputs.push({ kind: 'update', update: { kind: 'expunged', uid } });
        return;
      }
      case 'FETCH':
        fetched(session, folder.uids, number, rest);
        return;
    }
  }
  const [, word = '', words = ''] = /^(CAPABILITY|LIST|STATUS|SEARCH)(?: ([^]*))?$/i.exec(line) ?? [];
  if (word.toUpperCase() === 'CAPABILITY') learnCapabilities(session, line);
  else if (word.toUpperCase() === 'LIST') {
    const listed = readList(words);
    const name = listed && (fromModifiedUtf7(listed.name) ?? listed.name);
    if (listed !== undefined && name !== undefined && session.folders.length < 10_000)
      session.folders.push({ name, attributes: listed.attributes });
  } else if (word.toUpperCase() === 'STATUS') session.counts = readCounts(words);
  else if (word.toUpperCase() === 'SEARCH')
    for (const uid of words.split(' '))
      if (/^\d{1,10}$/.test(uid) && session.found.length < MAX_MESSAGES) session.found.push(Number(uid));
}

/** An answer to a fetch, or news of flags that somebody else changed. */
function fetched(
  session: ImapClientSession,
  uids: (number | undefined)[],
  number: number,
  text: string,
): void {
  const message = readFetch(text);
  if (message === undefined || number < 1 || number > uids.length) return;
  if (message.uid > 0) uids[number - 1] = message.uid;
  const uid = uids[number - 1];
  const request = session.queue[0]?.request;
  if (request?.kind === 'fetch' && message.uid > 0 && session.messages.length < MAX_MESSAGES)
    session.messages.push(message);
  else if (message.flags !== undefined)
    session.outputs.push({ kind: 'update', update: { kind: 'flags', uid, flags: message.flags } });
}

function tagged(session: ImapClientSession, status: StatusLine, now: Time): void {
  const ok = status.status === 'OK';
  switch (session.phase) {
    case 'capability':
      if (ok) logIn(session, now);
      else fail(session, 'protocol', status.text);
      return;
    case 'starttls':
      if (!ok) fail(session, 'tls-not-offered', status.text);
      else {
        session.securing = true;
        session.outputs.push({ kind: 'startTls' });
      }
      return;
    case 'login':
      if (!ok) {
        // RFC 5530 §3: the code tells a wrong password from a busy server.
        const busy = /^(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)$/i.test(status.code ?? '');
        fail(session, busy ? 'temporary' : 'wrong-password', status.text);
      } else if (session.sasl !== undefined && !saslFinished(session.sasl))
        fail(session, 'protocol', 'the server did not prove that it knows the password');
      else ready(session, session.sasl?.mechanism ?? 'LOGIN command', now);
      return;
    case 'logout':
      bye(session);
      return;
    default:
      stepDone(session, status, now);
  }
}

function logIn(session: ImapClientSession, now: Time): void {
  const { config, capabilities, secured } = session;
  if (!secured && config.tls === 'required') {
    if (!capabilities.includes('STARTTLS')) fail(session, 'tls-not-offered', '');
    else {
      session.phase = 'starttls';
      say(session, { parts: ['STARTTLS'] }, now);
    }
    return;
  }
  session.phase = 'login';
  const mechanism = MECHANISMS.find(
    (each) => config.mechanisms.includes(each) && capabilities.includes(`AUTH=${each}`),
  );
  if (mechanism === undefined) {
    if (capabilities.includes('LOGINDISABLED')) fail(session, 'no-mechanism', '');
    else say(session, loginCommand(config.user, config.password), now);
    return;
  }
  session.sasl = openSaslClient(mechanism, config, config.nonce);
  // Without SASL-IR (RFC 4959) the first response waits for an empty challenge.
  const initial = capabilities.includes('SASL-IR') ? saslInitial(session.sasl) : undefined;
  const line = `AUTHENTICATE ${mechanism}`;
  if (initial === undefined) say(session, { parts: [line] }, now);
  else {
    const response = printInitialResponse(initial);
    const hidden = sendsPassword(mechanism) ? '********' : response;
    say(session, { parts: [`${line} ${response}`], shown: `${line} ${hidden}` }, now);
  }
}

function ready(
  session: ImapClientSession,
  way: Extract<ImapClientOutput, { kind: 'ready' }>['way'],
  now: Time,
): void {
  session.phase = 'ready';
  session.outputs.push({ kind: 'ready', way });
  work(session, now);
}

/** Begins the first request of the queue unless something is at work. */
function work(session: ImapClientSession, now: Time): void {
  while (session.phase === 'ready' && session.tag === undefined) {
    const [first] = session.queue;
    if (first === undefined) return;
    const { request } = first;
    session.steps = commandsOf(request, session.capabilities);
    session.stopIdle = session.queue.length > 1;
    if (request.kind === 'select')
      session.folder = {
        name: request.folder,
        uidValidity: undefined,
        uidNext: undefined,
        readOnly: false,
        exists: 0,
        uids: [],
      };
    if (request.kind === 'logout') session.phase = 'logout';
    const command = session.steps.shift();
    if (command !== undefined) say(session, command, now);
    else finish(session, { status: 'OK', code: undefined, text: '' });
  }
}

function stepDone(session: ImapClientSession, status: StatusLine, now: Time): void {
  session.idling = false;
  const next = status.status === 'OK' ? session.steps.shift() : undefined;
  if (next !== undefined) say(session, next, now);
  else {
    finish(session, status);
    work(session, now);
  }
}

function finish(session: ImapClientSession, status: StatusLine): void {
  const done = session.queue.shift();
  const ok = status.status === 'OK';
  if (done?.request.kind === 'select') {
    // A SELECT that fails leaves no folder selected (RFC 9051 §6.3.2).
    if (!ok) session.folder = undefined;
    else if (session.folder !== undefined)
      session.folder.readOnly = status.code?.toUpperCase() === 'READ-ONLY';
  }
  const { folders, messages, found, counts } = session;
  if (done !== undefined)
    session.outputs.push({
      kind: 'result',
      id: done.id,
      result: { ok, code: status.code, text: status.text, folders, messages, found, counts },
    });
  session.steps = [];
  session.folders = [];
  session.messages = [];
  session.found = [];
  session.counts = {};
}
