// Dovecot as the recordings had it: IMAP, POP3 and LMTP for the users of a passwd-file, and the same password check for
// Postfix. Greeting, Sieve and mailbox locking change from profile to profile: each profile is an instance of its own on
// the same mailboxes. Also puts the mailboxes back into the state in which every recording begins.

import { chownSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDED_FLAGS } from '../talk/recorded-mailbox.ts';

export type DovecotProfile = 'default' | 'debian' | 'sieve' | 'lock' | 'sasl';

export interface DovecotPorts {
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly pop3s: number;
  readonly lmtp: number;
  readonly auth: number;
  readonly quotaStatus: number;
}

export interface DovecotPlan {
  readonly folder: string;
  readonly profile: DovecotProfile;
  readonly ports: DovecotPorts;
  readonly certificate: string;
  readonly key: string;
  readonly passwords: string;
  readonly mail: string;
  /** Who owns the mailboxes. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

const USERS = ['bob', 'anna', 'postmaster', 'voll'];

/** The passwd-file: user, password, and the small quota of `voll`. */
export function passwordFile(mail: string): string {
  return USERS.map((user) => {
    const quota = user === 'voll' ? ' userdb_quota_rule=*:storage=2K' : '';
    return `${user}:{PLAIN}geheim:::::: userdb_home=${join(mail, user)}${quota}\n`;
  }).join('');
}

const SIEVE = `require ["fileinto", "mailbox"];
if header :contains "subject" "wegwerfen" { discard; }
elsif header :contains "subject" "ordner" { fileinto :create "Ordner"; }
`;

function config(plan: DovecotPlan): string {
  const { profile, ports, folder, owner } = plan;
  const listener = (name: string, port: number, more = ''): string =>
    `  inet_listener ${name} {\n    address = 127.0.0.1\n    port = ${port}\n${more}  }\n`;
  const sieve = profile === 'sieve';
  return `protocols = imap pop3 lmtp
hostname = mx.hafen.example
${profile === 'debian' ? '' : 'login_greeting = Dovecot ready.'}
base_dir = ${join(folder, 'run')}
state_dir = ${join(folder, 'state')}
log_path = /dev/stderr
ssl = yes
ssl_cert = <${plan.certificate}
ssl_key = <${plan.key}
auth_mechanisms = ${profile === 'sasl' ? 'plain login cram-md5 scram-sha-256' : 'plain login'}
auth_username_format = %Ln
first_valid_uid = 1
mail_uid = ${owner.uid}
mail_gid = ${owner.gid}
mail_location = maildir:~/Maildir
mail_plugins = quota
pop3_lock_session = ${profile === 'lock' ? 'yes' : 'no'}
recipient_delimiter = +
passdb {
  driver = passwd-file
  args = ${plan.passwords}
}
userdb {
  driver = passwd-file
  args = ${plan.passwords}
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \\Sent
  }
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=100M
  quota_grace = 0
  quota_status_success = DUNNO
  quota_status_nouser = DUNNO
  quota_status_overquota = "452 4.2.2 Quota exceeded (mailbox for user is full)"
  sieve = file:${join(folder, 'sieve')};active=${join(folder, 'active.sieve')}
  sieve_before = ${join(folder, 'before.sieve')}
}
protocol imap {
  mail_plugins = quota imap_quota
}
protocol lmtp {
  mail_plugins = quota${sieve ? ' sieve' : ''}
  postmaster_address = postmaster@hafen.example
}
service imap-login {
${listener('imap', ports.imap)}${listener('imaps', ports.imaps, '    ssl = yes\n')}}
service pop3-login {
${listener('pop3', ports.pop3)}${listener('pop3s', ports.pop3s, '    ssl = yes\n')}}
service lmtp {
${listener('lmtp', ports.lmtp)}}
service auth {
${listener('auth', ports.auth)}}
service quota-status {
  executable = quota-status -p postfix
${listener('quota', ports.quotaStatus)}}
service stats {
  client_limit = 100
}
`;
}

/** Writes configuration and directories; returns the configuration's path. */
export function writeDovecot(plan: DovecotPlan): string {
  mkdirSync(plan.folder, { recursive: true });
  const path = join(plan.folder, 'dovecot.conf');
  writeFileSync(path, config(plan));
  if (plan.profile === 'sieve') {
    writeFileSync(join(plan.folder, 'before.sieve'), SIEVE);
    chownSync(plan.folder, plan.owner.uid, plan.owner.gid);
  }
  return path;
}

const FLAG_LETTERS: Readonly<Record<string, string>> = {
  '\\Draft': 'D',
  '\\Flagged': 'F',
  '\\Answered': 'R',
  '\\Seen': 'S',
};

/** Puts the mailboxes of all users back to where every recording begins: Maildirs that nobody has opened yet. */
export function resetMail(
  mail: string,
  messages: readonly string[],
  owner: { readonly uid: number; readonly gid: number },
): void {
  rmSync(mail, { recursive: true, force: true });
  for (const user of USERS) {
    const maildir = join(mail, user, 'Maildir');
    for (const folder of ['', '.Entw&APw-rfe', '.Sent', '.Archiv', '.Archiv.2026'])
      for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, folder, part), { recursive: true });
    writeFileSync(join(maildir, 'subscriptions'), 'INBOX\nArchiv\nGeloescht\n');
    for (const [i, raw] of messages.entries()) {
      const letters = (RECORDED_FLAGS[i] ?? []).map((flag) => FLAG_LETTERS[flag] ?? '').sort();
      const path = join(maildir, 'cur', `${1_790_000_000 + i}.M${i}P1.mx:2,${letters.join('')}`);
      // Dovecot itself keeps lines this way; the quota counts bytes on disk.
      writeFileSync(path, raw.replace(/\r\n/g, '\n'), 'latin1');
      const at = Date.UTC(2026, 10, i + 1, 10) / 1000;
      utimesSync(path, at, at);
    }
  }
  const give = (path: string): void => {
    chownSync(path, owner.uid, owner.gid);
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) give(join(path, entry.name));
      else chownSync(join(path, entry.name), owner.uid, owner.gid);
  };
  give(mail);
}
