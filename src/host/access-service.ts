// What POP3 and IMAP have in common for the program that serves them: a session over the store that takes bytes and answers
// with bytes, questions and notes. The sessions themselves arrive later than the first prompt (`access-services.ts`
// installs them), so nothing here imports them.

import type { Time } from '../base/dates.ts';
import type { ImapNote } from '../imap/session.ts';
import type { MailStore } from '../mailbox/store.ts';
import type { Pop3Note } from '../pop3/session.ts';
import type { Account, Mechanism } from '../sasl/mechanism.ts';
import type { SaslServerSeed } from '../sasl/server.ts';

export type AccessProtocol = 'imap' | 'pop3';

export interface AccessSettings {
  readonly tls: 'off' | 'available' | 'active';
  /** Passwords may travel in clear. */
  readonly cleartext: boolean;
  readonly mechanisms: readonly Mechanism[];
}

export type AccessQuestion =
  | { readonly kind: 'account'; readonly user: string }
  /** POP3: may this session have the maildrop for itself? */
  | { readonly kind: 'maildrop'; readonly user: string }
  | { readonly kind: 'tls' };

export type AccessAnswer =
  | { readonly kind: 'account'; readonly account: Account | undefined }
  | { readonly kind: 'maildrop'; readonly state: 'opened' | 'locked' | 'unavailable' }
  | { readonly kind: 'tls'; readonly ok: boolean };

export type AccessOutput =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'close' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: AccessQuestion }
  | { readonly kind: 'note'; readonly note: ImapNote | Pop3Note };

/** One protocol. `Session` is plain data. */
export interface AccessService<Session> {
  open(settings: AccessSettings, seed: SaslServerSeed, now: Time): Session;
  receive(session: Session, store: MailStore, bytes: Uint8Array, now: Time): void;
  end(session: Session, store: MailStore, now: Time): void;
  wake(session: Session, store: MailStore, now: Time): void;
  wakeAt(session: Session): Time | undefined;
  /** Something was said or has happened that the client is about to hear of: it is waited for, as with a busy server. */
  isAwaited(session: Session): boolean;
  answer(session: Session, store: MailStore, id: number, answer: AccessAnswer, now: Time): void;
  /** Somebody else changed the user's folders. */
  notice(session: Session, store: MailStore, now: Time): void;
  drain(session: Session): readonly AccessOutput[];
}

const installed: Partial<Record<AccessProtocol, AccessService<unknown>>> = {};

export function installAccess<Session>(protocol: AccessProtocol, service: AccessService<Session>): void {
  installed[protocol] = service as unknown as AccessService<unknown>;
}

/** The sessions of a protocol. Throws when nobody has installed them. */
export function accessService(protocol: AccessProtocol): AccessService<unknown> {
  const found = installed[protocol];
  if (found === undefined)
    throw new Error(`${protocol} sessions are not installed: import access-services.ts`);
  return found;
}
