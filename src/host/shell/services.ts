// Port numbers and their names, as /etc/services of Debian has them. Only what a mail administrator meets.

/** Name, port, protocols; the first name of a port is the one that tools print. */
const SERVICES: readonly (readonly [string, number, 'tcp' | 'udp' | 'both'])[] = [
  ['ftp', 21, 'tcp'],
  ['ssh', 22, 'tcp'],
  ['telnet', 23, 'tcp'],
  ['smtp', 25, 'tcp'],
  ['mail', 25, 'tcp'],
  ['time', 37, 'tcp'],
  ['whois', 43, 'tcp'],
  ['domain', 53, 'both'],
  ['http', 80, 'tcp'],
  ['www', 80, 'tcp'],
  ['pop3', 110, 'tcp'],
  ['pop-3', 110, 'tcp'],
  ['ntp', 123, 'udp'],
  ['imap2', 143, 'tcp'],
  ['imap', 143, 'tcp'],
  ['snmp', 161, 'udp'],
  ['ldap', 389, 'tcp'],
  ['https', 443, 'tcp'],
  ['submissions', 465, 'tcp'],
  ['ssmtp', 465, 'tcp'],
  ['smtps', 465, 'tcp'],
  ['urd', 465, 'tcp'],
  ['syslog', 514, 'udp'],
  ['submission', 587, 'tcp'],
  ['imaps', 993, 'tcp'],
  ['pop3s', 995, 'tcp'],
  ['sieve', 4190, 'tcp'],
];

/** The port of a number or a service name; undefined when it is neither. */
export function portOf(text: string, protocol: 'tcp' | 'udp' = 'tcp'): number | undefined {
  if (/^[0-9]{1,5}$/.test(text)) return Number(text) > 65535 ? undefined : Number(text);
  return SERVICES.find(([name, , on]) => name === text && (on === protocol || on === 'both'))?.[1];
}

/** The name that tools print for a port, `*` when it has none. */
export function serviceName(port: number, protocol: 'tcp' | 'udp'): string {
  return SERVICES.find(([, number, on]) => number === port && (on === protocol || on === 'both'))?.[0] ?? '*';
}
