// The command line of swaks 20201014, as far as it is known here, and the message that it makes. Knows no connection.
// Read swaks(1), "OPTIONS" and "DATA", first.

import { fromLatin1, utf8 } from '../../../base/bytes.ts';
import { absolutePath, readFile } from '../files.ts';
import type { ToolIo } from '../tool.ts';
import { mailDate } from '../../../base/dates.ts';

export type SwaksStep = 'CONNECT' | 'HELO' | 'TLS' | 'AUTH' | 'MAIL' | 'RCPT';
export type SwaksAuth = 'CRAM-MD5' | 'LOGIN' | 'PLAIN';

export interface SwaksOptions {
  /** One or more, comma between them, as typed. */
  to: string;
  /** '' sends the null reverse path; undefined: the user at this host. */
  from: string | undefined;
  server: string | undefined;
  port: number | undefined;
  helo: string | undefined;
  /** `on`: STARTTLS or nothing; `optional`: if it works; `connect`: from the first byte. */
  tls: 'no' | 'on' | 'optional' | 'connect';
  verifies: boolean;
  /** undefined: no login. */
  auth: readonly SwaksAuth[] | undefined;
  user: string;
  password: string;
  hidesPassword: boolean;
  quitAfter: SwaksStep | undefined;
  timeoutMs: number;
  /** HELO only. */
  isOld: boolean;
  data: string | undefined;
  /** `Name: value`, in their order. */
  headers: string[];
  body: string;
  suppressesData: boolean;
  hides: { send: boolean; receive: boolean; info: boolean };
}

const VERSION = '20201014.0';
const AUTHS: readonly SwaksAuth[] = ['CRAM-MD5', 'LOGIN', 'PLAIN'];
/** Long and short spellings: what they set. */
const WITH_VALUE: Readonly<Record<string, string>> = {
  to: 'to',
  t: 'to',
  from: 'from',
  f: 'from',
  server: 'server',
  s: 'server',
  port: 'port',
  p: 'port',
  ehlo: 'helo',
  helo: 'helo',
  lhlo: 'helo',
  h: 'helo',
  'auth-user': 'user',
  au: 'user',
  'auth-password': 'password',
  ap: 'password',
  'quit-after': 'quit',
  q: 'quit',
  'quit-after-': 'quit',
  timeout: 'timeout',
  protocol: 'protocol',
  data: 'data',
  d: 'data',
  header: 'header',
  'add-header': 'header',
  ah: 'header',
  body: 'body',
};

export type SwaksReading =
  | { readonly ok: true; readonly options: SwaksOptions }
  | { readonly ok: false; readonly text: string; readonly code: number };

