// What goes wrong when POP3, IMAP or TLS is typed by hand: a forgotten tag, a number that should have been a UID, a mailbox
// that is not open, a deletion that was never confirmed, the wrong protocol at a port. Pure; the words are in src/text.

import type { EventOf, TraceEvent } from '../host/events.ts';

/** Slips at a mailbox's doors. */
export type AccessSlip =
  /** The command's own name stood where the tag belongs. */
  | 'AC-TAG'
  /** The number in `{n}` is not the length of what followed. */
  | 'AC-LITERAL'
  /** No message has that sequence number: perhaps it was a UID. */
  | 'AC-UID'
  /** A quote or a brace in an unquoted password. */
  | 'AC-QUOTE'
  /** BODY gives the structure, BODY[] the message. */
  | 'AC-BODY'
  /** A folder must be open first. */
  | 'AC-SELECT'
  | 'AC-USER'
  /** Marked by DELE, and the connection ended without QUIT. */
  | 'AC-DELE'
  /** SMTP at a POP3 or IMAP port, and the reverse. */
  | 'AC-SMTP'
  | 'AC-MAIL'
  /** Plain text at a port that waits for TLS. */
  | 'AC-TLS'
  /** s_client sends LF alone. */
  | 'AC-CRLF'
  /** s_client took the line for a command of its own. */
  | 'LM-18';

/** By connection: the command that the next reply answers. Plain data. */
export interface AccessCoach {
  readonly imap: Map<number, { readonly line: string; readonly state: string }>;
  readonly pop3: Map<number, string>;
  /** Who has named a user to a POP3 server. */
  readonly named: Set<number>;
}

export function openAccessCoach(): AccessCoach {
  return { imap: new Map(), pop3: new Map(), named: new Set() };
}

export interface Slip {
  readonly id: AccessSlip;
  readonly params: Readonly<Record<string, string | number>>;
}

const IMAP_VERBS =
  /^(?:LOGIN|SELECT|EXAMINE|FETCH|STORE|SEARCH|UID|EXPUNGE|IDLE|LIST|STATUS|CAPABILITY|LOGOUT|NOOP|CLOSE|COPY|MOVE)(?:\s|$)/i;
const NEEDS_FOLDER = /^\S+\s+(?:UID\s+)?(?:FETCH|STORE|SEARCH|COPY|MOVE|EXPUNGE|CLOSE|CHECK)\b/i;
const SMTP_LINE = /^\s*(?:EHLO\b|HELO\b|MAIL\s+FROM|RCPT\s+TO|DATA\s*$)/i;
const ACCESS_LINE =
  /^\s*(?:(?:USER|PASS|RETR|DELE|STAT|UIDL|TOP)\b|\S+\s+(?:LOGIN|SELECT|EXAMINE|FETCH|STORE|LIST|IDLE|CAPABILITY|LOGOUT)\b)/i;
const TLS_PORTS: Readonly<Record<string, string>> = {
  '465': 'smtps',
  '993': 'imaps',
  '995': 'pop3s',
  submissions: 'smtps',
  imaps: 'imaps',
  pop3s: 'pop3s',
};

/** What an event of a session shows; the caller knows whether a learner's terminal holds the other end. */
export function foldAccessSlip(fold: AccessCoach, event: TraceEvent): readonly Slip[] {
  switch (event.type) {
    case 'imap.server':
      return imap(fold, event);
    case 'pop3.server':
      return pop3(fold, event);
    case 'smtp.server': {
      const { note } = event;
      if (note.kind !== 'reply' || note.reply.code < 500) return [];
      const typed = fold.pop3.get(event.connection) ?? '';
      fold.pop3.delete(event.connection);
      return ACCESS_LINE.test(typed) ? [slip('AC-MAIL', typed)] : [];
    }
    default:
      return [];
  }
}

/** An SMTP server has no other trace of a line that it did not understand than the line itself. */
export function rememberSmtpLine(fold: AccessCoach, connection: number, text: string): void {
  fold.pop3.set(connection, text);
}

