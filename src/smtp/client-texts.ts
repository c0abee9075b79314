// The words and waiting times of Postfix's client for each step of a conversation. RFC 5321 §4.5.3.2 for the times.

import type { ClientStep, ClientTimeouts } from './client-job.ts';

/** How long the answer to a step may take, in milliseconds. */
export function limitOf(timeouts: ClientTimeouts, step: ClientStep): number {
  switch (step) {
    case 'greeting':
    case 'EHLO':
    case 'HELO':
    case 'LHLO':
    case 'STARTTLS':
    case 'AUTH':
      return timeouts.heloMs;
    case 'MAIL':
      return timeouts.mailMs;
    case 'RCPT':
      return timeouts.rcptMs;
    case 'DATA':
      return timeouts.dataInitMs;
    case 'end of data':
      return timeouts.dataDoneMs;
    case 'RSET':
      return timeouts.rsetMs;
    case 'QUIT':
      return timeouts.quitMs;
  }
}

/** `sending RCPT TO`, as in `lost connection with … while sending RCPT TO`. */
export function doing(step: ClientStep, undelivered: boolean): string {
  switch (step) {
    case 'greeting':
      return 'receiving the initial server greeting';
    case 'EHLO':
    case 'HELO':
    case 'LHLO':
      return `performing the ${step} handshake`;
    case 'STARTTLS':
      return 'performing the STARTTLS handshake';
    case 'AUTH':
      return 'performing SASL authentication';
    case 'MAIL':
      return 'sending MAIL FROM';
    case 'RCPT':
      return 'sending RCPT TO';
    case 'DATA':
      return 'sending DATA command';
    case 'end of data':
      return undelivered
        ? 'sending message body'
        : 'sending end of data -- message may be sent more than once';
    case 'RSET':
      return 'sending final RSET';
    case 'QUIT':
      return 'sending QUIT';
  }
}

/** `RCPT TO command`, as in `(in reply to RCPT TO command)`. */
export function requestName(step: ClientStep): string {
  switch (step) {
    case 'MAIL':
      return 'MAIL FROM command';
    case 'RCPT':
      return 'RCPT TO command';
    case 'end of data':
      return 'end of DATA command';
    default:
      return `${step} command`;
  }
}

/** The text of `connect to mx.blue.example[192.0.2.25]:25: Connection refused` (dsn 4.4.1), for the host that failed to. */
export function connectFailure(
  server: { name: string; address: string; port: number },
  why: 'Connection refused' | 'Connection timed out' | 'No route to host' | 'Network is unreachable',
): { dsn: string; text: string } {
  return { dsn: '4.4.1', text: `connect to ${server.name}[${server.address}]:${server.port}: ${why}` };
}
