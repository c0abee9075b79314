// `openssl s_client` as people use it on mail servers, and the part of `openssl x509` that reads a certificate file. The
// handshake is the model's, the certificates are real. A line that begins with Q ends s_client and one that begins with R
// breaks the session, as in the real tool: that is how `QUIT` and `RCPT TO` go astray.

import { fromLatin1, utf8 } from '../../../base/bytes.ts';
import { connectionOf } from '../../../net/network.ts';
import type { ConnectFailure } from '../../../net/events.ts';
import type { TlsPeer, TlsSession, TlsVersion } from '../../../net/tls.ts';
import { readCertificatesPem } from '../../../crypto/x509.ts';
import { addressAnswered, requestAddress, type AddressRequest } from '../address.ts';
import { absolutePath, readFile } from '../files.ts';
import { portOf } from '../services.ts';
import { restText, streamText, textStream, type TextStream } from '../terminal-text.ts';
import type { Tool, ToolInput, ToolIo } from '../tool.ts';
import { briefText, errorLine, sessionText, ticketText, verifyLines, x509Text } from './openssl-text.ts';

type StartTls = 'smtp' | 'lmtp' | 'imap' | 'pop3';
const START_TLS: readonly StartTls[] = ['smtp', 'lmtp', 'imap', 'pop3'];

interface Options {
  host: string;
  port: number;
  starttls: StartTls | undefined;
  /** SNI; '' sends none. */
  serverName: string | undefined;
  crlf: boolean;
  quiet: boolean;
  brief: boolean;
  showcerts: boolean;
  ignoreEnd: boolean;
  /** -verify_return_error */
  stops: boolean;
  hostname: string | undefined;
  trustsNobody: boolean;
  versions: readonly TlsVersion[];
}

export interface OpensslState {
  phase: 'resolving' | 'connecting' | 'starttls' | 'handshake' | 'open' | 'over';
  options: Options;
  request: AddressRequest | undefined;
  socket: number | undefined;
  /** What the server said before TLS, while STARTTLS is negotiated; its last line before the command. */
  heard: string;
  last: string;
  /** How far the talk before TLS has come, and whether STARTTLS was among the extensions. */
  step: number;
  offered: boolean;
  session: TlsSession | undefined;
  peer: TlsPeer | undefined;
  /** Typed before the session stood. */
  typed: string[];
  stream: TextStream;
}

const VERSIONS: Readonly<Record<string, readonly TlsVersion[]>> = {
  '-tls1': ['TLSv1'],
  '-tls1_1': ['TLSv1.1'],
  '-tls1_2': ['TLSv1.2'],
  '-tls1_3': ['TLSv1.3'],
};
const DEFAULT_PORT = 4433;

const HELP = `help:

Standard commands in this simulation:
s_client          version           x509

  openssl s_client -connect mail.example:465 -crlf
  openssl s_client -connect mail.example:587 -starttls smtp -crlf
  openssl x509 -in FILE -noout -subject -issuer -dates -ext subjectAltName
`;

export const openssl: Tool<OpensslState> = {
  readsInput: true,
  readsKeys: true,

  start([command = 'help', ...args], io) {
    switch (command) {
      case 's_client': {
        const options = readOptions(args, io);
        if (options === undefined) return over(io, 1);
        const state = newState(options);
        state.request = requestAddress(io, options.host);
        resolved(state, io);
        return state;
      }
      case 'x509':
        return over(io, x509(args, io));
      case 'version':
        io.print('OpenSSL 3.0.17 1 Jul 2025 (Library: OpenSSL 3.0.17 1 Jul 2025)\n');
        return over(io, 0);
      case 'help':
      case '-help':
      case '--help':
        io.print(HELP);
        return over(io, 0);
      default:
        io.print(`Invalid command '${command}'; type "help" for a list.\n`);
        return over(io, 1);
    }
  },

  handle(state, input, io) {
    if (state.phase === 'over') return;
    if (input.type === 'lookedUp') {
      if (state.request === undefined || state.phase !== 'resolving') return;
      addressAnswered(io, state.request, input.token, input.answer);
      return resolved(state, io);
    }
    if ('socket' in input) return input.socket === state.socket ? onSocket(state, input, io) : undefined;
    if (input.type === 'line') {
      for (const line of input.text.split('\n')) typed(state, line, io);
      return;
    }
    if (input.type !== 'key') return;
    if (input.key === 'interrupt') {
      state.phase = 'over';
      return io.exit(130);
    }
    if (input.key === 'endOfInput' && state.phase === 'open') leave(state, io, 'DONE\n');
  },
};

