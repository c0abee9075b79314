// About header fields, the same in every language: where they are defined, and how far a reader may trust them. The
// keys are those of `message/header-explain.ts`.

/**
 * `own`: the reader's own server wrote it (or removed what others wrote in its name). `hop`: true from the first server
 * one trusts upwards, below that anybody's invention. `signed`: a claim of the sender, worth as much as a signature that covers it.
 * `claim`: anybody can write it.
 */
export type Trust = 'own' | 'hop' | 'signed' | 'claim';

interface Fact {
  readonly spec: string;
  readonly trust: Trust;
}

export const headerFacts = {
  'return-path': { spec: 'RFC 5321 §4.4', trust: 'own' },
  'delivered-to': { spec: 'RFC 9228', trust: 'own' },
  'x-original-to': { spec: 'Postfix', trust: 'own' },
  received: { spec: 'RFC 5321 §4.4', trust: 'hop' },
  'authentication-results': { spec: 'RFC 8601', trust: 'own' },
  'received-spf': { spec: 'RFC 7208 §9.1', trust: 'own' },
  'arc-seal': { spec: 'RFC 8617 §4.1.3', trust: 'hop' },
  'arc-message-signature': { spec: 'RFC 8617 §4.1.2', trust: 'hop' },
  'arc-authentication-results': { spec: 'RFC 8617 §4.1.1', trust: 'hop' },
  'dkim-signature': { spec: 'RFC 6376 §3.5', trust: 'signed' },
  from: { spec: 'RFC 5322 §3.6.2', trust: 'signed' },
  sender: { spec: 'RFC 5322 §3.6.2', trust: 'claim' },
  'reply-to': { spec: 'RFC 5322 §3.6.2', trust: 'signed' },
  to: { spec: 'RFC 5322 §3.6.3', trust: 'signed' },
  cc: { spec: 'RFC 5322 §3.6.3', trust: 'signed' },
  bcc: { spec: 'RFC 5322 §3.6.3', trust: 'claim' },
  subject: { spec: 'RFC 5322 §3.6.5', trust: 'signed' },
  date: { spec: 'RFC 5322 §3.6.1', trust: 'signed' },
  'message-id': { spec: 'RFC 5322 §3.6.4', trust: 'signed' },
  'in-reply-to': { spec: 'RFC 5322 §3.6.4', trust: 'claim' },
  references: { spec: 'RFC 5322 §3.6.4', trust: 'claim' },
  'mime-version': { spec: 'RFC 2045 §4', trust: 'signed' },
  'content-type': { spec: 'RFC 2045 §5', trust: 'signed' },
  'content-transfer-encoding': { spec: 'RFC 2045 §6', trust: 'claim' },
  'content-disposition': { spec: 'RFC 2183', trust: 'claim' },
  'content-id': { spec: 'RFC 2045 §7', trust: 'claim' },
  'content-description': { spec: 'RFC 2045 §8', trust: 'claim' },
  'list-id': { spec: 'RFC 2919', trust: 'claim' },
  'list-unsubscribe': { spec: 'RFC 2369 §3.2', trust: 'signed' },
  'list-unsubscribe-post': { spec: 'RFC 8058', trust: 'signed' },
  'list-help': { spec: 'RFC 2369 §3.1', trust: 'claim' },
  'list-post': { spec: 'RFC 2369 §3.4', trust: 'claim' },
  'list-subscribe': { spec: 'RFC 2369 §3.3', trust: 'claim' },
  'list-owner': { spec: 'RFC 2369 §3.5', trust: 'claim' },
  'list-archive': { spec: 'RFC 2369 §3.6', trust: 'claim' },
  'feedback-id': { spec: 'Gmail', trust: 'signed' },
  precedence: { spec: 'RFC 2076 §3.9', trust: 'claim' },
  'auto-submitted': { spec: 'RFC 3834 §5', trust: 'claim' },
  'x-spam': { spec: 'SpamAssassin', trust: 'own' },
  'x-mailer': { spec: 'RFC 2076 §3.4', trust: 'claim' },
  importance: { spec: 'RFC 2156 §5.3.6', trust: 'claim' },
  'disposition-notification-to': { spec: 'RFC 8098 §2.1', trust: 'claim' },
  'tls-required': { spec: 'RFC 8689 §5', trust: 'claim' },
  'bimi-selector': { spec: 'draft-brand-indicators-for-message-identification', trust: 'signed' },
  'x-google': { spec: 'Google', trust: 'claim' },
  'x-ms': { spec: 'Microsoft', trust: 'claim' },
  'thread-topic': { spec: 'Microsoft', trust: 'claim' },
  resent: { spec: 'RFC 5322 §3.6.6', trust: 'claim' },
  'x-other': { spec: 'RFC 6648', trust: 'claim' },
  other: { spec: 'RFC 5322 §3.6.8', trust: 'claim' },
} as const satisfies Record<string, Fact>;

export type HeaderId = keyof typeof headerFacts;

export function isHeaderId(key: string): key is HeaderId {
  return Object.hasOwn(headerFacts, key);
}
