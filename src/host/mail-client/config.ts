// A mail program on a person's device, as it is set up: who writes, which server keeps the mail and how it is reached,
// which server takes what is sent. What the person does with it is in `ask.ts`. RFC 8314 says which ports and security.

export type MailDevice = 'desktop' | 'laptop' | 'phone' | 'tablet';
export const MAIL_DEVICES: readonly MailDevice[] = ['desktop', 'laptop', 'phone', 'tablet'];

/** `tls`: from the first byte (993, 995, 465); `starttls`: asked for in clear, or nothing; `none`: never. */
export type MailSecurity = 'tls' | 'starttls' | 'none';
export const MAIL_SECURITIES: readonly MailSecurity[] = ['tls', 'starttls', 'none'];

export interface MailServerConfig {
  /** A name, which the certificate must carry, or an address. */
  readonly host: string;
  readonly port: number;
  readonly security: MailSecurity;
}

export interface MailClientConfig {
  readonly device: MailDevice;
  /** The person's name and address in From. */
  readonly name: string;
  readonly address: string;
  readonly protocol: 'imap' | 'pop3';
  readonly server: MailServerConfig;
  readonly user: string;
  readonly password: string;
  /** Who takes what is sent. `login` false: it asks for no password (port 25 of old). */
  readonly submission: MailServerConfig & { readonly login?: boolean };
  /** POP3: what was downloaded stays on the server, too. IMAP knows nothing else. True when absent. */
  readonly leaveOnServer?: boolean;
  /**
   * `headers`: a list of what is there, bodies when a message is opened (IMAP: BODY[], POP3: TOP and then RETR); `all`:
   * bodies at once, so that everything can be read without a network. Absent: IMAP `headers`, POP3 `all`.
   */
  readonly download?: 'headers' | 'all';
  /** IMAP: stays connected after a check and lets the server tell what is new (RFC 2177). */
  readonly idle?: boolean;
  /** Checks by itself as often as this; absent: only when asked. */
  readonly checkEveryMs?: number;
}
