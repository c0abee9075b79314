// The Postfix and the Dovecot LMTP server that the recordings of SMTP and LMTP were made on, as configuration and policy for
// our sessions. What a recording's host decides (who is known, who may relay) is a table here; what the protocol decides is
// the session's. The replays of the recordings use it, and so does the comparison with the real programs.

import { isHostname, splitAddress } from '../smtp/grammar.ts';
import { lmtpConfig, lmtpQuotaExceeded, lmtpSaved, lmtpUserUnknown } from '../smtp/lmtp.ts';
import * as postfix from '../smtp/postfix.ts';
import { postfixConfig, type Peer, type ServerAnswer, type ServerConfig } from '../smtp/session.ts';
import { parseTalk, type Talk } from './parse.ts';
import type { TalkOptions } from './run.ts';
import { sessionTarget, type SessionTarget, type TalkPolicy } from './session-target.ts';

const USERS = ['bob', 'anna', 'postmaster', 'voll', 'geist'];
const ACCEPT: ServerAnswer = { ok: true };

const userOf = (local: string): string => (local.split('+')[0] ?? '').toLowerCase();

/** What changes from profile to profile; the words are those of the recordings' `# profile:` lines. */
function configOf(profile: string): ServerConfig {
  const changes: Record<string, Partial<ServerConfig>> = {
    'strict + message_size_limit=2000': { messageSizeLimit: 2000 },
    'strict + smtpd_recipient_limit=3': {
      recipientLimit: 3,
      recipientOvershootLimit: 3,
      messageSizeLimit: 2000,
    },
    'strict + smtpd_timeout=3s': { timeoutMs: 3000 },
    'strict + strict_rfc821_envelopes=yes': { strictEnvelopes: true, disableVrfy: true },
    'strict + strict_smtputf8=yes': { strictSmtputf8: true },
    'strict + disable_vrfy_command=yes': { disableVrfy: true },
    'strict + hard error limit 4': { softErrorLimit: 2, hardErrorLimit: 4 },
    'strict + smtpd_junk_command_limit=3 soft=2 hard=4': {
      junkCommandLimit: 3,
      softErrorLimit: 2,
      hardErrorLimit: 4,
    },
  };
  const hasAuth = /AUTH|_rate_limit=|^submission/.test(profile);
  const isSubmission = profile === 'submission';
  const bare = /smtpd_forbid_bare_newline=(\w+)/.exec(profile)?.[1];
  const bareNewline = bare === 'normalize' || bare === 'reject' ? bare : 'legacy';
  return postfixConfig(
    'mx.hafen.example',
    {
      heloRequired: profile !== 'default',
      forbidUnauthPipelining: profile.includes('smtpd_forbid_unauth_pipelining=yes'),
      forbidBareNewline: bareNewline,
      fastFlushDomains: ['relay.example'],
      tls: tlsOf(profile),
      mechanisms: hasAuth ? ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256'] : [],
      tlsAuthOnly: isSubmission,
      ...changes[profile],
    },
    '3.7',
  );
}

function tlsOf(profile: string): ServerConfig['tls'] {
  if (profile === 'default' || profile.includes('no TLS')) return 'off';
  if (profile === 'submission') return 'encrypt';
  return profile.includes('missing certificate') ? 'broken' : 'may';
}

/** smtpd_sender_login_maps of the recorded Postfix. */
const OWNERS: Readonly<Record<string, string>> = {
  'bob@hafen.example': 'bob',
  'anna@hafen.example': 'anna',
  'alice@absender.example': 'alice',
};

