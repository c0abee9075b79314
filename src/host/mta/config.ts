// What an administrator sets on an MTA, in Postfix's parameter names (postconf(5)), camel-cased. Times in milliseconds.

import type { TlsIdentity } from '../../net/tls.ts';
import type { Mechanism } from '../../sasl/mechanism.ts';
import type { DmarcRefusal } from '../../smtp/auth-replies.ts';
import type { GreylistConfig } from './greylist.ts';
import type { TlsLevel } from './tls-levels.ts';

/** A DKIM key that outgoing mail of a domain is signed with. `privateKey` is PEM (PKCS #8 or PKCS #1). */
export interface SigningKey {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  readonly privateKey: string;
}

/** How other mail servers space their attempts (RFC 5321 §4.5.4.1 asks for half an hour, and for four or five days). */
export type RetryProfileName = 'postfix' | 'sendmail' | 'exchange';

/** How a receiving server judges what comes from outside. */
export interface VerifyConfig {
  /** RFC 8601 §2.2: the name in its Authentication-Results. */
  readonly authservId: string;
  /**
   * What p=reject leads to. `reject` is a strict receiver; `quarantine` one by RFC 9989 §7.4, which does not reject solely
   * on that.
   */
  readonly onReject: 'reject' | 'quarantine';
  /** In whose words it refuses; OpenDMARC's when absent. */
  readonly rejectText?: DmarcRefusal;
  /** DMARC could not be judged now (RFC 9989 §4.4): accept, when absent. */
  readonly onDmarcTempError?: 'accept' | 'defer';
  /** An SPF fail: only written into the header, when absent, or refused at RCPT (policyd-spf's Mail_From_reject). */
  readonly spf?: 'header' | 'reject';
  /** policyd-spf's PermError_reject and TempError_Defer. */
  readonly spfPermErrorReject?: boolean;
  readonly spfTempErrorDefer?: boolean;
  /** Validates ARC chains and writes `arc=`. ARC is on its way to historic status. */
  readonly arc?: boolean;
  /** Domains whose seals may overrule a DMARC failure. */
  readonly trustedSealers?: readonly string[];
  /** Address or CIDR of forwarders whose mail is not judged by DMARC. */
  readonly trustedForwarders?: readonly string[];
  /** List-Id of mailing lists that this receiver knows, as long as the list's own domain vouches for the message. */
  readonly knownLists?: readonly string[];
  /** Writes `iprev=` too (RFC 8601 §3). */
  readonly iprev?: boolean;
}

/** SRS for mail that is forwarded (see auth/srs.ts). */
export interface SrsConfig {
  readonly isOn: boolean;
  readonly domain: string;
  readonly secret: string;
}

/** Puts ARC sets on mail that is forwarded. ARC is on its way to historic status. */
export interface ArcSealConfig {
  readonly isOn: boolean;
  readonly key: SigningKey;
}

/** One line of transport_maps: mail for an address or a domain goes to this LMTP server. */
export interface TransportEntry {
  readonly pattern: string;
  readonly host: string;
  readonly port: number;
}

/** Somebody who may submit mail. */
export interface SubmissionAccount {
  readonly user: string;
  readonly password: string;
  /** Addresses that are this user's (smtpd_sender_login_maps). */
  readonly addresses: readonly string[];
}

