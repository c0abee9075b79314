// Replays the recorded sessions of Dovecot 2.3.19's POP3 server against ours.

import { describe } from 'vitest';
import { recordedPop3 } from './recorded-pop3.ts';
import { replayAll } from './testing.ts';

/** Which statements a recording proves, by the beginning of its name. */
const PROVES: readonly (readonly [string, string])[] = [
  ['greeting_capa', '[S7-001] [S7-002]'],
  ['capa_after_login', '[S7-002]'],
  ['login_ok', '[S7-003] [S7-004] [S7-007]'],
  ['pass_first', '[S7-003]'],
  ['dele.', '[S7-004]'],
  ['dele', '[S7-006]'],
  ['retr_errors', '[S7-005]'],
  ['top', '[S7-005]'],
  ['quit_retr', '[S7-005]'],
  ['rset', '[S7-006]'],
  ['quit_only', '[S7-006]'],
  ['uidl', '[S7-007]'],
  ['lock', '[S7-008]'],
  ['noop_last', '[S7-009]'],
  ['unknown_after_login', '[S7-009]'],
  ['long_line', '[S7-009]'],
  ['apop', '[S7-010]'],
  ['auth_', '[S7-010]'],
  ['stls', '[S7-010]'],
];

describe('recorded POP3 sessions', () => {
  replayAll('pop3', PROVES, (recording, messages) =>
    recordedPop3(recording.name, recording.profile, messages),
  );
});
