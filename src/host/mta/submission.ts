// What smtpd does on the ports of submission (587 and 465) and under TLS: which service a port is, who may log in, and for
// whom a logged-in client may speak. RFC 6409, RFC 8314; master.cf's `submission` and `submissions` services.

import type { Endpoint } from '../../net/events.ts';
import type { TlsFailure, TlsSession } from '../../net/tls.ts';
import type { Account, Mechanism } from '../../sasl/mechanism.ts';
import { clientRejected, senderNotOwned } from '../../smtp/postfix.ts';
import type { Reply } from '../../smtp/reply.ts';
import type { ServerConfig } from '../../smtp/session.ts';
import { isPermitted } from './access.ts';
import type { MtaConfig } from './config.ts';
import type { SmtpdClient } from './state.ts';

/** master.cf's names; the log carries them. */
export type SmtpdService = 'smtpd' | 'submission/smtpd' | 'submissions/smtpd';

export const SUBMISSION_PORTS = { submission: 587, submissions: 465 } as const;
const DEFAULT_MECHANISMS: readonly Mechanism[] = ['PLAIN', 'LOGIN'];

/** Every port that smtpd listens on. */
export function smtpdPorts(config: MtaConfig): readonly number[] {
  return [25, ...(config.submission ?? []).map((service) => SUBMISSION_PORTS[service])];
}

export function serviceOf(local: Endpoint): SmtpdService {
  if (local.port === SUBMISSION_PORTS.submission) return 'submission/smtpd';
  return local.port === SUBMISSION_PORTS.submissions ? 'submissions/smtpd' : 'smtpd';
}

/** smtpd_tls_* and smtpd_sasl_* of a service. Submission asks for TLS before anything else. */
export function tlsAndAuth(
  config: MtaConfig,
  service: SmtpdService,
): Pick<ServerConfig, 'tls' | 'mechanisms' | 'tlsAuthOnly'> {
  const mechanisms = config.saslMechanisms ?? DEFAULT_MECHANISMS;
  if (service === 'submissions/smtpd') return { tls: 'wrapper', mechanisms, tlsAuthOnly: true };
  const isOffered = config.tls === undefined ? 'off' : 'may';
  if (service === 'smtpd') return { tls: isOffered, mechanisms: [], tlsAuthOnly: true };
  if (config.tls === undefined || config.submissionInClear === true)
    return { tls: isOffered, mechanisms, tlsAuthOnly: false };
  return { tls: 'encrypt', mechanisms, tlsAuthOnly: true };
}

/** Who that is, by user name or address (smtpd_sasl_path). */
export function submissionAccount({ accounts = [] }: MtaConfig, typed: string): Account | undefined {
  const wanted = typed.toLowerCase();
  const found = accounts.find(
    ({ user, addresses }) =>
      user.toLowerCase() === wanted || addresses.some((address) => address.toLowerCase() === wanted),
  );
  return found === undefined ? undefined : { user: found.user, password: found.password };
}

/** The client may send anywhere: it is of the own network, or has logged in. */
export function isTrusted(config: MtaConfig, client: SmtpdClient): boolean {
  return isPermitted(config, client.address) || client.session?.login !== undefined;
}

/**
 * smtpd_client_restrictions=permit_sasl_authenticated,reject and reject_sender_login_mismatch of the submission
 * services. Undefined: go on.
 */
export function submissionRefusal(config: MtaConfig, client: SmtpdClient, sender: string): Reply | undefined {
  if (client.service === 'smtpd') return undefined;
  const login = client.session?.login;
  if (login === undefined) return { ...clientRejected(client.peer), rule: 'RFC 6409 §4.3' };
  const own = config.accounts?.find(({ user }) => user === login)?.addresses ?? [];
  const isOwn = own.some((address) => address.toLowerCase() === sender.toLowerCase());
  return isOwn || sender === '' ? undefined : { ...senderNotOwned(sender, login), rule: 'RFC 6409 §6.1' };
}

/** `TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 …`, in the log and in Received. */
export function tlsText({ version, cipher }: TlsSession): string {
  return `${version} with cipher ${cipher} (256/256 bits)`;
}

/** Behind it in the log, where Postfix knows more of TLS 1.3. */
export const TLS13_DETAILS = ' key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256';

/** What smtpd logs of a failed handshake: first that it failed, then OpenSSL's own line. */
export function tlsFailureLines(client: SmtpdClient, failure: TlsFailure): readonly string[] {
  const from = `${client.peer.name}[${client.address}]`;
  if (failure.kind === 'ended') return [`SSL_accept error from ${from}: lost connection`];
  const why =
    failure.kind === 'noTls'
      ? '0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c:354:'
      : `0A000416:SSL routines::sslv3 alert ${failure.alert.replaceAll('_', ' ')}:../ssl/record/rec_layer_s3.c:1590:`;
  return [`SSL_accept error from ${from}: -1`, `warning: TLS library problem: error:${why}`];
}
