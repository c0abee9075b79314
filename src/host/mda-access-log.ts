// What POP3 and IMAP sessions leave behind besides the wire: events in the trace and Dovecot's log lines, in its words. Also
// what is known of a connection, which is what these lines are made of.

import type { Time } from '../base/dates.ts';
import type { ImapNote } from '../imap/session.ts';
import type { Endpoint } from '../net/events.ts';
import type { NetInput } from '../net/network.ts';
import type { Pop3Note } from '../pop3/session.ts';
import type { AccessProtocol } from './access-service.ts';
import type { Os } from './program.ts';

export interface AccessClient {
  readonly socket: number;
  readonly connection: number;
  readonly protocol: AccessProtocol;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly pid: number;
  /** Dovecot's session id of the log. */
  readonly name: string;
  secured: boolean;
  /** Undefined until an implicit handshake is over. */
  session: unknown;
  /** The question that STARTTLS or STLS asked. */
  handshake: number | undefined;
  user: string | undefined;
  readonly openedAt: Time;
  /** Failed logins, and the last of them. */
  failures: number;
  failed: { readonly user: string; readonly way: string } | undefined;
  /** What it said and nobody has looked at yet, because much is on its way to it. */
  backlog: string;
  /** The client said its last. */
  ending: boolean;
  /** Until when the line to it is busy with what was sent. */
  busyUntil: Time;
  /** It does not read what is sent to it. */
  held: boolean;
  /** What Dovecot counts for its last log line. */
  received: number;
  sent: number;
}

type TlsFailed = Extract<NetInput, { type: 'tlsFailed' }>;

/** A handshake failed. */
export function logTlsFailure(client: AccessClient, failure: TlsFailed['failure'], os: Os): void {
  os.log(
    `dovecot: ${client.protocol}-login`,
    `Disconnected: Connection closed: SSL_accept() failed (${attempts(client, os)}${addresses(client)}, TLS handshaking: SSL_accept() failed: ${tlsError(failure)}, session=<${client.name}>`,
    client.pid,
  );
}

/** OpenSSL's words for the commonest failures, as they stand in Dovecot's log. */
function tlsError(failure: TlsFailed['failure']): string {
  if (failure.kind === 'noTls') return 'error:0A00010B:SSL routines::wrong version number';
  if (failure.kind === 'ended') return 'Connection closed';
  const words = failure.alert.replaceAll('_', ' ');
  return failure.kind === 'gotAlert'
    ? `error:0A000416:SSL routines::sslv3 alert ${words}`
    : `error:0A000102:SSL routines::${words}`;
}

/** Puts a note into trace and log; answers the user whose folders it changed. */
export function noted(client: AccessClient, note: ImapNote | Pop3Note, os: Os): string | undefined {
  const { connection, protocol } = client;
  const rule = 'rule' in note ? note.rule : undefined;
  const seq =
    protocol === 'imap'
      ? os.emit({ type: 'imap.server', connection, note: note as ImapNote }, rule)
      : os.emit({ type: 'pop3.server', connection, note: note as Pop3Note }, rule);
  switch (note.kind) {
    case 'command':
      os.cause = seq;
      return undefined;
    case 'login': {
      client.user = note.user;
      os.log(
        `dovecot: ${protocol}-login`,
        `Login: user=<${note.user}>, method=${methodOf(note.way)}, ${addresses(client)}, mpid=${client.pid + 1}${client.secured ? ', TLS' : ''}, session=<${client.name}>`,
        client.pid,
      );
      return undefined;
    }
    case 'login-failed':
      client.failures++;
      client.failed = { user: note.user ?? '', way: methodOf(note.way) };
      return undefined;
    case 'disconnect': {
      const user = client.user;
      if (user === undefined) {
        const why =
          note.reason === 'logout' || note.reason === 'quit'
            ? 'Aborted login by logging out'
            : 'Connection closed';
        os.log(
          `dovecot: ${protocol}-login`,
          `Disconnected: ${why} (${attempts(client, os)}${addresses(client)}${client.secured ? ', TLS' : ''}, session=<${client.name}>`,
          client.pid,
        );
      } else {
        const why = note.reason === 'logout' || note.reason === 'quit' ? 'Logged out' : 'Connection closed';
        os.log(
          `dovecot: ${protocol}(${user})<${client.pid + 1}><${client.name}>`,
          protocol === 'imap'
            ? `Disconnected: ${why} in=${client.received} out=${client.sent}`
            : `Disconnected: ${why}`,
          client.pid + 1,
        );
      }
      // POP3 marks as read what it has handed out, and does so at the end.
      return protocol === 'pop3' ? user : undefined;
    }
    case 'changed':
    case 'removed':
    case 'retrieved':
      return note.user;
    default:
      return undefined;
  }
}

/** Dovecot names PASS and LOGIN by the mechanism that they amount to. */
const methodOf = (way: string): string => (way === 'LOGIN command' || way === 'PASS' ? 'PLAIN' : way);

/** `auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, ` */
function attempts(client: AccessClient, os: Os): string {
  const seconds = Math.floor((os.now - client.openedAt) / 1000);
  if (client.failed === undefined) return `no auth attempts in ${seconds} secs): user=<>, `;
  const { user, way } = client.failed;
  return `auth failed, ${client.failures} attempts in ${seconds} secs): user=<${user}>, method=${way}, `;
}

const addresses = (client: AccessClient): string =>
  `rip=${client.remote.address}, lip=${client.local.address}`;