/** The recorded Postfix as a policy. */
function policyOf(profile: string, peer: Peer): TalkPolicy {
  let mails = 0;
  let recipients = 0;
  let connections = 0;
  const recipient = (
    address: string,
    reversePath: string,
    helo: string,
    login: string | undefined,
  ): ServerAnswer => {
    const { local, domain } = splitAddress(address);
    const refuse = (reply: ReturnType<typeof postfix.noHostname>): ServerAnswer => ({ reply });
    if (profile === 'strict + smtpd_client_recipient_rate_limit=2' && ++recipients > 2)
      return refuse(postfix.tooManyRecipientsFrom(peer.address));
    if (profile === 'strict + client restrictions') {
      const { address: client, name, reverseName } = peer;
      if (client === '127.0.0.45')
        return refuse(postfix.blockListed(client, 'zen.bl.test', `listed, see http://bl.test/q?${client}`));
      if (name === 'unknown')
        return refuse(
          reverseName === undefined ? postfix.noReverseHostname(client) : postfix.noHostname(client),
        );
    }
    if (profile === 'strict + helo/sender/recipient restrictions') {
      if (helo === 'mx.hafen.example') return refuse(postfix.heloRejected(helo, 'policy', 'You are not me'));
      const fault = postfix.heloFault(helo);
      if (fault) return refuse(postfix.heloRejected(helo, fault));
      if (isHostname(helo) && helo !== 'mail.absender.example')
        return refuse(postfix.heloRejected(helo, 'not-found'));
      if (domain === '') return refuse(postfix.addressNotQualified('Recipient', address));
      if (domain === 'nullmx.example') return refuse(postfix.recipientDomainNullMx(address));
      if (domain === 'nx.example') return refuse(postfix.recipientDomainNotFound(address));
    }
    if (profile === 'strict + check_sender_access') {
      const sender = splitAddress(reversePath).domain;
      if (sender === 'tmp.example')
        return refuse(postfix.senderRejected(reversePath, 450, '4.7.1', 'greylisted'));
      if (sender === 'boese.example')
        return refuse(postfix.senderRejected(reversePath, 554, '5.7.1', 'go away'));
      if (sender === 'pfad.example')
        return refuse(postfix.senderRejected(reversePath, 550, '5.7.23', 'SPF fail - not authorized'));
    }
    if (profile === 'submission' && login === undefined) return refuse(postfix.clientRejected(peer));
    if (profile.includes('reject_sender_login_mismatch')) {
      const owner = OWNERS[reversePath];
      if (owner !== undefined && login === undefined)
        return refuse(postfix.senderNotOwned(reversePath, undefined));
      if (login !== undefined && owner !== login) return refuse(postfix.senderNotOwned(reversePath, login));
    }
    if (login !== undefined) return ACCEPT;
    if (postfix.hasForeignRouting(address)) return refuse(postfix.relayAccessDenied(address));
    if (domain === '' || domain.toLowerCase() === 'mx.hafen.example')
      return ['root', 'postmaster'].includes(userOf(local))
        ? ACCEPT
        : refuse(postfix.userUnknown(address, 'local recipient'));
    if (domain.toLowerCase() !== 'hafen.example')
      return refuse(postfix.relayAccessDenied(address, profile === 'default'));
    if (!USERS.includes(userOf(local))) return refuse(postfix.userUnknown(address, 'virtual mailbox'));
    if (profile === 'strict + quota-status' && userOf(local) === 'voll')
      return refuse(postfix.quotaExceeded(address));
    return ACCEPT;
  };
  return (question, session) => {
    switch (question.kind) {
      case 'connect':
        connections++;
        if (
          profile === 'strict + smtpd_client_connection_rate_limit=2' ||
          (profile === 'strict + smtpd_client_connection_count_limit=1' && connections > 1)
        )
          return { reply: postfix.tooManyConnections('mx.hafen.example', peer.address) };
        if (profile === 'strict + client reject, smtpd_delay_reject=no')
          return { reply: postfix.clientRejected(peer) };
        if (profile === 'strict + 521 access action at connect')
          return {
            reply: postfix.clientRejected(peer, 521, '5.3.2', 'mx.hafen.example does not accept mail'),
          };
        return ACCEPT;
      case 'sender':
        return profile === 'strict + smtpd_client_message_rate_limit=1' && ++mails > 1
          ? { reply: postfix.tooMuchMail(peer.address) }
          : ACCEPT;
      case 'recipient':
        return recipient(
          question.recipient.address,
          question.envelope.reversePath,
          session.helo ?? '',
          session.login,
        );
      case 'verify':
        return recipient(question.address, '', session.helo ?? '', session.login);
      case 'account':
        return {
          account: USERS.includes(question.user) ? { user: question.user, password: 'geheim' } : undefined,
        };
      case 'tls':
      case 'message':
        return { ok: true, queueId: '4AbCdEfGh1z1' };
      case 'helo':
      case 'data':
        return ACCEPT;
    }
  };
}