const NO_OPTIONS: Options = {
  host: '',
  port: DEFAULT_PORT,
  starttls: undefined,
  serverName: undefined,
  crlf: false,
  quiet: false,
  brief: false,
  showcerts: false,
  ignoreEnd: false,
  stops: false,
  hostname: undefined,
  trustsNobody: false,
  versions: ['TLSv1.2', 'TLSv1.3'],
};

function newState(options: Options): OpensslState {
  return {
    phase: 'resolving',
    options,
    request: undefined,
    socket: undefined,
    heard: '',
    last: '',
    step: 0,
    offered: false,
    session: undefined,
    peer: undefined,
    typed: [],
    stream: textStream(),
  };
}

function over(io: ToolIo, code: number): OpensslState {
  io.exit(code);
  return { ...newState(NO_OPTIONS), phase: 'over' };
}

function readOptions(args: readonly string[], io: ToolIo): Options | undefined {
  const options: Options = { ...NO_OPTIONS };
  const complain = (text: string): undefined => {
    io.print(`${text}\ns_client: Use -help for summary.\n`);
    return undefined;
  };
  let connect: string | undefined;
  let noName = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const value = (): string | undefined => args[++at];
    const name = arg.replace(/^--/, '-');
    switch (name) {
      case '-connect':
      case '-host':
        connect = value();
        if (connect === undefined) return complain(`s_client: Option ${arg} needs a value`);
        break;
      case '-port':
        connect = `${connect ?? 'localhost'}:${value() ?? ''}`;
        break;
      case '-starttls': {
        const word = value();
        if (word === undefined) return complain(`s_client: Option ${arg} needs a value`);
        options.starttls = START_TLS.find((one) => one === word);
        if (options.starttls === undefined) {
          const known = START_TLS.map((one) => `  ${one}\n`).join('');
          io.print(`s_client: Invalid value "${word}" for option -starttls\nValid values here:\n${known}`);
          return undefined;
        }
        break;
      }
      case '-servername':
        options.serverName = value();
        break;
      case '-noservername':
        noName = true;
        break;
      case '-verify_hostname':
        options.hostname = value();
        break;
      case '-verify_return_error':
        options.stops = true;
        break;
      case '-crlf':
        options.crlf = true;
        break;
      case '-quiet':
        options.quiet = true;
        options.ignoreEnd = true;
        break;
      case '-ign_eof':
        options.ignoreEnd = true;
        break;
      case '-brief':
        options.brief = true;
        break;
      case '-showcerts':
        options.showcerts = true;
        break;
      case '-no-CAfile':
      case '-no-CApath':
      case '-no-CAstore':
        options.trustsNobody = true;
        break;
      default: {
        const versions = VERSIONS[name];
        if (versions !== undefined) options.versions = versions;
        else if (!arg.startsWith('-') && connect === undefined) connect = arg;
        else return complain(`s_client: Unknown option: ${arg}`);
      }
    }
  }
  const target = connect ?? `localhost:${DEFAULT_PORT}`;
  const bracketed = /^\[([^\]]+)\](?::(.+))?$/.exec(target);
  const [, host = '', portText] = bracketed ?? /^([^:]*)(?::(.*))?$/.exec(target) ?? [];
  options.host = host === '' ? 'localhost' : host;
  if (portText !== undefined && portText !== '') {
    const port = portOf(portText);
    if (port === undefined)
      return complain(`s_client: -connect argument or target parameter malformed or ambiguous`);
    options.port = port;
  }
  // A name is sent as SNI unless it is an address.
  if (!noName && options.serverName === undefined && /[a-z]/i.test(host) && !host.includes(':'))
    options.serverName = host;
  return options;
}

function resolved(state: OpensslState, io: ToolIo): void {
  const result = state.request?.result;
  if (result === undefined) return;
  if (!result.ok) {
    io.print(
      `${errorLine(`10080002:BIO routines:BIO_lookup_ex:system lib:../crypto/bio/bio_addr.c:746:${result.text}`)}connect:errno=0\n`,
    );
    state.phase = 'over';
    return io.exit(1);
  }
  state.phase = 'connecting';
  state.socket = io.connect({ address: result.addresses[0] ?? '', port: state.options.port });
}

