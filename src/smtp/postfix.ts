// What Postfix says: the texts of its refusals that a host's policy needs, its EHLO list, and the phrases of its log. Pure
// functions; who is allowed what is the host's. RFC 5321 §4.2 and smtpd(8) first; texts as recorded in `recordings/`.

import type { Verb } from './grammar.ts';
import { isAddressLiteral, isHostname, isIpv4, splitAddress } from './grammar.ts';
import { reply, replyText, type Reply } from './reply.ts';
import type { ServerConfig, ServerNote, Peer } from './session.ts';

/** `mail.absender.example[127.0.0.41]`, as Postfix names a client. */
export function clientName(peer: Peer): string {
  return `${peer.name}[${peer.address}]`;
}

const bracketed = (address: string): string => `<${address}>`;

/** smtpd_relay_restrictions: `deferred` is Postfix's default (defer_unauth_destination), 454 instead of 554. */
export function relayAccessDenied(address: string, deferred = false): Reply {
  return deferred
    ? reply(454, '4.7.1', `${bracketed(address)}: Relay access denied`, 'RFC 5321 §7.9')
    : reply(554, '5.7.1', `${bracketed(address)}: Relay access denied`, 'RFC 5321 §7.9');
}

export type RecipientTable = 'local recipient' | 'virtual mailbox' | 'virtual alias' | 'relay recipient';

/** reject_unlisted_recipient. */
export function userUnknown(address: string, table: RecipientTable): Reply {
  return reply(
    550,
    '5.1.1',
    `${bracketed(address)}: Recipient address rejected: User unknown in ${table} table`,
    'RFC 5321 §3.3',
  );
}

/** An access(5) action or a policy server's verdict on the recipient, with its own code and text. */
export function recipientRejected(address: string, code: number, enhanced: string, text: string): Reply {
  return reply(code, enhanced, `${bracketed(address)}: Recipient address rejected: ${text}`);
}

export function senderRejected(address: string, code: number, enhanced: string, text: string): Reply {
  return reply(code, enhanced, `${bracketed(address)}: Sender address rejected: ${text}`);
}

/** The client itself: `554 5.7.1 <name[ip]>: Client host rejected: Access denied`. */
export function clientRejected(peer: Peer, code = 554, enhanced = '5.7.1', text = 'Access denied'): Reply {
  return reply(code, enhanced, `${bracketed(clientName(peer))}: Client host rejected: ${text}`);
}

/** reject_unknown_sender_domain: neither MX nor address. */
export function senderDomainNotFound(address: string): Reply {
  return { ...senderRejected(address, 450, '4.1.8', 'Domain not found'), rule: 'RFC 5321 §3.6.2' };
}

/** reject_unknown_sender_domain: null MX (RFC 7505 §4.2). */
export function senderDomainNullMx(address: string): Reply {
  const { domain } = splitAddress(address);
  return {
    ...senderRejected(address, 550, '5.7.27', `Domain ${domain} does not accept mail (nullMX)`),
    rule: 'RFC 7505 §4.2',
  };
}

export function recipientDomainNotFound(address: string): Reply {
  return { ...recipientRejected(address, 450, '4.1.2', 'Domain not found'), rule: 'RFC 5321 §3.6.2' };
}

export function recipientDomainNullMx(address: string): Reply {
  const { domain } = splitAddress(address);
  return {
    ...recipientRejected(address, 556, '5.1.10', `Domain ${domain} does not accept mail (nullMX)`),
    rule: 'RFC 7505 §4.1',
  };
}

/** reject_non_fqdn_sender, reject_non_fqdn_recipient. */
export function addressNotQualified(which: 'Sender' | 'Recipient', address: string): Reply {
  return reply(
    504,
    '5.5.2',
    `${bracketed(address)}: ${which} address rejected: need fully-qualified address`,
  );
}

/** reject_sender_login_mismatch. */
export function senderNotOwned(address: string, user: string | undefined): Reply {
  const text = user === undefined ? 'not logged in' : `not owned by user ${user}`;
  return senderRejected(address, 553, '5.7.1', text);
}

/** Why a HELO name is refused; undefined: the name is in order as far as its form goes. */
export type HeloFault = 'invalid-name' | 'invalid-literal' | 'not-qualified' | 'not-found' | 'policy';

/** reject_invalid_helo_hostname and reject_non_fqdn_helo_hostname: what is wrong with the form of a HELO name. */
export function heloFault(name: string): HeloFault | undefined {
  if (name.startsWith('[')) return isAddressLiteral(name) ? undefined : 'invalid-literal';
  if (isIpv4(name)) return 'not-qualified';
  if (!isHostname(name.replace(/\.$/, ''))) return 'invalid-name';
  return name.includes('.') ? undefined : 'not-qualified';
}