function imap(fold: AccessCoach, { connection, note }: EventOf<'imap.server'>): readonly Slip[] {
  if (note.kind === 'command') {
    fold.imap.set(connection, note);
    return [];
  }
  const command = fold.imap.get(connection);
  // The answer to a wrong password takes its time; the reason is known before.
  if (note.kind === 'login-failed' && command !== undefined && /\sLOGIN\s/i.test(command.line)) {
    if (!oddPassword(command.line) || /\{\d+\+?\}/.test(command.line)) return [];
    fold.imap.delete(connection);
    return [slip('AC-QUOTE', command.line)];
  }
  if (note.kind !== 'reply') return [];
  fold.imap.delete(connection);
  if (command === undefined) return [];
  const { line, state } = command;
  const isGood = note.status === 'OK';
  if (isGood) return /\bFETCH\b.*\bBODY(?![.[\w])/i.test(line) ? [slip('AC-BODY', line)] : [];
  if (SMTP_LINE.test(line)) return [slip('AC-SMTP', line, { port: 143 })];
  if (IMAP_VERBS.test(line)) return [slip('AC-TAG', line, { tag: line.trim().split(/\s+/)[0] ?? '' })];
  if (/\{\d+\+?\}/.test(line)) return [slip('AC-LITERAL', line)];
  if (/^\S+\s+LOGIN\s/i.test(line) && oddPassword(line)) return [slip('AC-QUOTE', line)];
  if (state === 'authenticated' && NEEDS_FOLDER.test(line)) return [slip('AC-SELECT', line)];
  if (/^\S+\s+(?:FETCH|STORE|COPY|MOVE)\s/i.test(line) && /messageset/i.test(note.text)) {
    const number = /^\S+\s+\S+\s+(\S+)/.exec(line)?.[1] ?? '1';
    return [slip('AC-UID', line, { number })];
  }
  return [];
}

/** A quote or a brace inside an atom, or a quoted string that ends early. */
function oddPassword(line: string): boolean {
  const rest = line.replace(/^\S+\s+LOGIN\s+/i, '').replace(/"(?:[^"\\]|\\.)*"(?=\s|$)/g, '');
  return /["{]/.test(rest);
}

function pop3(fold: AccessCoach, { connection, note }: EventOf<'pop3.server'>): readonly Slip[] {
  switch (note.kind) {
    case 'command':
      fold.pop3.set(connection, note.line);
      return [];
    case 'reply': {
      const line = fold.pop3.get(connection) ?? '';
      fold.pop3.delete(connection);
      const isGood = note.line.startsWith('+OK');
      if (/^\s*USER\s/i.test(line) && isGood) fold.named.add(connection);
      if (isGood) return [];
      if (SMTP_LINE.test(line)) return [slip('AC-SMTP', line, { port: 110 })];
      return /^\s*PASS\b/i.test(line) && !fold.named.has(connection) ? [slip('AC-USER', line)] : [];
    }
    case 'kept':
      return note.uids.length === 0 ? [] : [{ id: 'AC-DELE', params: { n: note.uids.length } }];
    default:
      return [];
  }
}

function slip(id: AccessSlip, line: string, params: Slip['params'] = {}): Slip {
  return { id, params: { typed: hidden(line.trim()), ...params } };
}

/** Passwords are not repeated. */
function hidden(line: string): string {
  return line.replace(/^(\s*PASS\s+).*/i, '$1…').replace(/^((?:\S+\s+)?LOGIN\s+\S+\s).*/i, '$1…');
}

/** A line typed into a program that `command` started. */
export function typedSlip(program: string, text: string, command: string): Slip | undefined {
  if (program === 'openssl') {
    if (/^[QR]/.test(text)) return { id: 'LM-18', params: { typed: text } };
    const isSmtp = /-starttls\s+smtp|:(?:25|465|587)\b/.test(command);
    if (/^data\s*$/i.test(text) && isSmtp && !/\s-crlf\b/.test(command))
      return { id: 'AC-CRLF', params: { command: command.trim().replace(/s_client/, 's_client -crlf') } };
    return undefined;
  }
  return program === 'nc' ? tlsPort(command, 'nc') : undefined;
}

/** telnet is connected to a port on which only TLS is spoken: it will stay silent. */
export function tlsPort(command: string, program: 'telnet' | 'nc'): Slip | undefined {
  const words = command.trim().split(/\s+/);
  const port = words.at(-1) ?? '';
  const host = words.at(-2) ?? '';
  return words[0] === program && words.length > 2 && TLS_PORTS[port] !== undefined
    ? { id: 'AC-TLS', params: { host, port } }
    : undefined;
}
