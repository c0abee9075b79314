// What is played against the real programs: the recordings of SMTP, LMTP, POP3 and IMAP, and our own SMTP transcripts; and for
// each, which server it talks to, from which address, and what has to be put in order before.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseTalk } from '../talk/parse.ts';
import { ownTalkTarget, type OwnTalkSettings } from '../talk/own-talks.ts';
import { recordedImap } from '../talk/recorded-imap.ts';
import { normalizeMailbox, recordedMessages } from '../talk/recorded-mailbox.ts';
import { recordedPop3 } from '../talk/recorded-pop3.ts';
import { recordedSession } from '../talk/recorded-smtp.ts';
import { playSync, type TalkOptions, type TalkResult, type TalkTarget } from '../talk/run.ts';
import { resetMail, type DovecotProfile } from './against-real-dovecot.ts';
import { postfixProfile, profileOfTalk, type PostfixProfile } from './against-real-postfix.ts';
import type { RealServers } from './against-real-programs.ts';
import { playSocket } from './socket-target.ts';

export interface Transcript {
  /** `smtp/mail_ok`, `own/policy`: the name in the list of accepted differences. */
  readonly file: string;
  /** The Postfix that it needs; absent: it talks to Dovecot. */
  readonly postfix?: PostfixProfile;
  /** It works on mailboxes, which others must not change meanwhile. */
  readonly alone: boolean;
  playOurs(): TalkResult;
  playReal(servers: RealServers): Promise<TalkResult>;
}

type ReadText = (path: string) => string;
type NamesIn = (folder: string, ending: string) => readonly string[];

/** A real server may take a moment; an own word of what it hopes for tells how long. */
const PATIENCE = { answerMs: 10_000, silenceMs: 600 };

/** Greetings come before the client has said a word, and rate limits count what went before. */
async function knock(servers: RealServers, profile: PostfixProfile, localAddress: string): Promise<void> {
  const before = Number(profile['smtpd_client_connection_rate_limit'] ?? 0);
  const talk = parseTalk('S: 220 *\nC: QUIT\nS: 221 *');
  for (let i = 0; i < before; i++)
    await playSocket(talk, { host: '127.0.0.1', port: servers.smtp(profile), localAddress, ...PATIENCE });
}

function smtpRecording(name: string, text: string, messages: readonly string[]): Transcript {
  const file = `smtp/${name}`;
  const { talk, profile, options, peer, open } = recordedSession(file, text);
  const postfix = postfixProfile(profile);
  if (postfix === undefined) throw new Error(`${file}: nobody knows the profile ${profile}`);
  return {
    file,
    postfix,
    alone: profile.includes('quota-status'),
    playOurs: () => playSync(talk, open(), options),
    async playReal(servers) {
      if (this.alone) resetMail(servers.mail, messages, servers.mailOwner);
      await knock(servers, postfix, peer.address);
      const at = { host: '127.0.0.1', port: servers.smtp(postfix), localAddress: peer.address };
      return playSocket(talk, { ...options, ...PATIENCE, ...at });
    },
  };
}

function lmtpRecording(name: string, text: string, messages: readonly string[]): Transcript {
  const file = `lmtp/${name}`;
  const { talk, profile, options, open } = recordedSession(file, text);
  const dovecot: DovecotProfile = profile.includes('Sieve')
    ? 'sieve'
    : name === 'greeting_debian'
      ? 'debian'
      : 'default';
  return {
    file,
    alone: true,
    playOurs: () => playSync(talk, open(), options),
    async playReal(servers) {
      resetMail(servers.mail, messages, servers.mailOwner);
      const port = servers.dovecot(dovecot).lmtp;
      return playSocket(talk, { ...options, ...PATIENCE, host: '127.0.0.1', port });
    },
  };
}

/** Recordings whose client was on another host: there is no password in clear. */
const FROM_AFAR = [
  'imap/greeting_clear',
  'imap/login_clear_forbidden',
  'imap/starttls',
  'pop3/greeting_capa_clear',
];