export interface MtaConfig {
  /** smtpd_tls_cert_file and smtpd_tls_key_file. Without them there is no STARTTLS. */
  readonly tls?: TlsIdentity;
  /** Submission services besides port 25: 587 (`submission`), 465 (`submissions`). */
  readonly submission?: readonly ('submission' | 'submissions')[];
  /** smtpd_tls_security_level=may on 587, and AUTH in clear: as it should not be. */
  readonly submissionInClear?: boolean;
  readonly saslMechanisms?: readonly Mechanism[];
  readonly accounts?: readonly SubmissionAccount[];
  readonly myhostname: string;
  /** Address or CIDR; clients from there may relay. 127.0.0.0/8 and ::1 belong to it always. */
  readonly mynetworks: readonly string[];
  /** virtual_mailbox_domains: what it is the final destination for. */
  readonly virtualMailboxDomains: readonly string[];
  /** virtual_mailbox_maps: full addresses that exist. */
  readonly virtualMailboxMaps: readonly string[];
  /** virtual_transport: the delivery agent behind it, over LMTP. */
  readonly virtualTransport?: { readonly host: string; readonly port: number };
  /** Milliseconds; Postfix's defaults when absent. */
  readonly queueRunDelayMs?: number;
  readonly minimalBackoffTimeMs?: number;
  readonly maximalBackoffTimeMs?: number;
  readonly maximalQueueLifetimeMs?: number;
  readonly bounceQueueLifetimeMs?: number;
  /** delay_warning_time: the sender is told once when a message has waited that long; 0 and absent: never. */
  readonly delayWarningTimeMs?: number;
  /** When a waiting message is tried again; Postfix's back-off when absent. */
  readonly retryProfile?: RetryProfileName;
  readonly smtpConnectTimeoutMs?: number;
  /** smtp_tls_security_level; no TLS when absent, as before Postfix 3.11. */
  readonly smtpTlsSecurityLevel?: TlsLevel;
  /** smtp_tls_policy_maps with an MTA-STS resolver behind it. */
  readonly mtaSts?: { readonly isOn: boolean };
  readonly messageSizeLimit?: number;
  readonly smtpdHeloRequired?: boolean;
  readonly smtpdDiscardEhloKeywords?: readonly string[];
  readonly smtpdForbidUnauthPipelining?: boolean;
  readonly smtpdForbidBareNewline?: 'normalize' | 'reject' | 'no';
  readonly strictRfc821Envelopes?: boolean;
  readonly disableVrfyCommand?: boolean;
  /** reject_unknown_sender_domain (S1-028) and reject_non_fqdn_helo_hostname and friends (S1-016). */
  readonly rejectUnknownSenderDomain?: boolean;
  readonly checkHelo?: boolean;
  /** `reject_unauth_destination` answers 554, Postfix's default `defer_unauth_destination` 454. */
  readonly relayRefusal?: 'reject' | 'defer';
  /** reject_unknown_reverse_client_hostname, reject_unknown_client_hostname, reject_rbl_client (S1-165, S1-166). */
  readonly rejectUnknownReverseClientHostname?: boolean;
  readonly rejectUnknownClientHostname?: boolean;
  readonly rblClients?: readonly string[];
  /** check_policy_service: Postgrey. */
  readonly greylist?: GreylistConfig;
  /** smtpd_milters: a virus scanner and a spam filter that know the two test strings. */
  readonly contentChecks?: boolean;
  /** virtual_alias_domains: domains that have only aliases. */
  readonly virtualAliasDomains?: readonly string[];
  /** virtual_alias_maps, lines of virtual(5): `anna@alumni.example anna@hafen.example, anna@wolke.example`. */
  readonly virtualAliasMaps?: readonly string[];
  /** myorigin: the domain of names without one; myhostname when absent. */
  readonly myorigin?: string;
  /** alias_maps, lines of aliases(5): `sales: bob, anna@other.example`. Present: mydestination is `$myhostname, localhost`. */
  readonly aliasMaps?: readonly string[];
  /** local_recipient_maps: names with a mailbox on this host, lower case. */
  readonly localRecipientMaps?: readonly string[];
  readonly transportMaps?: readonly TransportEntry[];
  readonly srs?: SrsConfig;
  readonly arcSeal?: ArcSealConfig;
  readonly signing?: readonly SigningKey[];
  /** Every key signs all mail of the own network, whoever its author is, as a mailing list or a mail service does. */
  readonly signAll?: boolean;
  readonly verify?: VerifyConfig;
}
