// Postfix as the recordings had it: one main.cf, and in master.cf one smtpd on a port of its own for every profile that a
// recording names, and for every setting that a transcript of ours asks for. All paths lie in a directory of its own.

import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnTalkSettings } from '../talk/own-talks.ts';

/** A server of master.cf: the parameters that differ from main.cf. */
export type PostfixProfile = Readonly<Record<string, string>>;

const STRICT: PostfixProfile = {
  smtpd_helo_required: 'yes',
  smtpd_relay_restrictions: 'permit_sasl_authenticated, reject_unauth_destination',
  smtpd_tls_security_level: 'may',
};
const AUTH: PostfixProfile = { ...STRICT, smtpd_sasl_auth_enable: 'yes' };
const REJECT_AT_ONCE: PostfixProfile = { ...STRICT, smtpd_delay_reject: 'no' };
const HELO_ACCESS = 'check_helo_access inline:{{mx.hafen.example = REJECT You are not me}}';

/** Profiles under the words of the recordings' `# profile:` lines, without what is said in brackets there. */
const PROFILES: Readonly<Record<string, PostfixProfile>> = {
  default: {},
  strict: STRICT,
  'strict + message_size_limit=2000': { ...STRICT, message_size_limit: '2000' },
  'strict + smtpd_recipient_limit=3': {
    ...STRICT,
    smtpd_recipient_limit: '3',
    smtpd_recipient_overshoot_limit: '3',
    message_size_limit: '2000',
  },
  'strict + smtpd_timeout=3s': { ...STRICT, smtpd_timeout: '3s' },
  'strict + strict_rfc821_envelopes=yes': {
    ...STRICT,
    strict_rfc821_envelopes: 'yes',
    disable_vrfy_command: 'yes',
  },
  'strict + strict_smtputf8=yes': { ...STRICT, strict_smtputf8: 'yes' },
  'strict + disable_vrfy_command=yes': { ...STRICT, disable_vrfy_command: 'yes' },
  'strict + hard error limit 4': { ...STRICT, smtpd_soft_error_limit: '2', smtpd_hard_error_limit: '4' },
  'strict + smtpd_junk_command_limit=3 soft=2 hard=4': {
    ...STRICT,
    smtpd_junk_command_limit: '3',
    smtpd_soft_error_limit: '2',
    smtpd_hard_error_limit: '4',
  },
  'strict, no TLS': { ...STRICT, smtpd_tls_security_level: 'none' },
  'strict, missing certificate file': {
    ...STRICT,
    smtpd_tls_cert_file: '/nonexistent.pem',
    smtpd_tls_key_file: '/nonexistent.pem',
  },
  'strict, smtpd_forbid_unauth_pipelining=yes': { ...STRICT, smtpd_forbid_unauth_pipelining: 'yes' },
  'strict, smtpd_forbid_unauth_pipelining=no': { ...STRICT, smtpd_forbid_unauth_pipelining: 'no' },
  'strict, smtpd_forbid_bare_newline=no': { ...STRICT, smtpd_forbid_bare_newline: 'no' },
  'strict, smtpd_forbid_bare_newline=reject': { ...STRICT, smtpd_forbid_bare_newline: 'reject' },
  'strict, smtpd_forbid_bare_newline=normalize': { ...STRICT, smtpd_forbid_bare_newline: 'normalize' },
  'strict + helo/sender/recipient restrictions': {
    ...STRICT,
    smtpd_helo_restrictions: `${HELO_ACCESS}, reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname`,
    smtpd_sender_restrictions: 'reject_non_fqdn_sender, reject_unknown_sender_domain',
    smtpd_recipient_restrictions:
      'reject_unknown_recipient_domain, reject_unauth_destination, reject_non_fqdn_recipient',
  },
  'strict + check_sender_access': {
    ...STRICT,
    smtpd_sender_restrictions:
      'check_sender_access inline:{{tmp.example = DEFER greylisted}, {boese.example = REJECT go away}, {pfad.example = 550 5.7.23 SPF fail - not authorized}}',
  },
  'strict + client restrictions': {
    ...STRICT,
    smtpd_client_restrictions:
      'reject_rbl_client zen.bl.test, reject_unknown_reverse_client_hostname, reject_unknown_client_hostname',
  },
  'strict + client reject': { ...REJECT_AT_ONCE, smtpd_client_restrictions: 'reject' },
  'strict + 521 access action at connect': {
    ...REJECT_AT_ONCE,
    smtpd_client_restrictions:
      'check_client_access inline:{{127.0.0.41 = 521 5.3.2 mx.hafen.example does not accept mail}}',
  },
  'strict + quota-status': {
    ...STRICT,
    smtpd_recipient_restrictions: 'check_policy_service inet:127.0.0.1:$quota_status_port',
  },
  'strict + smtpd_client_connection_count_limit=1': { ...STRICT, smtpd_client_connection_count_limit: '1' },
  'strict + smtpd_client_connection_rate_limit=2': { ...STRICT, smtpd_client_connection_rate_limit: '2' },
  'strict + smtpd_client_message_rate_limit=1': { ...AUTH, smtpd_client_message_rate_limit: '1' },
  'strict + smtpd_client_recipient_rate_limit=2': { ...AUTH, smtpd_client_recipient_rate_limit: '2' },
  'strict + smtpd_client_auth_rate_limit=1': { ...AUTH, smtpd_client_auth_rate_limit: '1' },
  'strict + AUTH in clear': AUTH,
  'strict + AUTH + reject_sender_login_mismatch': {
    ...AUTH,
    smtpd_sender_restrictions: 'reject_sender_login_mismatch',
    smtpd_sender_login_maps:
      'inline:{bob@hafen.example=bob, anna@hafen.example=anna, alice@absender.example=alice}',
  },
  submission: {
    ...AUTH,
    smtpd_tls_security_level: 'encrypt',
    smtpd_client_restrictions: 'permit_sasl_authenticated, reject',
  },
};