const ERRNO: Readonly<Record<ConnectFailure, readonly [number, string]>> = {
  refused: [111, '8000006F:system library:BIO_connect:Connection refused'],
  timedOut: [110, '8000006E:system library:BIO_connect:Connection timed out'],
  hostUnreachable: [113, '80000071:system library:BIO_connect:No route to host'],
  prohibited: [113, '80000071:system library:BIO_connect:No route to host'],
  networkUnreachable: [101, '80000065:system library:BIO_connect:Network is unreachable'],
};

function onSocket(state: OpensslState, input: Extract<ToolInput, { socket: number }>, io: ToolIo): void {
  const { options } = state;
  switch (input.type) {
    case 'connectFailed': {
      const [number, text] = ERRNO[input.reason];
      io.print(
        `${errorLine(`${text}:../crypto/bio/bio_sock2.c:117:calling connect()`)}${errorLine('10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:119:')}connect:errno=${number}\n`,
      );
      state.phase = 'over';
      return io.exit(1);
    }
    case 'connected':
      if (!options.brief && !options.quiet) io.print('CONNECTED(00000003)\n');
      io.show({ connectedTo: `${options.host}:${options.port}`, connection: connectionOf(input.socket) });
      if (options.starttls === undefined) return handshake(state, io);
      state.phase = 'starttls';
      return;
    case 'data':
      if (state.phase === 'starttls') return beforeTls(state, input.bytes, io);
      return io.print(streamText(state.stream, input.bytes), connectionOf(input.socket));
    case 'secured':
      return established(state, input, io);
    case 'ticket':
      if (!options.quiet && !options.brief && state.session !== undefined)
        io.print(ticketText(state.session, state.peer, input.bytes, io.os.now));
      return;
    case 'tlsFailed':
      return failed(state, input, io);
    case 'ended':
    case 'reset':
      io.print(restText(state.stream), connectionOf(input.socket));
      if (state.phase === 'open') return leave(state, io, options.quiet || options.brief ? '' : 'closed\n');
      state.phase = 'over';
      return io.exit(1);
    default:
      return;
  }
}

function handshake(state: OpensslState, io: ToolIo): void {
  const { options, socket } = state;
  if (socket === undefined) return;
  state.phase = 'handshake';
  io.os.startTls(socket, {
    role: 'client',
    client: {
      roots: options.trustsNobody ? '' : io.os.host.roots,
      enforce: options.stops,
      versions: options.versions,
      ...(options.serverName === undefined || options.serverName === ''
        ? {}
        : { serverName: options.serverName }),
      ...(options.hostname === undefined ? {} : { hostname: options.hostname }),
    },
  });
}

/** What each protocol says until TLS may begin. RFC 3207, RFC 2595. */
function beforeTls(state: OpensslState, bytes: string, io: ToolIo): void {
  state.heard += bytes;
  const { starttls } = state.options;
  for (;;) {
    const end = state.heard.indexOf('\n');
    if (end < 0) return;
    const line = state.heard.slice(0, end).replace(/\r$/, '');
    state.heard = state.heard.slice(end + 1);
    if (!/^(?:220 2\.0\.0|\. OK Begin|\+OK Begin)/.test(line)) state.last = `${line}\n`;
    const tell = (text: string): void => io.os.send(state.socket ?? 0, `${text}\r\n`);
    if (starttls === 'smtp' || starttls === 'lmtp') {
      if (/STARTTLS/i.test(line)) state.offered = true;
      if (line.charAt(3) === '-') continue;
      if (state.step === 0) tell(`${starttls === 'smtp' ? 'EHLO' : 'LHLO'} mail.example.com`);
      else if (state.step === 1) {
        if (!state.offered) io.print("Didn't find STARTTLS in server response, trying anyway...\n");
        tell('STARTTLS');
      } else return handshake(state, io);
    } else if (starttls === 'pop3') {
      if (state.step === 0) tell('STLS');
      else {
        if (!line.startsWith('+OK')) io.print("Didn't find STLS in server response, trying anyway...\n");
        return handshake(state, io);
      }
    } else {
      if (/STARTTLS/i.test(line)) state.offered = true;
      if (state.step > 0 && !line.startsWith('. ')) continue;
      if (state.step === 0) tell('. CAPABILITY');
      else if (state.step === 1) {
        if (!state.offered) io.print("Didn't find STARTTLS in server response, trying anyway...\n");
        tell('. STARTTLS');
      } else return handshake(state, io);
    }
    state.step++;
  }
}

