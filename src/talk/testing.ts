// What the replays of recorded POP3 and IMAP sessions share: how differences are held against the list of exceptions.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXCEPTIONS } from './exceptions.ts';
import { differencesInOrder } from './list-order.ts';
import { parseTalk, type Talk } from './parse.ts';
import { normalizeMailbox, recordedMessages } from './recorded-mailbox.ts';
import { playSync, type TalkTarget } from './run.ts';

const RECORDINGS = new URL('../', import.meta.url);

function text(path: string): string {
  return readFileSync(new URL(path, RECORDINGS), 'utf8');
}

export interface Recording {
  readonly name: string;
  readonly profile: string;
  readonly talk: Talk;
}

export function recordingsOf(room: 'pop3' | 'imap'): Recording[] {
  return readdirSync(new URL(`${room}/recordings/`, RECORDINGS))
    .filter((name) => name.endsWith('.txt'))
    .map((file) => {
      const talk = parseTalk(text(`${room}/recordings/${file}`), 'recording');
      const profile = talk.comments.find((each) => each.startsWith('profile: '))?.slice(9) ?? '';
      return { name: file.replace(/\.txt$/, ''), profile, talk };
    });
}

/** One test for each recording: it may differ only where the list of exceptions says so, and there it must. */
export function replayAll(
  room: 'pop3' | 'imap',
  proves: readonly (readonly [string, string])[],
  open: (recording: Recording, messages: readonly string[]) => TalkTarget,
): void {
  const recordings = recordingsOf(room);
  const messages = recordedMessages(text('imap/recordings/fetch_body_full.txt'));
  for (const recording of recordings) {
    const file = `${room}/${recording.name}`;
    const ids = proves.filter(([start]) => recording.name.startsWith(start)).map(([, id]) => id);
    it(`${file} ${ids.join(' ')}`.trim(), () => {
      const result = playSync(recording.talk, open(recording, messages), {
        silentWaits: true,
        normalize: normalizeMailbox,
      });
      const excused = EXCEPTIONS.filter((each) => each.file === file);
      const lines = excused.flatMap((each) => each.lines);
      const differences = differencesInOrder(result);
      expect(differences.filter(({ line }) => !lines.includes(line))).toEqual([]);
      expect(result.checked).toBeGreaterThan(0);
      for (const each of excused)
        for (const line of each.lines) {
          const differs = differences.find((difference) => difference.line === line);
          expect(differs?.actual, `${file} line ${line} no longer differs: drop the exception`).toContain(
            each.ours,
          );
        }
    });
  }
  it(`every exception belongs to a recording of ${room}`, () => {
    const names = recordings.map((each) => `${room}/${each.name}`);
    const files = EXCEPTIONS.map((each) => each.file).filter((each) => each.startsWith(`${room}/`));
    expect(files.filter((each) => !names.includes(each))).toEqual([]);
  });
}
