// What the server says it can do, before and after login, in Dovecot's order; only what is really there. RFC 9051 §6.1.1.

import { sendsPassword } from '../sasl/mechanism.ts';
import type { ImapSession } from './session.ts';

const AFTER_LOGIN =
  'SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT UNSELECT CHILDREN NAMESPACE UIDPLUS ' +
  'LIST-EXTENDED I18NLEVEL=1 CONDSTORE ESEARCH SEARCHRES WITHIN LIST-STATUS MOVE PREVIEW STATUS=SIZE LITERAL+ SPECIAL-USE QUOTA';

export const mayShowPassword = (session: ImapSession): boolean => session.secured || session.config.cleartext;

export function capabilities(session: ImapSession): string {
  const { config } = session;
  const rev = config.version === '2.4' ? 'IMAP4rev1 IMAP4rev2' : 'IMAP4rev1';
  const base = `${rev} SASL-IR LOGIN-REFERRALS ID ENABLE IDLE`;
  if (session.user !== undefined) return `${base} ${AFTER_LOGIN}`;
  const out = [base, 'LITERAL+'];
  if (config.tls === 'available' && !session.secured) out.push('STARTTLS');
  if (!mayShowPassword(session)) out.push('LOGINDISABLED');
  for (const each of config.mechanisms)
    if (mayShowPassword(session) || !sendsPassword(each)) out.push(`AUTH=${each}`);
  return out.join(' ');
}