function mailboxRecording(
  room: 'imap' | 'pop3',
  name: string,
  text: string,
  messages: readonly string[],
): Transcript {
  const file = `${room}/${name}`;
  const talk = parseTalk(text, 'recording');
  const profile = talk.comments.find((each) => each.startsWith('profile: '))?.slice(9) ?? '';
  const options: TalkOptions = { silentWaits: true, normalize: normalizeMailbox };
  const dovecot: DovecotProfile =
    profile === 'pop3_lock_session=yes' ? 'lock' : name === 'greeting_debian' ? 'debian' : 'default';
  return {
    file,
    alone: true,
    playOurs: () =>
      playSync(
        talk,
        room === 'imap' ? recordedImap(name, messages) : recordedPop3(name, profile, messages),
        options,
      ),
    async playReal(servers) {
      resetMail(servers.mail, name === 'empty_mailbox' ? [] : messages, servers.mailOwner);
      const ports = servers.dovecot(dovecot);
      const port = name === 'imaps' ? ports.imaps : name === 'pop3s' ? ports.pop3s : ports[room];
      const from = FROM_AFAR.includes(file) ? { localAddress: '127.0.0.41' } : {};
      return playSocket(talk, { ...options, ...PATIENCE, host: '127.0.0.1', port, ...from });
    },
  };
}

/** The message that Postfix has put into bob's mailbox, without the lines that it added. It delivers when it likes. */
async function stored(servers: RealServers): Promise<string> {
  const folder = join(servers.postfixMail, 'bob-blue.example', 'new');
  const look = (): string | undefined => (existsSync(folder) ? readdirSync(folder)[0] : undefined);
  for (let i = 0; i < 100 && look() === undefined; i++) await new Promise((done) => setTimeout(done, 50));
  const file = look();
  if (file === undefined) return '(no message)';
  const text = readFileSync(join(folder, file), 'latin1');
  rmSync(join(folder, file));
  return text.replace(/^(?:(?:Return-Path|X-Original-To|Delivered-To|Received): .*\n(?:[ \t].*\n)*)+/, '');
}

/** Who waits for an answer lets time pass. */
function patient(target: TalkTarget): TalkTarget {
  return {
    ...target,
    receive(connection) {
      const got = target.receive(connection);
      if (got.bytes.length > 0 || got.closed) return got;
      target.wait(1000);
      return target.receive(connection);
    },
  };
}

function ownTalk(name: string, text: string): Transcript {
  const file = `own/${name}`;
  const talk = parseTalk(text);
  const settings = JSON.parse(talk.header['server'] ?? '{}') as OwnTalkSettings;
  const postfix = profileOfTalk(settings);
  return {
    file,
    postfix,
    alone: true,
    // The installed Postfix is 3.7; after errors it takes its time, as ours does.
    playOurs: () => playSync(talk, patient(ownTalkTarget(talk.header, '3.7'))),
    playReal(servers) {
      return playSocket(talk, {
        ...PATIENCE,
        host: '127.0.0.1',
        port: servers.smtp(postfix),
        localAddress: '127.0.0.41',
        directive: async (name, _argument, block) => {
          if (name !== 'stored') return `nobody knows @ ${name}`;
          const wanted = (block ?? []).map((line) => `${line}\n`).join('');
          const text = await stored(servers);
          return text === wanted ? undefined : JSON.stringify(text.replace(/\n/g, '\r\n'));
        },
      });
    },
  };
}

/** All transcripts. `read` and `namesIn` look into `src`. */
export function transcripts(read: ReadText, namesIn: NamesIn): Transcript[] {
  const messages = recordedMessages(read('imap/recordings/fetch_body_full.txt'));
  const of = (folder: string, make: (name: string, text: string) => Transcript, ending = '.txt') =>
    namesIn(folder, ending).map((name) => make(name, read(`${folder}/${name}${ending}`)));
  return [
    ...of('smtp/recordings/smtp', (name, text) => smtpRecording(name, text, messages)),
    ...of('smtp', ownTalk, '.talk'),
    ...of('smtp/recordings/lmtp', (name, text) => lmtpRecording(name, text, messages)),
    ...of('pop3/recordings', (name, text) => mailboxRecording('pop3', name, text, messages)),
    ...of('imap/recordings', (name, text) => mailboxRecording('imap', name, text, messages)),
  ];
}
