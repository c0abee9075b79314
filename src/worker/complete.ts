// What Tab offers in a terminal: at the prompt commands, then hosts and files; in a conversation with a mail server its
// verbs. A query: it reads the world and leaves no mark.

import { commandNames } from '../host/shell/tool-names.ts';
import { listFiles } from '../host/shell/files.ts';
import { withoutDot } from '../dns/name.ts';
import { VERBS } from '../smtp/grammar.ts';
import { hostOfTerminal, type World } from '../world/world.ts';
import type { TerminalView } from '../view/types.ts';

const CONVERSATION = ['telnet', 'nc', 'openssl'];
const READS_FILES = ['cat', 'tail', 'ls'];
/** TLS from the first byte, then the ports on which STARTTLS leads there. */
const TLS_PORTS = [993, 995, 465, 143, 110, 587, 25];
const MAIL_PORTS = ['25', '110', '143', '587', '993', '995'];
const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'TXT'];

/** Whole words that may stand instead of the last word of `line` (what is before the cursor). */
export function completions(
  world: World,
  terminal: string,
  line: string,
  view: TerminalView | undefined,
): readonly string[] {
  const host = world.machine.state.hosts.get(hostOfTerminal(terminal));
  const net = world.machine.state.net.hosts.get(hostOfTerminal(terminal));
  if (host === undefined || net === undefined || view === undefined) return [];
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const before = line.slice(0, line.length - word.length).trim();
  const starting = (words: readonly string[]): string[] =>
    words.filter((one) => one.toLowerCase().startsWith(word.toLowerCase()) && one !== word);
  if (view.program !== '') {
    if (!CONVERSATION.includes(view.program) || before !== '') return [];
    return starting(VERBS.filter((verb) => verb !== 'LHLO').map((verb) => PHRASES[verb] ?? verb));
  }
  if (before === '') return starting(commandNames(host));
  const command = before.split(/\s+/)[0] ?? '';
  if (READS_FILES.includes(command))
    return starting(
      listFiles({ host, net, home: `/home/${view.user}` }).filter(
        (path) => word.startsWith('/') || !path.startsWith('/etc'),
      ),
    );
  const names = world.description.hosts.filter((one) => one.addresses.length > 0).map((one) => one.name);
  const domains = world.description.zones
    .map((zone) => withoutDot(zone.zone))
    .filter((zone) => zone !== '.' && zone !== '' && !zone.endsWith('arpa'));
  if (command === 'dig' || command === 'host') {
    const servers = names.map((name) => `@${name}`);
    return starting(word.startsWith('@') ? servers : [...names, ...domains, ...RECORD_TYPES]);
  }
  if (command === 'openssl') {
    if (before === 'openssl') return starting(['s_client', 'x509']);
    if (before.endsWith('-starttls')) return starting(['smtp', 'lmtp', 'imap', 'pop3']);
    if (before.endsWith('-connect'))
      return starting(names.flatMap((name) => TLS_PORTS.map((port) => `${name}:${port}`)));
    return starting(['-connect', '-crlf', '-quiet', '-starttls', '-servername', '-brief', '-showcerts']);
  }
  if ((command === 'telnet' || command === 'nc') && names.includes(before.split(/\s+/).at(-1) ?? ''))
    return starting(MAIL_PORTS);
  return starting(names);
}

/** Verbs that are always followed by the same word. */
const PHRASES: Readonly<Record<string, string>> = { MAIL: 'MAIL FROM:', RCPT: 'RCPT TO:' };
