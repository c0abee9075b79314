// The settings of a server session under Postfix's parameter names, and what they are in each version. postconf(5).

import type { Mechanism } from '../sasl/mechanism.ts';

export type Dialect = 'postfix' | 'dovecot-lmtp';

/** Postfix's parameter names in camel case; times in milliseconds. */
export interface ServerConfig {
  readonly dialect: Dialect;
  readonly hostname: string;
  /** What follows 220 and a blank. */
  readonly banner: string;
  /** smtpd_discard_ehlo_keywords, lower case. */
  readonly discardEhloKeywords: readonly string[];
  /** Octets; 0: no limit. */
  readonly messageSizeLimit: number;
  readonly recipientLimit: number;
  readonly recipientOvershootLimit: number;
  readonly lineLengthLimit: number;
  /** `refuse` since 3.12: 500 instead of silently dropping what is too long. */
  readonly longCommands: 'truncate' | 'refuse';
  readonly heloRequired: boolean;
  /** strict_rfc821_envelopes */
  readonly strictEnvelopes: boolean;
  /** strict_smtputf8 */
  readonly strictSmtputf8: boolean;
  readonly disableVrfy: boolean;
  /** help_cmd exists since 3.9. */
  readonly helpCommand: boolean;
  readonly softErrorLimit: number;
  readonly hardErrorLimit: number;
  readonly errorSleepTimeMs: number;
  readonly junkCommandLimit: number;
  readonly timeoutMs: number;
  readonly forbidUnauthPipelining: boolean;
  /** smtpd_forbid_bare_newline; `legacy` is `no`. */
  readonly forbidBareNewline: 'normalize' | 'reject' | 'legacy';
  /** cleanup_replace_stray_cr_lf */
  readonly replaceStrayCr: boolean;
  readonly hopcountLimit: number;
  /** header_size_limit: a longer header is cut, never refused. */
  readonly headerSizeLimit: number;
  /** fast_flush_domains: for which ETRN starts a queue run. */
  readonly fastFlushDomains: readonly string[];
  /**
   * smtpd_tls_security_level: none, may, encrypt; `wrapper` is smtpd_tls_wrappermode, `broken` a server whose certificate
   * cannot be read.
   */
  readonly tls: 'off' | 'may' | 'encrypt' | 'wrapper' | 'broken';
  /** What AUTH offers; empty: smtpd_sasl_auth_enable=no. */
  readonly mechanisms: readonly Mechanism[];
  /** smtpd_tls_auth_only: no AUTH in clear. */
  readonly tlsAuthOnly: boolean;
  /** Dovecot's auth_failure_delay behind smtpd_sasl_type=dovecot. */
  readonly failureDelayMs: number;
}

export type PostfixVersion = '3.7' | '3.9' | '3.12';

/** Postfix as it comes, in the behaviour of a version; 3.9 stands for 3.9 to 3.11. */
export function postfixConfig(
  hostname: string,
  changes: Partial<ServerConfig> = {},
  version: PostfixVersion = '3.9',
): ServerConfig {
  return {
    dialect: 'postfix',
    hostname,
    banner: `${hostname} ESMTP Postfix`,
    discardEhloKeywords: [],
    messageSizeLimit: 10240000,
    recipientLimit: 1000,
    recipientOvershootLimit: 1000,
    lineLengthLimit: 2048,
    longCommands: version === '3.12' ? 'refuse' : 'truncate',
    heloRequired: false,
    strictEnvelopes: false,
    strictSmtputf8: false,
    disableVrfy: false,
    helpCommand: version !== '3.7',
    softErrorLimit: 10,
    hardErrorLimit: 20,
    errorSleepTimeMs: 1000,
    junkCommandLimit: 100,
    timeoutMs: 300_000,
    forbidUnauthPipelining: version !== '3.7',
    forbidBareNewline: version === '3.7' ? 'legacy' : 'normalize',
    replaceStrayCr: version !== '3.7',
    hopcountLimit: 50,
    headerSizeLimit: 102400,
    fastFlushDomains: [],
    tls: 'off',
    mechanisms: [],
    tlsAuthOnly: false,
    failureDelayMs: 2000,
    ...changes,
  };
}
