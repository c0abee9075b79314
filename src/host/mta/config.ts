// What an administrator sets on an MTA, in Postfix's parameter names (postconf(5)), camel-cased. Times in milliseconds.

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
  /** What p=reject leads to (RFC 9989 §7.4: not solely on that). */
  readonly onReject: 'reject' | 'quarantine';
}

export interface MtaConfig {
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
  readonly signing?: readonly SigningKey[];
  readonly verify?: VerifyConfig;
}
