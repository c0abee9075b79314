// Which tone a line of a terminal has: replies by their class, the tools' own remarks, what was typed. A tone styles the
// same bytes and never changes them; it knows no colours, the theme does. Read RFC 5321 §4.2.1 first.

/** `ok` 2xx, `info` 1xx and 3xx, `soft` 4xx, `fail` 5xx, `server` other words of a server, `dim` remarks of the tool. */
export type LineTone = 'plain' | 'ok' | 'info' | 'soft' | 'fail' | 'server' | 'dim' | 'typed';

/** SGR parameters; the theme gives these sixteen colours their values. */
const sgr: Record<LineTone, string> = {
  plain: '',
  ok: '32',
  info: '34',
  soft: '33',
  fail: '31',
  server: '94',
  dim: '90',
  typed: '97',
};

/** The text in its tone, as the terminal wants it. */
export function paint(text: string, tone: LineTone): string {
  return text === '' || sgr[tone] === '' ? text : `\x1b[${sgr[tone]}m${text}\x1b[m`;
}

const byClass: Record<string, LineTone> = { 1: 'info', 2: 'ok', 3: 'info', 4: 'soft', 5: 'fail' };

const talkers = new Set(['telnet', 'nc', 'ncat', 'netcat', 'openssl', 's_client', 'swaks', 'mail', 'curl']);

/** True for programs that show a conversation with a server. */
export function showsProtocol(program: string): boolean {
  return talkers.has(program.split(/[\s:]/)[0] ?? '');
}

const remarks =
  /^(Trying |Connected to |Escape character|Connection closed|Connection to |Connection refused|telnet> |=== |\*\*\* |--- ?$|DONE$|CONNECTED\()/;

/**
 * The tone of one line that a program printed.
 * @param protocol the line comes from a program that shows a conversation
 */
export function toneOfLine(line: string, protocol: boolean): LineTone {
  if (!protocol) return 'plain';
  // swaks marks the direction: `<-  250 …`, `<** 550 …`, ` -> EHLO …`, and `<~` inside TLS.
  const marked = /^(?:<-|<~|<\*\*|<~\*) {1,2}(.*)$/.exec(line);
  if (marked) return toneOfReply(marked[1] ?? '') ?? 'server';
  if (/^ (?:-|~|\*\*)> ?/.test(line)) return 'typed';
  if (/^\*\*\* (?:Error|Host did not|.*fail|.*No auth)/i.test(line)) return 'fail';
  const reply = toneOfReply(line);
  if (reply) return reply;
  if (/^(?:telnet|nc): |Unable to connect|timed out/.test(line)) return 'fail';
  if (remarks.test(line)) return 'dim';
  return 'plain';
}

function toneOfReply(line: string): LineTone | undefined {
  const code = /^([1-5])[0-9][0-9](?:[ -]|$)/.exec(line);
  if (code) return byClass[code[1] ?? ''];
  if (/^\+OK\b/.test(line)) return 'ok';
  if (/^-ERR\b/.test(line)) return 'fail';
  const imap = /^\S{1,12} (OK|NO|BAD|BYE|PREAUTH)\b/.exec(line);
  if (imap) return imap[1] === 'NO' || imap[1] === 'BAD' ? 'fail' : imap[1] === 'BYE' ? 'info' : 'ok';
  if (/^\* /.test(line)) return 'server';
  return undefined;
}