/** `Helo command rejected: …`; `text` is for `policy` only. */
export function heloRejected(name: string, fault: HeloFault, text = 'Access denied'): Reply {
  const say = (code: number, enhanced: string, why: string): Reply =>
    reply(code, enhanced, `${bracketed(name)}: Helo command rejected: ${why}`, 'RFC 5321 §4.1.4');
  switch (fault) {
    case 'invalid-name':
      return say(501, '5.5.2', 'Invalid name');
    case 'invalid-literal':
      return say(501, '5.5.2', 'invalid ip address');
    case 'not-qualified':
      return say(504, '5.5.2', 'need fully-qualified hostname');
    case 'not-found':
      return say(450, '4.7.1', 'Host not found');
    case 'policy':
      return say(554, '5.7.1', text);
  }
}

/** reject_unknown_reverse_client_hostname: no PTR at all. */
export function noReverseHostname(address: string): Reply {
  return reply(450, '4.7.1', `Client host rejected: cannot find your reverse hostname, [${address}]`);
}

/** reject_unknown_client_hostname: PTR missing or not confirmed by the address. */
export function noHostname(address: string): Reply {
  return reply(
    450,
    '4.7.25',
    `Client host rejected: cannot find your hostname, [${address}]`,
    'RFC 7372 §3.3',
  );
}

/** reject_rbl_client. */
export function blockListed(address: string, list: string, text: string): Reply {
  const why = text === '' ? '' : `; ${text}`;
  return reply(554, '5.7.1', `Service unavailable; Client host [${address}] blocked using ${list}${why}`);
}

export function greylisted(address: string, text: string): Reply {
  return { ...recipientRejected(address, 450, '4.2.0', `Greylisted, see ${text}`), rule: 'RFC 6647 §2.2' };
}

export function quotaExceeded(address: string): Reply {
  return recipientRejected(address, 452, '4.2.2', 'Quota exceeded (mailbox for user is full)');
}

export function tooManyConnections(hostname: string, address: string): Reply {
  return reply(421, '4.7.0', `${hostname} Error: too many connections from ${address}`);
}

/** clamav-milter's RejectMsg. */
export function virusFound(name: string): Reply {
  return reply(550, '5.7.1', `virus ${name} detected by ClamAV - http://www.clamav.net`);
}

/** spamass-milter -r. */
export function spamFound(): Reply {
  return reply(550, '5.7.1', 'Blocked by SpamAssassin');
}

/** Aliases that lead in a circle, or to too many (cleanup_map1n.c). */
export function aliasExpansionError(): Reply {
  return reply(451, '4.6.0', 'Alias expansion error');
}

export function tooMuchMail(address: string): Reply {
  return reply(450, '4.7.1', `Error: too much mail from ${address}`);
}

export function tooManyRecipientsFrom(address: string): Reply {
  return reply(450, '4.7.1', `Error: too many recipients from ${address}`);
}

/** reject_multi_recipient_bounce. */
export function multiRecipientBounce(): Reply {
  return reply(550, '5.5.3', '<DATA>: Data command rejected: Multi-recipient bounce');
}

/**
 * Sender-specified routing, `user%domain@`, `domain!user@`, `user@domain@`: with allow_untrusted_routing=no such an
 * address is never a local destination, so the relay check applies.
 */
export function hasForeignRouting(address: string): boolean {
  return /[%!@]/.test(splitAddress(address).local) || (!address.includes('@') && /[%!]/.test(address));
}

/** One line of the EHLO answer and what switches it off besides smtpd_discard_ehlo_keywords. */
interface Extension {
  readonly keyword: string;
  readonly line: (config: ServerConfig, secured: boolean) => string | undefined;
}