function established(state: OpensslState, input: Extract<ToolInput, { type: 'secured' }>, io: ToolIo): void {
  const { options } = state;
  state.phase = 'open';
  state.session = input.session;
  state.peer = input.peer;
  if (input.peer !== undefined) io.print(verifyLines(input.peer, options.stops, options.brief));
  if (options.brief) io.print(briefText(input.session, input.peer));
  else if (!options.quiet)
    io.print(
      sessionText({
        peer: input.peer,
        session: input.session,
        isRefused: false,
        read: input.read,
        written: input.written,
        showcerts: options.showcerts,
      }),
    );
  // What came last before STARTTLS is still in its buffer, and s_client shows it.
  if (options.starttls !== undefined) io.print(state.last);
  for (const line of state.typed.splice(0)) typed(state, line, io);
}

function failed(state: OpensslState, input: Extract<ToolInput, { type: 'tlsFailed' }>, io: ToolIo): void {
  const { options } = state;
  const { failure, peer } = input;
  const isRefused = failure.kind === 'sentAlert' && failure.code !== undefined;
  if (peer !== undefined) io.print(verifyLines(peer, options.stops, options.brief));
  if (failure.kind === 'noTls')
    io.print(
      errorLine(
        '0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:350:',
      ),
    );
  else if (isRefused)
    io.print(
      errorLine(
        '0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1889:',
      ),
    );
  else if (failure.kind === 'gotAlert')
    io.print(
      errorLine(
        `0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert ${failure.alert.replaceAll('_', ' ')}:../ssl/record/rec_layer_s3.c:1590:SSL alert number 70`,
      ),
    );
  if (!options.quiet && !options.brief)
    io.print(
      sessionText({
        peer,
        session: undefined,
        isRefused,
        read: input.read,
        written: input.written,
        showcerts: options.showcerts,
      }),
    );
  state.phase = 'over';
  if (state.socket !== undefined) io.close(state.socket);
  io.exit(1);
}

function typed(state: OpensslState, line: string, io: ToolIo): void {
  const { options, socket } = state;
  if (state.phase !== 'open' || socket === undefined) {
    state.typed.push(line);
    return;
  }
  if (!options.ignoreEnd && !options.brief) {
    if (line.startsWith('Q')) return leave(state, io, 'DONE\n');
    if (line.startsWith('R')) {
      io.print('RENEGOTIATING\n');
      const isOld = state.session?.version === 'TLSv1.2';
      io.print(
        errorLine(
          isOld
            ? '0A000153:SSL routines:ssl3_read_bytes:no renegotiation:../ssl/record/rec_layer_s3.c:1618:'
            : '0A00010A:SSL routines:can_renegotiate:wrong ssl version:../ssl/ssl_lib.c:2287:',
        ),
      );
      state.phase = 'over';
      io.close(socket);
      return io.exit(1);
    }
    if (/^[kK]/.test(line) && state.session?.version === 'TLSv1.3') return io.print('KEYUPDATE\n');
  }
  io.os.send(socket, `${fromLatin1(utf8(line))}${options.crlf ? '\r\n' : '\n'}`);
}

function leave(state: OpensslState, io: ToolIo, farewell: string): void {
  io.print(farewell);
  state.phase = 'over';
  if (state.socket !== undefined) io.close(state.socket);
  io.exit(0);
}

function x509(args: readonly string[], io: ToolIo): number {
  const at = args.indexOf('-in');
  const path = at < 0 ? undefined : args[at + 1];
  if (path === undefined) {
    io.print('x509: give the file of a certificate: openssl x509 -in FILE -noout -subject -dates\n');
    return 1;
  }
  const context = { host: io.os.host, net: io.os.net, home: io.home };
  const text = readFile(context, absolutePath(path, io.home))?.join('\n');
  if (text === undefined) {
    io.print(`Could not open file or uri for loading certificate from ${path}\n`);
    return 1;
  }
  const read = readCertificatesPem(text);
  const [certificate] = 'reason' in read ? [] : read;
  if (certificate === undefined) {
    io.print(`Could not read certificate from ${path}\n`);
    return 1;
  }
  io.print(x509Text(certificate, args));
  if (!args.includes('-noout')) io.print(`${text.trimEnd()}\n`);
  return 0;
}