export function readSwaksOptions(args: readonly string[], io: ToolIo): SwaksReading {
  const options: SwaksOptions = {
    to: '',
    from: undefined,
    server: undefined,
    port: undefined,
    helo: undefined,
    tls: 'no',
    verifies: false,
    auth: undefined,
    user: '',
    password: '',
    hidesPassword: false,
    quitAfter: undefined,
    timeoutMs: 30_000,
    isOld: false,
    data: undefined,
    headers: [],
    body: 'This is a test mailing',
    suppressesData: false,
    hides: { send: false, receive: false, info: false },
  };
  const wrong = (text: string, code = 1): SwaksReading => ({ ok: false, text: `*** ${text}\n`, code });
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!/^-./.test(arg)) return wrong(`Unexpected argument ${arg}, exiting`);
    const equals = /^--?[^=]+=/.exec(arg)?.[0];
    const name = (equals === undefined ? arg : equals.slice(0, -1)).replace(/^--?/, '');
    const has = args[i + 1] !== undefined && !/^-[A-Za-z-]/.test(args[i + 1] ?? '');
    const next = (): string =>
      equals !== undefined ? arg.slice(equals.length) : has ? (args[++i] ?? '') : '';
    const field = /^(?:header|h)-(.+)$/.exec(name)?.[1];
    const what = field === undefined ? WITH_VALUE[name] : 'field';
    switch (what) {
      case 'to':
        options.to = next();
        break;
      case 'from': {
        const from = next();
        options.from = from === '<>' ? '' : from;
        break;
      }
      case 'server': {
        const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(next()) ?? [];
        options.server = host;
        if (port !== undefined) options.port = Number(port);
        break;
      }
      case 'port': {
        const port = Number(next());
        if (!(port > 0 && port < 65536)) return wrong('Port must be a number between 1 and 65535, exiting');
        options.port = port;
        break;
      }
      case 'helo':
        options.helo = next();
        break;
      case 'user':
        options.user = next();
        options.auth ??= AUTHS;
        break;
      case 'password':
        options.password = next();
        options.auth ??= AUTHS;
        break;
      case 'timeout':
        options.timeoutMs = Math.max(0, Number(next()) || 0) * 1000;
        break;
      case 'quit': {
        const after = next().toUpperCase();
        const step =
          after === 'EHLO' || after === 'FIRST-HELO' ? 'HELO' : after === 'BANNER' ? 'CONNECT' : after;
        if (!['CONNECT', 'HELO', 'TLS', 'AUTH', 'MAIL', 'RCPT'].includes(step))
          return wrong(`Unknown quit value ${after}, exiting`);
        options.quitAfter = step as SwaksStep;
        break;
      }
      case 'protocol': {
        const protocol = next().toUpperCase();
        if (!/^(?:SMTP|SSMTP|SSMTPA|ESMTP|ESMTPA|ESMTPS|ESMTPSA)$/.test(protocol))
          return wrong(`Unknown protocol ${protocol.toLowerCase()} specified, exiting`);
        options.isOld = protocol === 'SMTP';
        if (protocol.startsWith('SS')) options.tls = 'connect';
        else if (protocol.includes('S', 5)) options.tls = 'on';
        if (protocol.length > 4 && protocol.endsWith('A')) options.auth ??= AUTHS;
        break;
      }
      case 'data': {
        const data = fileOr(next(), io);
        if (data === undefined) return wrong('Could not open data file, exiting');
        options.data = data;
        break;
      }
      case 'header':
        options.headers.push(next());
        break;
      case 'field':
        options.headers.push(`${field}: ${next()}`);
        break;
      case 'body': {
        const body = fileOr(next(), io);
        if (body === undefined) return wrong('Could not open body file, exiting');
        options.body = body;
        break;
      }
      default:
        switch (name) {
          case 'tls':
            options.tls = 'on';
            break;
          case 'tls-optional':
          case 'tlso':
            options.tls = 'optional';
            break;
          case 'tls-on-connect':
          case 'tlsc':
            options.tls = 'connect';
            break;
          case 'tls-verify':
            options.verifies = true;
            break;
          case 'auth':
          case 'a': {
            const wanted = next().toUpperCase();
            const types = wanted === '' || wanted === 'ANY' ? AUTHS : wanted.split(',');
            const known = AUTHS.filter((type) => types.includes(type));
            if (known.length === 0) return wrong('No auth types supported, exiting');
            options.auth = known;
            break;
          }
          case 'auth-hide-password':
          case 'ahp':
            options.hidesPassword = true;
            break;
          case 'suppress-data':
          case 'n':
            options.suppressesData = true;
            break;
          case 'hide-all':
          case 'ha':
            options.hides = { send: true, receive: true, info: true };
            break;
          case 'hide-send':
          case 'hs':
            options.hides.send = true;
            break;
          case 'hide-receive':
          case 'hr':
            options.hides.receive = true;
            break;
          case 'hide-informational':
          case 'hi':
            options.hides.info = true;
            break;
          case 'version':
            return { ok: false, text: `swaks version ${VERSION}\n`, code: 0 };
          case 'help':
            return { ok: false, text: HELP, code: 0 };
          default:
            return { ok: false, text: `Unknown option: ${name}\n`, code: 1 };
        }
    }
  }
  return { ok: true, options };
}