/** Postfix's EHLO list in its order (RFC 5321 §4.1.1.1). A keyword is left out when `line` says undefined. */
export const EXTENSIONS: readonly Extension[] = [
  { keyword: 'pipelining', line: () => 'PIPELINING' },
  {
    keyword: 'size',
    line: (config) => (config.messageSizeLimit > 0 ? `SIZE ${config.messageSizeLimit}` : 'SIZE'),
  },
  { keyword: 'vrfy', line: (config) => (config.disableVrfy ? undefined : 'VRFY') },
  { keyword: 'etrn', line: () => 'ETRN' },
  {
    keyword: 'starttls',
    line: ({ tls }, secured) => (secured || tls === 'off' || tls === 'wrapper' ? undefined : 'STARTTLS'),
  },
  {
    keyword: 'auth',
    line: (config, secured) =>
      mayAuthenticate(config, secured) ? `AUTH ${config.mechanisms.join(' ')}` : undefined,
  },
  { keyword: 'enhancedstatuscodes', line: () => 'ENHANCEDSTATUSCODES' },
  { keyword: '8bitmime', line: () => '8BITMIME' },
  { keyword: 'dsn', line: () => 'DSN' },
  { keyword: 'smtputf8', line: () => 'SMTPUTF8' },
  { keyword: 'chunking', line: () => 'CHUNKING' },
];

/** Whether AUTH is there at all: it is not in clear where TLS is asked for first. */
export function mayAuthenticate(config: ServerConfig, secured: boolean): boolean {
  return config.mechanisms.length > 0 && (secured || (!config.tlsAuthOnly && config.tls !== 'encrypt'));
}

/** The lines of the EHLO answer, host name first. */
export function ehloLines(config: ServerConfig, secured = false): string[] {
  const lines = [config.hostname];
  for (const { keyword, line } of EXTENSIONS) {
    if (config.discardEhloKeywords.includes(keyword)) continue;
    const text = line(config, secured);
    if (text !== undefined) lines.push(text);
  }
  return lines;
}

/** The order in which Postfix prints its command counters. */
export const COUNTED: readonly (Verb | 'UNKNOWN')[] = [
  'HELO',
  'EHLO',
  'STARTTLS',
  'AUTH',
  'MAIL',
  'RCPT',
  'DATA',
  'BDAT',
  'RSET',
  'NOOP',
  'VRFY',
  'ETRN',
  'QUIT',
  'XCLIENT',
  'XFORWARD',
  'HELP',
  'UNKNOWN',
];

/** `ehlo=1 mail=1 rcpt=0/1 commands=2/3`, as in the log line `disconnect from …`. */
export function countersText(counters: Readonly<Record<string, { ok: number; all: number }>>): string {
  const parts: string[] = [];
  let ok = 0;
  let all = 0;
  for (const verb of COUNTED) {
    const count = counters[verb];
    if (!count || count.all === 0) continue;
    ok += count.ok;
    all += count.all;
    parts.push(`${verb.toLowerCase()}=${count.ok === count.all ? count.ok : `${count.ok}/${count.all}`}`);
  }
  parts.push(`commands=${ok > 0 && ok === all ? ok : `${ok}/${all}`}`);
  return parts.join(' ');
}

/**
 * What smtpd writes to the mail log for a note, without date and process; undefined when it writes nothing. `queueId` is
 * that of the transaction, if the host has given one.
 */
export function smtpdLogText(note: ServerNote, peer: Peer, queueId = 'NOQUEUE'): string | undefined {
  const from = clientName(peer);
  switch (note.kind) {
    case 'connect':
      return `connect from ${from}`;
    case 'reject': {
      const parts: string[] = [];
      if (note.sender !== undefined) parts.push(`from=<${note.sender}>`);
      if (note.recipient !== undefined) parts.push(`to=<${note.recipient}>`);
      parts.push(`proto=${note.protocol}`);
      if (note.helo !== undefined) parts.push(`helo=<${note.helo}>`);
      const what = note.bareLf ? 'bare <LF> received' : replyText(note.reply);
      return `${queueId}: reject: ${note.stage} from ${from}: ${what}; ${parts.join(' ')}`;
    }
    case 'warning':
      switch (note.code) {
        case 'non-smtp':
          return `warning: non-SMTP command from ${from}: ${note.text}`;
        case 'pipelining':
          return `improper command pipelining after ${note.after} from ${from}: ${note.text}`;
        case 'size':
          return `warning: ${queueId}: queue file size limit exceeded`;
        case 'input-overflow':
          return undefined;
      }
      return undefined;
    case 'login-failed': {
      const user = note.user === undefined ? '' : `, sasl_username=${note.user}`;
      return `warning: ${from}: SASL ${note.mechanism.toUpperCase()} authentication failed: ${note.text}${user}`;
    }
    case 'lost': {
      const after = note.after === 'DATA' ? `DATA (${note.bytes} bytes)` : note.after;
      return `${note.reason} after ${after} from ${from}`;
    }
    case 'disconnect':
      return `disconnect from ${from} ${countersText(note.counters)}`;
    default:
      return undefined;
  }
}
