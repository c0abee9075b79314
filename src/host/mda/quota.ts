// The limits of a mailbox: what holds now, whether some messages still fit, and the warnings on the way there. Storage and
// number of messages count, as in Dovecot's quota plugin. RFC 9208 §5.

import { addUser, quotaExceeded, usageOf, type MailUser } from '../../mailbox/store.ts';
import type { Os } from '../program.ts';
import type { MdaConfig, MdaState } from './config.ts';

/** quota_warning: at these shares of a limit the owner is warned. */
const WARNINGS = [95, 80] as const;

/** Applies the limits as they are configured now: they may have changed since the last message. */
export function applyQuota(state: MdaState, name: string): MailUser | undefined {
  const listed = state.config.users.find(({ user }) => user === name);
  if (listed === undefined) return undefined;
  const bytes = limit(state.config, name, 'bytes') ?? listed.quotaBytes;
  const messages = limit(state.config, name, 'messages') ?? listed.quotaMessages;
  return addUser(state.store, name, {
    ...(bytes === undefined ? {} : { bytes }),
    ...(messages === undefined ? {} : { messages }),
  });
}

function limit(config: MdaConfig, user: string, what: 'bytes' | 'messages'): number | undefined {
  return config.quota?.[user]?.[what] ?? undefined;
}

/** The limit that these messages would pass together, if any. Sizes in bytes. */
export function overQuota(user: MailUser, sizes: readonly number[]): 'bytes' | 'messages' | undefined {
  if (sizes.length === 0) return undefined;
  const { quotaMessages } = user;
  if (quotaMessages !== undefined && usageOf(user).messages + sizes.length > quotaMessages) return 'messages';
  return quotaExceeded(
    user,
    sizes.reduce((sum, size) => sum + size, 0),
  );
}

/** How full it is, in percent of the limit that is nearer; 0 without limits. */
export function fullness(user: MailUser): number {
  const { quotaBytes, quotaMessages } = user;
  if (quotaBytes === undefined && quotaMessages === undefined) return 0;
  const { bytes, messages } = usageOf(user);
  const share = (used: number, allowed: number | undefined): number =>
    allowed === undefined ? 0 : allowed === 0 ? 100 : (used * 100) / allowed;
  return Math.max(share(bytes, quotaBytes), share(messages, quotaMessages));
}

/** Says so when a warning threshold was passed since `before` percent; once on the way up, for the highest. */
export function warnOfQuota(user: MailUser, before: number, os: Os): void {
  const after = fullness(user);
  const passed = WARNINGS.find((percent) => before < percent && after >= percent);
  if (passed === undefined) return;
  const { bytes, messages } = usageOf(user);
  os.log(
    `dovecot: lmtp(${user.name})`,
    `Debug: quota: Executing warning: quota-warning ${passed} ${user.name}`,
  );
  os.emit(
    {
      type: 'mailbox.quota',
      user: user.name,
      percent: passed,
      bytes,
      messages,
      ...(user.quotaBytes === undefined ? {} : { limitBytes: user.quotaBytes }),
      ...(user.quotaMessages === undefined ? {} : { limitMessages: user.quotaMessages }),
    },
    'RFC 9208 §3',
  );
}