/** `@file` is the file's content; undefined when there is none of that name. */
function fileOr(value: string, io: ToolIo): string | undefined {
  if (!value.startsWith('@')) return value.replaceAll('\\n', '\n');
  const context = { host: io.os.host, net: io.os.net, home: io.home };
  // What a file of this world holds are lines; the end of the last one is what swaks puts before its final dot.
  return readFile(context, absolutePath(value.slice(1), io.home))?.join('\n');
}

/** What is sent after DATA: CRLF lines, dots stuffed, without the final dot. A binary string. */
export function swaksData(options: SwaksOptions, from: string, io: ToolIo): string {
  const date = mailDate(io.os.now, io.os.host.zoneMinutes);
  const host = io.os.host.name;
  const stamp = new Date(io.os.now).toISOString().replace(/\D/g, '').slice(0, 14);
  const template =
    options.data ??
    'Date: %DATE%\nTo: %TO_ADDRESS%\nFrom: %FROM_ADDRESS%\nSubject: test %DATE%\nMessage-Id: <%MESSAGEID%>\n' +
      'X-Mailer: swaks v%SWAKS_VERSION% jetmore.org/john/code/swaks/\n%NEW_HEADERS%\n%BODY%\n\n';
  const { replaced, added } = headersFor(template, options.headers);
  // A template of one's own is sent as it is, but for headers that were asked for.
  const known: Readonly<Record<string, string>> = {
    DATE: date,
    TO_ADDRESS: options.to,
    FROM_ADDRESS: from,
    MESSAGEID: `${stamp}.${String(io.os.pid).padStart(6, '0')}@${host}`,
    SWAKS_VERSION: VERSION,
    BODY: options.body,
  };
  const text = replaced
    .replace('%NEW_HEADERS%', added.map((line) => `${line}\n`).join(''))
    .replace(
      /%(DATE|TO_ADDRESS|FROM_ADDRESS|MESSAGEID|SWAKS_VERSION|BODY)%/g,
      (_, name: string) => known[name] ?? '',
    );
  const lines = text.replace(/\r?\n/g, '\r\n').replace(/(^|\n)\./g, '$1..');
  return bytesOf(lines);
}

/** A header that is there already is replaced where it stands; others are added behind the last one. */
function headersFor(
  template: string,
  headers: readonly string[],
): { readonly replaced: string; readonly added: readonly string[] } {
  const added: string[] = [];
  let replaced = template;
  for (const line of headers) {
    const name = line.split(':')[0] ?? '';
    const at = new RegExp(`^${name.replace(/[^\w-]/g, '.')}:[^\\n]*$`, 'im');
    const end = replaced.search(/\n\r?\n|%NEW_HEADERS%/);
    const head = end < 0 ? replaced : replaced.slice(0, end);
    if (at.test(head)) replaced = head.replace(at, () => line) + replaced.slice(head.length);
    else if (template.includes('%NEW_HEADERS%')) added.push(line);
    else replaced = `${head}\n${line}${replaced.slice(head.length)}`;
  }
  return { replaced, added };
}

/** Text as UTF-8; a lone surrogate of U+DC80 to U+DCFF is the byte that was no UTF-8 when the file was written. */
function bytesOf(text: string): string {
  return text
    .split(/([\udc80-\udcff])/u)
    .map((piece, i) =>
      i % 2 === 1 ? String.fromCharCode(piece.charCodeAt(0) - 0xdc00) : fromLatin1(utf8(piece)),
    )
    .join('');
}

const HELP = `swaks - Swiss Army Knife SMTP, the all-purpose SMTP transaction tester. In this simulation:

  swaks --to ADDRESS[,ADDRESS] [--from ADDRESS] [--server HOST[:PORT]] [--ehlo NAME]
        [--tls | -tlsc] [--tls-verify] [--auth [TYPE] --auth-user USER --auth-password PASSWORD]
        [--header 'NAME: VALUE'] [--body TEXT] [--data TEXT | @FILE] [--suppress-data]
        [--quit-after CONNECT | EHLO | TLS | AUTH | MAIL | RCPT] [--timeout SECONDS]
`;