/** The recorded Dovecot as a policy: virtual users with a plus delimiter, one of them over quota for all but tiny mail. */
const lmtpPolicy: TalkPolicy = (question) => {
  if (question.kind === 'recipient') {
    const { local, domain } = splitAddress(question.recipient.address);
    if (USERS.includes(userOf(local))) return ACCEPT;
    return { reply: lmtpUserUnknown(question.recipient.address, `${userOf(local)}@${domain}`) };
  }
  if (question.kind !== 'message') return ACCEPT;
  return {
    replies: question.envelope.recipients.map(({ address }) =>
      address.startsWith('voll@') ? lmtpQuotaExceeded(address) : lmtpSaved(address, 'sEsSiOn:1'),
    ),
  };
};

const OFF_IN_LMTP = /^250[ -](?:STARTTLS|CHUNKING)$/;
const LISTED =
  /^250 (PIPELINING|SIZE.*|VRFY|ETRN|STARTTLS|AUTH .*|ENHANCEDSTATUSCODES|8BITMIME|DSN|SMTPUTF8|CHUNKING)$/;

/** Extensions that are switched off are no difference, nor is which line of the list comes last. */
function normalize(line: string, off?: RegExp): string | undefined {
  return off?.test(line) === true ? undefined : line.replace(LISTED, '250-$1');
}

/** The recorded clients (README of the recordings): who has a PTR, and whose is confirmed. */
function peerAt(address: string): Peer {
  if (address === '127.0.0.41')
    return { address, name: 'mail.absender.example', reverseName: 'mail.absender.example' };
  if (address === '127.0.0.42') return { address, name: 'unknown', reverseName: 'fake.absender.example' };
  if (address === '127.0.0.45')
    return { address, name: 'spam.absender.example', reverseName: 'spam.absender.example' };
  return { address, name: 'unknown' };
}

/** A recording of SMTP or LMTP, ready to be played. */
export interface RecordedSession {
  readonly talk: Talk;
  readonly profile: string;
  readonly peer: Peer;
  readonly options: TalkOptions;
  /** Our session, configured as the recorded server was. */
  readonly open: () => SessionTarget;
}

/** `name` is `smtp/mail_ok`; `text` the recording with its log, if it has one. */
export function recordedSession(name: string, text: string): RecordedSession {
  const [dialogue = ''] = text.split('@ mail.log\n');
  // What the recorder computed from the challenge; any wrong digest will do.
  const digest = btoa(`bob ${'0'.repeat(32)}`);
  const script = dialogue
    .replace(/⟨base64 of [^⟩]*⟩/, digest)
    // The recorder rounded two seconds less a little down to one.
    .replace(/@ wait 1\n(?=S: 535)/, '@ wait 2\n');
  const talk = parseTalk(script, 'recording');
  const find = (key: string): string | undefined =>
    talk.comments.find((comment) => comment.startsWith(`${key}: `))?.slice(key.length + 2);
  const profile = find('profile') ?? '';
  if (name.startsWith('lmtp/')) {
    const banner = name.includes('greeting_debian') ? 'mx.hafen.example Dovecot (Debian) ready.' : undefined;
    const config = lmtpConfig('mx.hafen.example', banner === undefined ? {} : { banner });
    const peer = { address: '127.0.0.1', name: 'unknown' };
    const options = { normalize: (line: string) => normalize(line, OFF_IN_LMTP), silentWaits: true };
    return { talk, profile, peer, options, open: () => sessionTarget(config, peer, lmtpPolicy) };
  }
  const peer = peerAt(find('client address') ?? '127.0.0.41');
  const options = { normalize: (line: string) => normalize(line), silentWaits: true };
  const open = (): SessionTarget => sessionTarget(configOf(profile), peer, policyOf(profile, peer));
  return { talk, profile, peer, options, open };
}