/** The profile for the words of a recording; undefined if nobody knows it. */
export function postfixProfile(words: string): PostfixProfile | undefined {
  return PROFILES[words] ?? PROFILES[words.replace(/ \(.*$/, '').replace(/, smtpd_delay_reject=no$/, '')];
}

/** The profile for the `server:` line of one of our own transcripts. */
export function profileOfTalk({ heloRequired, refuse }: OwnTalkSettings): PostfixProfile {
  return {
    ...STRICT,
    myhostname: 'mx.blue.example',
    smtpd_tls_security_level: 'none',
    smtpd_delay_reject: 'no',
    smtpd_helo_required: heloRequired === true ? 'yes' : 'no',
    smtpd_sender_restrictions: 'reject_non_fqdn_sender, reject_unknown_sender_domain',
    ...(refuse === undefined ? {} : { smtpd_client_restrictions: `check_client_access static:{${refuse}}` }),
  };
}

export interface PostfixPlan {
  readonly folder: string;
  /** uid and gid of `postfix`, which owns the queue. */
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly certificate: string;
  readonly key: string;
  readonly saslPort: number;
  readonly quotaStatusPort: number;
  /** Where accepted mail for mx.blue.example is put, one file a message. */
  readonly mail: string;
  readonly servers: readonly { readonly port: number; readonly profile: PostfixProfile }[];
}

const KNOWN = ['bob', 'anna', 'postmaster', 'voll', 'geist'];

function mainCf(plan: PostfixPlan): string {
  const users = [
    ...KNOWN.map((user) => `${user}@hafen.example`),
    'bob@blue.example',
    'postmaster@blue.example',
  ];
  return `compatibility_level = 3.6
queue_directory = ${join(plan.folder, 'queue')}
data_directory = ${join(plan.folder, 'data')}
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${join(plan.folder, 'log')}
maillog_file_prefixes = ${plan.folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mx.hafen.example
mydestination = mx.hafen.example
mynetworks = 192.0.2.250
alias_maps =
smtpd_banner = $myhostname ESMTP $mail_name
recipient_delimiter = +
local_recipient_maps = inline:{root=1, postmaster=1}
virtual_mailbox_domains = hafen.example, blue.example
virtual_mailbox_maps = inline:{${users.map((user) => `${user}=${user.replace('@', '-')}/`).join(', ')}}
virtual_mailbox_base = ${plan.mail}
virtual_uid_maps = static:${plan.owner.uid}
virtual_gid_maps = static:${plan.owner.gid}
virtual_minimum_uid = 1
default_transport = discard
local_transport = discard
relay_transport = discard
fast_flush_domains = relay.example
smtpd_relay_before_recipient_restrictions = no
smtpd_client_event_limit_exceptions =
smtpd_tls_cert_file = ${plan.certificate}
smtpd_tls_key_file = ${plan.key}
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${plan.saslPort}
`;
}

const SERVICES = `pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;

function masterCf(plan: PostfixPlan): string {
  const servers = plan.servers.map(({ port, profile }) => {
    const options = Object.entries(profile).map(
      ([name, value]) =>
        `  -o { ${name} = ${value.replace('$quota_status_port', String(plan.quotaStatusPort))} }\n`,
    );
    return `127.0.0.1:${port} inet n - n - - smtpd\n${options.join('')}`;
  });
  return SERVICES + servers.join('');
}

/** Writes configuration and directories; returns the folder of main.cf. */
export function writePostfix(plan: PostfixPlan): string {
  const config = join(plan.folder, 'config');
  for (const folder of [config, join(plan.folder, 'queue'), join(plan.folder, 'data'), plan.mail])
    mkdirSync(folder, { recursive: true });
  chownSync(join(plan.folder, 'data'), plan.owner.uid, plan.owner.gid);
  chownSync(plan.mail, plan.owner.uid, plan.owner.gid);
  writeFileSync(join(config, 'main.cf'), mainCf(plan));
  writeFileSync(join(config, 'master.cf'), masterCf(plan));
  return config;
}
