// Replays the recorded sessions of Postfix 3.7.11 and Dovecot 2.3.19 against our server sessions.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as postfix from '../smtp/postfix.ts';
import type { Peer } from '../smtp/session.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { recordedSession } from './recorded-smtp.ts';
import { playSync, type TalkResult } from './run.ts';
import type { SessionTarget } from './session-target.ts';

const FOLDER = new URL('../smtp/recordings/', import.meta.url);

interface Replay {
  readonly result: TalkResult;
  readonly target: SessionTarget;
  readonly peer: Peer;
}

function replay(file: string): Replay {
  const { talk, options, peer, open } = recordedSession(
    file.replace(/\.txt$/, ''),
    readFileSync(new URL(file, FOLDER), 'utf8'),
  );
  const target = open();
  return { result: playSync(talk, target, options), target, peer };
}

const files = ['smtp', 'lmtp'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, FOLDER))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => `${folder}/${name}`),
);

/** Which statements a recording proves, by the beginning of its name. */
const PROVES: readonly (readonly [string, string])[] = [
  ['mail_ok', '[S1-001] [S1-020] [S1-040] [S1-060] [S1-062] [S1-081]'],
  ['pipe_pregreet_forbid', '[S1-002]'],
  ['greeting_', '[S1-003]'],
  ['conn_', '[S1-004]'],
  ['idle_timeout', '[S1-007]'],
  ['ehlo_default', '[S1-010]'],
  ['helo.', '[S1-011]'],
  ['ehlo_lower', '[S1-013]'],
  ['helo_mid_transaction', '[S1-014]'],
  ['mail_before_helo', '[S1-015]'],
  ['helo_check_', '[S1-016] [LM-24]'],
  ['ehlo_literal', '[S1-017]'],
  ['mail_strict', '[S1-022]'],
  ['mail_no_brackets', '[S1-022] [LM-03]'],
  ['mail_no_colon', '[S1-023] [LM-02]'],
  ['spaces_inside', '[S1-024]'],
  ['mail_bad_syntax', '[S1-025]'],
  ['mail_quoted_local', '[S1-025] [S1-150]'],
  ['mail_unknown_param', '[S1-026]'],
  ['mail_dsn', '[S1-031]'],
  ['mail_body', '[S1-031]'],
  ['rcpt_unknown_virtual', '[S1-041]'],
  ['default_local_user', '[S1-041] [S1-045]'],
  ['rcpt_relay_denied_default', '[S1-042] [LM-19] [LM-22]'],
  ['rcpt_syntax', '[S1-044]'],
  ['data_no_mail', '[S1-046] [S1-063] [LM-06]'],
  ['rcpt_all_rejected', '[S1-046]'],
  ['rcpt_mixed', '[S1-046]'],
  ['rcpt_too_many', '[S1-047]'],
  ['rcpt_quota_status', '[S1-048]'],
  ['rcpt_relay_forms', '[S1-049]'],
  ['data_commands_inside', '[S1-064] [LM-09]'],
  ['data_hops', '[S1-066]'],
  ['rset', '[S1-080] [LM-05]'],
  ['noop_quit_args', '[S1-081]'],
  ['vrfy_disabled', '[S1-082]'],
  ['expn_help', '[S1-083]'],
  ['junk_commands', '[S1-086]'],
  ['pipe_ok', '[S1-090]'],
  ['pipe_', '[S1-091]'],
  ['pipe_whole_session_forbid', '[LM-23]'],
  ['long_command', '[S1-150]'],
  ['too_many_errors', '[S1-160]'],
  ['nonsmtp_', '[S1-161]'],
  ['empty_line', '[S1-161]'],
  ['nonsmtp_to_envelope', '[LM-04]'],
  ['header_in_transaction', '[LM-07]'],
  ['nonsmtp_dot', '[LM-13]'],
  ['unknown_commands', '[S1-162] [LM-01]'],
  ['smuggle_', '[S1-163]'],
  ['barelf_', '[S1-163] [LM-15]'],
  ['starttls_arg', '[S1-100] [S1-101] [S1-102]'],
  ['starttls_twice', '[S1-100] [S1-101] [S1-102]'],
  ['starttls_local_problem', '[S1-102]'],
  ['starttls_garbage', '[S1-106]'],
  ['pipe_starttls', '[S1-103]'],
  ['ehlo_no_tls', '[S1-102]'],
  ['tls_must', '[S1-104]'],
  ['auth_not_enabled', '[S1-110]'],
  ['auth_plain_ir', '[S1-111]'],
  ['auth_bad_base64', '[S1-111] [S1-113]'],
  ['auth_login', '[S1-112]'],
  ['auth_wrong', '[S1-113]'],
  ['auth_', '[S1-114]'],
  ['submission_', '[S1-118]'],
  ['bdat_', '[S1-125]'],
];

describe('recorded sessions', () => {
  for (const file of files) {
    const ids = PROVES.filter(([start]) => file.slice(5).startsWith(start)).map(([, id]) => id);
    // All of them together are the dialect `postfix`.
    if (file.startsWith('smtp/')) ids.push('[S1-180]');
    it(`${file} ${ids.join(' ')}`.trim(), () => {
      const { result } = replay(file);
      const excused = EXCEPTIONS.filter((each) => `${each.file}.txt` === file);
      const lines = excused.flatMap((each) => each.lines);
      const seen = result.differences.filter(({ line }) => !lines.includes(line));
      expect(seen).toEqual([]);
      expect(result.checked).toBeGreaterThan(0);
      for (const each of excused)
        for (const line of each.lines) {
          const differs = result.differences.find((difference) => difference.line === line);
          expect(differs?.actual, `${file} line ${line} no longer differs: drop the exception`).toContain(
            each.ours,
          );
        }
    });
  }
  it('every exception belongs to a recording', () => {
    for (const each of EXCEPTIONS.filter(({ file }) => !/^(imap|pop3|own)\//.test(file)))
      expect(files).toContain(`${each.file}.txt`);
  });
});

describe('recorded logs', () => {
  const names = readdirSync(new URL('log/', FOLDER)).filter((name) => name.endsWith('.txt'));
  for (const name of names)
    it(`${name}: smtpd logs what Postfix logged [S1-007] [S1-008] [S1-051] [S1-160] [S1-161] [S1-165] [S1-166]`, () => {
      const [, log = ''] = readFileSync(new URL(`log/${name}`, FOLDER), 'utf8').split('@ mail.log\n');
      const recorded = log
        .split('\n')
        .flatMap((line) => /postfix\/smtpd\[⟨pid⟩\]: (.*)$/.exec(line)?.[1] ?? [])
        // The host's lines: it looks names up and gives out queue ids.
        .filter((line) => !line.includes(': client=') && !line.startsWith('warning: hostname'));
      const { result, target, peer } = replay(`log/${name}`);
      expect(result.differences).toEqual([]);
      const ours = target.notes.flatMap((note) => {
        const queueId = note.kind === 'warning' ? '⟨queue-id⟩' : 'NOQUEUE';
        return postfix.smtpdLogText(note, peer, queueId) ?? [];
      });
      expect(ours).toEqual(recorded);
    });
});
