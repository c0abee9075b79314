// The few files that a host of the world has: what programs wrote, and what is generated from how the host is set up. There
// is no file system beneath; nothing can be written from the shell.

import type { MtaConfig } from '../mta/config.ts';
import type { NameServerState } from '../name-server.ts';
import type { LibresolvConfig } from '../libresolv.ts';
import type { HostState, Os } from '../program.ts';
import type { TlsIdentity } from '../../net/tls.ts';
import type { NetHost } from '../../net/topology.ts';

export const MAIL_LOG = '/var/log/mail.log';

/** What a file's content depends on. */
export interface FileContext {
  readonly host: HostState;
  readonly net: NetHost;
  readonly home: string;
}

export interface HostsEntry {
  readonly address: string;
  /** Lower case. */
  readonly names: readonly string[];
}

/** /etc/hosts as values, generated or as the world gives it. */
export function hostsEntries(os: Pick<Os, 'host' | 'net'>): HostsEntry[] {
  const lines = readFile({ host: os.host, net: os.net, home: '' }, '/etc/hosts') ?? [];
  return lines.flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return address === undefined || names.length === 0
      ? []
      : [{ address, names: names.map((name) => name.toLowerCase()) }];
  });
}

/** The lines of a file by absolute path; undefined when there is none. */
export function readFile(context: FileContext, path: string): readonly string[] | undefined {
  return context.host.files.get(path) ?? generated(context).get(path)?.();
}

/** Absolute paths of all files. */
export function listFiles(context: FileContext): string[] {
  return [...new Set([...context.host.files.keys(), ...generated(context).keys()])].sort();
}

/** An absolute path from one as typed. */
export function absolutePath(path: string, home: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${home}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** What a path is: a file, a directory (some file lies beneath it), or nothing. */
export function kindOf(context: FileContext, path: string): 'file' | 'directory' | undefined {
  const files = listFiles(context);
  if (files.includes(path)) return 'file';
  if (path === context.home || path === '/' || files.some((file) => file.startsWith(`${path}/`)))
    return 'directory';
  return undefined;
}

function generated(context: FileContext): Map<string, () => string[]> {
  const { host, net, home } = context;
  const short = host.name.split('.')[0] ?? host.name;
  const files = new Map<string, () => string[]>();
  files.set('/etc/hostname', () => [short]);
  files.set('/etc/hosts', () => [
    '127.0.0.1\tlocalhost',
    '::1\tip6-localhost ip6-loopback',
    ...net.addresses.map((address) => `${address}\t${host.name}${short === host.name ? '' : ` ${short}`}`),
  ]);
  for (const program of host.programs.values()) {
    if (program.kind === 'libresolv') {
      const { nameservers } = program.config as LibresolvConfig;
      files.set('/etc/resolv.conf', () => nameservers.map((address) => `nameserver ${address}`));
    }
    if (program.kind === 'nameServer')
      for (const [name, text] of (program.state as NameServerState).files)
        files.set(name, () => text.replace(/\n$/, '').split('\n'));
    const identity = (program.config as { readonly tls?: TlsIdentity }).tls;
    if (identity !== undefined)
      files.set(`/etc/ssl/certs/${context.host.name}.pem`, () => identity.chain.trimEnd().split('\n'));
    if (program.kind === 'mta') files.set('/etc/postfix/main.cf', () => mainCf(program.config as MtaConfig));
    if (program.kind === 'mta' || program.kind === 'mda') files.set(MAIL_LOG, () => []);
  }
  if (home !== '') files.set(`${home}/README`, () => readme([...files.keys()], host.name));
  return files;
}

function readme(paths: readonly string[], host: string): string[] {
  return [
    `This is ${host}. It has these files:`,
    ...paths.filter((path) => !path.endsWith('/README')).map((path) => `  ${path}`),
    'The command help lists what can be run here.',
  ];
}

/** main.cf as its administrator would have written it (postconf(5)). */
function mainCf(config: MtaConfig): string[] {
  const lines: string[] = [];
  const set = (name: string, value: string | number | boolean | undefined): void => {
    if (value === undefined) return;
    lines.push(`${name} = ${value === true ? 'yes' : value === false ? 'no' : value}`.trimEnd());
  };
  const seconds = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : `${ms / 1000}s`;
  set('compatibility_level', '3.6');
  set('myhostname', config.myhostname);
  set('mynetworks', ['127.0.0.0/8', '[::1]/128', ...config.mynetworks].join(', '));
  set('mydestination', '');
  set('virtual_mailbox_domains', config.virtualMailboxDomains.join(', '));
  set(
    'virtual_mailbox_maps',
    `inline:{ ${config.virtualMailboxMaps.map((a) => `{ ${a} = OK }`).join(', ')} }`,
  );
  if (config.virtualTransport !== undefined)
    set('virtual_transport', `lmtp:inet:${config.virtualTransport.host}:${config.virtualTransport.port}`);
  set(
    'smtpd_relay_restrictions',
    `permit_mynetworks, ${config.relayRefusal === 'reject' ? 'reject' : 'defer'}_unauth_destination`,
  );
  set('message_size_limit', config.messageSizeLimit);
  set('queue_run_delay', seconds(config.queueRunDelayMs));
  set('minimal_backoff_time', seconds(config.minimalBackoffTimeMs));
  set('maximal_backoff_time', seconds(config.maximalBackoffTimeMs));
  set('maximal_queue_lifetime', seconds(config.maximalQueueLifetimeMs));
  set('bounce_queue_lifetime', seconds(config.bounceQueueLifetimeMs));
  set('smtp_connect_timeout', seconds(config.smtpConnectTimeoutMs));
  set('smtpd_helo_required', config.smtpdHeloRequired);
  set('smtpd_discard_ehlo_keywords', config.smtpdDiscardEhloKeywords?.join(', '));
  set('smtpd_forbid_unauth_pipelining', config.smtpdForbidUnauthPipelining);
  set('smtpd_forbid_bare_newline', config.smtpdForbidBareNewline);
  set('strict_rfc821_envelopes', config.strictRfc821Envelopes);
  set('disable_vrfy_command', config.disableVrfyCommand);
  if (config.rejectUnknownSenderDomain === true)
    set('smtpd_sender_restrictions', 'reject_unknown_sender_domain');
  if (config.checkHelo === true)
    set('smtpd_helo_restrictions', 'reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname');
  return lines;
}
