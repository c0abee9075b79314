// Replays the recorded sessions of Dovecot 2.3.19's IMAP server against ours.

import { describe } from 'vitest';
import { recordedImap } from './recorded-imap.ts';
import { replayAll } from './testing.ts';

/** Which statements a recording proves, by the beginning of its name. */
const PROVES: readonly (readonly [string, string])[] = [
  ['greeting_clear', '[S7-020]'],
  ['not_auth_states', '[S7-021]'],
  ['login_literal', '[S7-022]'],
  ['append_literal_plus', '[S7-022]'],
  ['login_three_bad', '[S7-022]'],
  ['login_syntax', '[S7-022] [S7-036]'],
  ['login_clear_forbidden', '[S7-023]'],
  ['authenticate_', '[S7-023]'],
  ['starttls', '[S7-023]'],
  ['login_twice', '[S7-024]'],
  ['select', '[S7-025]'],
  ['examine', '[S7-025]'],
  ['fetch_', '[S7-027]'],
  ['search_', '[S7-028]'],
  ['sort_thread', '[S7-028]'],
  ['store', '[S7-029]'],
  ['uid_expunge', '[S7-029]'],
  ['append', '[S7-029]'],
  ['two_sessions_', '[S7-030]'],
  ['idle', '[S7-031]'],
  ['list', '[S7-032]'],
  ['namespace_quota', '[S7-032]'],
  ['status', '[S7-032]'],
  ['create_delete', '[S7-033]'],
  ['rename', '[S7-034]'],
  ['uidvalidity', '[S7-034]'],
  ['case_insensitive', '[S7-034]'],
  // The ground of Dovecot's own test suite, as Dovecot answers there.
  ['suite_', '[S7-037]'],
  ['suite_append', '[S7-030]'],
  ['suite_store', '[S7-030]'],
  ['suite_expunge', '[S7-030]'],
];

describe('recorded IMAP sessions', () => {
  replayAll('imap', PROVES, (recording, messages) => recordedImap(recording.name, messages));
});
