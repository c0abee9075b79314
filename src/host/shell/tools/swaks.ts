// swaks, the Swiss Army Knife for SMTP: one transaction as asked for on the command line, every line of it on the screen.
// Options and message are in `swaks-options.ts`. It says what the tool said in the recordings, exit codes included.
// RFC 5321 §3 for the order of things; swaks(1) for marks and codes.

import { fromBase64, fromUtf8, isBase64Error, latin1, toBase64, utf8 } from '../../../base/bytes.ts';
import { parseName, withoutDot } from '../../../dns/name.ts';
import { connectionOf } from '../../../net/network.ts';
import { readCertificatesPem } from '../../../crypto/x509.ts';
import { openSaslClient, saslChallenge, saslInitial, type SaslClient } from '../../../sasl/client.ts';
import { addressAnswered, connectErrorText, requestAddress, type AddressRequest } from '../address.ts';
import type { Tool, ToolInput, ToolIo } from '../tool.ts';
import { readSwaksOptions, swaksData, type SwaksAuth, type SwaksOptions } from './swaks-options.ts';

/** What it waits for. */
type Phase =
  | 'asking'
  | 'resolving'
  | 'connecting'
  | 'securing'
  | 'banner'
  | 'ehlo'
  | 'helo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'sent'
  | 'quit'
  | 'over';

export interface SwaksState {
  phase: Phase;
  options: SwaksOptions;
  server: string;
  port: number;
  request: AddressRequest | undefined;
  socket: number | undefined;
  input: string;
  lines: string[];
  /** Words of the newest EHLO. */
  offers: string[];
  secured: boolean;
  recipients: string[];
  at: number;
  accepted: number;
  auth: { client: SaslClient; rest: SwaksAuth[] } | undefined;
  /** With what it will end after QUIT. */
  code: number;
}

/** swaks(1), "EXIT CODES". */
const CODE = {
  connect: 2,
  closed: 6,
  banner: 21,
  helo: 22,
  mail: 23,
  rcpt: 24,
  data: 25,
  sent: 26,
  auth: 28,
  tls: 29,
};

export const swaks: Tool<SwaksState> = {
  readsInput: true,

  start(args, io) {
    const read = readSwaksOptions(args, io);
    const state: SwaksState = {
      phase: 'over',
      options: read.ok ? read.options : ({} as SwaksOptions),
      server: '',
      port: 0,
      request: undefined,
      socket: undefined,
      input: '',
      lines: [],
      offers: [],
      secured: false,
      recipients: [],
      at: 0,
      accepted: 0,
      auth: undefined,
      code: 0,
    };
    if (!read.ok) {
      io.print(read.text);
      io.exit(read.code);
      return state;
    }
    if (state.options.to === '') {
      state.phase = 'asking';
      io.show({ prompt: 'To: ' });
    } else begin(state, io);
    return state;
  },

  handle(state, input, io) {
    switch (input.type) {
      case 'line':
        if (state.phase !== 'asking') return;
        state.options.to = input.text.trim();
        if (state.options.to !== '') begin(state, io);
        else {
          io.print('*** Invalid syntax for field to, exiting\n');
          io.exit(1);
        }
        return;
      case 'lookedUp':
        return looked(state, input, io);
      case 'timer':
        return late(state, io);
      case 'connected':
        if (input.socket !== state.socket) return;
        io.cancelTimer('wait');
        info(state, io, `Connected to ${state.server}.`);
        io.show({ connectedTo: `${state.server}:${state.port}`, connection: connectionOf(input.socket) });
        if (state.options.tls === 'connect') secure(state, io);
        else await_(state, 'banner', io);
        return;
      case 'connectFailed':
        if (input.socket === state.socket)
          unreached(
            state,
            `connect: ${input.reason === 'timedOut' ? 'timeout' : connectErrorText(input.reason)}`,
            io,
          );
        return;
      case 'data':
        if (input.socket === state.socket) heard(state, input.bytes, io);
        return;
      case 'secured':
        if (input.socket === state.socket) secured(state, input, io);
        return;
      case 'tlsFailed':
        if (input.socket === state.socket) unsecured(state, input, io);
        return;
      case 'ended':
      case 'reset':
        if (input.socket !== state.socket || state.phase === 'over') return;
        wrong(io, state, 'Remote host closed connection unexpectedly.');
        return end(state, state.code === 0 ? CODE.closed : state.code, io);
      default:
        return;
    }
  },
};

const print = (state: SwaksState, io: ToolIo, text: string, kind: keyof SwaksOptions['hides']): void => {
  const connection = state.socket === undefined ? undefined : connectionOf(state.socket);
  if (!state.options.hides[kind]) io.print(`${text}\n`, kind === 'receive' ? connection : undefined);
};
const info = (state: SwaksState, io: ToolIo, text: string): void => print(state, io, `=== ${text}`, 'info');
const wrong = (io: ToolIo, state: SwaksState, text: string): void => print(state, io, `*** ${text}`, 'info');

function end(state: SwaksState, code: number, io: ToolIo): void {
  state.phase = 'over';
  io.exit(code);
}

function begin(state: SwaksState, io: ToolIo): void {
  const { options } = state;
  state.recipients = options.to.split(',').map((one) => one.trim());
  state.port = options.port ?? (options.tls === 'connect' ? 465 : 25);
  state.phase = 'resolving';
  if (options.server !== undefined && options.server !== '') return toServer(state, options.server, io);
  const domain = (state.recipients[0] ?? '').split('@').at(-1) ?? '';
  const name = parseName(domain);
  state.server = domain;
  if (name.ok) io.lookup({ name: name.value, type: 'MX' }, 'mx');
  else toServer(state, domain, io);
}

function toServer(state: SwaksState, server: string, io: ToolIo): void {
  state.server = server;
  info(state, io, `Trying ${server}:${state.port}...`);
  state.request = requestAddress(io, server);
  resolved(state, io);
}

function looked(state: SwaksState, input: Extract<ToolInput, { type: 'lookedUp' }>, io: ToolIo): void {
  if (state.phase !== 'resolving') return;
  if (input.token === 'mx') {
    const [best] = input.answer.records
      .flatMap(({ data }) => (data.type === 'MX' ? [data] : []))
      .toSorted((a, b) => a.preference - b.preference);
    return toServer(state, best === undefined ? state.server : withoutDot(best.exchange), io);
  }
  if (state.request === undefined) return;
  addressAnswered(io, state.request, input.token, input.answer);
  resolved(state, io);
}

function resolved(state: SwaksState, io: ToolIo): void {
  const result = state.request?.result;
  if (result === undefined) return;
  const [address] = result.ok ? result.addresses : [];
  if (address === undefined) return unreached(state, `getaddrinfo: ${result.ok ? '' : result.text}`, io);
  state.phase = 'connecting';
  const { timeoutMs } = state.options;
  state.socket = io.connect({ address, port: state.port }, timeoutMs === 0 ? undefined : timeoutMs);
}

function unreached(state: SwaksState, text: string, io: ToolIo): void {
  state.socket = undefined;
  wrong(io, state, `Error connecting to ${state.server}:${state.port}:`);
  wrong(io, state, `\tIO::Socket::INET6: ${text}`);
  end(state, CODE.connect, io);
}

// eslint-disable-next-line @typescript-eslint/naming-convention -- `await` is taken
function await_(state: SwaksState, phase: Phase, io: ToolIo): void {
  state.phase = phase;
  const { timeoutMs } = state.options;
  if (timeoutMs > 0) io.timer('wait', timeoutMs, 'busy');
}

function send(state: SwaksState, line: string, phase: Phase, io: ToolIo, shown = line): void {
  if (state.socket === undefined) return;
  print(state, io, `${state.secured ? ' ~>' : ' ->'} ${shown}`, 'send');
  await_(state, phase, io);
  io.os.send(state.socket, `${String.fromCharCode(...utf8(line))}\r\n`);
}

function late(state: SwaksState, io: ToolIo): void {
  if (state.phase === 'over') return;
  print(
    state,
    io,
    `<${state.secured ? '~*' : '**'} Timeout (${state.options.timeoutMs / 1000} secs) waiting for server response`,
    'receive',
  );
  if (state.phase === 'quit') return end(state, state.code, io);
  fail(state, io);
}

/** The step that it is at went wrong: QUIT, and the step's exit code. */
function fail(state: SwaksState, io: ToolIo, code = CODES[state.phase] ?? CODE.closed): void {
  state.code = code;
  send(state, 'QUIT', 'quit', io);
}

const CODES: Readonly<Partial<Record<Phase, number>>> = {
  banner: CODE.banner,
  ehlo: CODE.helo,
  helo: CODE.helo,
  starttls: CODE.tls,
  auth: CODE.auth,
  mail: CODE.mail,
  rcpt: CODE.rcpt,
  data: CODE.data,
  sent: CODE.sent,
};

function heard(state: SwaksState, bytes: string | Uint8Array, io: ToolIo): void {
  state.input += typeof bytes === 'string' ? bytes : String.fromCharCode(...bytes);
  for (;;) {
    const lf = state.input.indexOf('\n');
    if (lf < 0 || state.phase === 'over' || state.phase === 'securing') return;
    state.lines.push(state.input.slice(0, lf).replace(/\r$/, ''));
    state.input = state.input.slice(lf + 1);
    const last = state.lines.at(-1) ?? '';
    if (/^\d{3}-/.test(last)) continue;
    const { lines } = state;
    state.lines = [];
    const isGood = /^[23]/.test(last);
    const mark = state.secured ? (isGood ? '<~ ' : '<~*') : isGood ? '<- ' : '<**';
    for (const line of lines) print(state, io, `${mark} ${fromUtf8(latin1(line))}`, 'receive');
    io.cancelTimer('wait');
    answered(state, lines, isGood, io);
  }
}

function answered(state: SwaksState, lines: readonly string[], isGood: boolean, io: ToolIo): void {
  const { options } = state;
  const ends = (step: SwaksOptions['quitAfter']): boolean => {
    if (options.quitAfter !== step) return false;
    fail(state, io, 0);
    return true;
  };
  switch (state.phase) {
    case 'banner':
      if (!isGood) fail(state, io);
      else if (!ends('CONNECT')) hello(state, options.isOld ? 'helo' : 'ehlo', io);
      return;
    case 'ehlo':
      if (!isGood) return hello(state, 'helo', io);
      state.offers = lines.slice(1).map((line) => line.slice(4).toUpperCase());
      return greeted(state, io);
    case 'helo':
      state.offers = [];
      return isGood ? greeted(state, io) : fail(state, io);
    case 'starttls':
      if (isGood) return secure(state, io);
      wrong(io, state, 'STARTTLS attempted but failed');
      return options.tls === 'optional' ? login(state, io) : fail(state, io);
    case 'auth':
      return authenticating(state, lines.at(-1) ?? '', isGood, io);
    case 'mail':
      if (!isGood) return fail(state, io);
      if (!ends('MAIL')) nextRecipient(state, io);
      return;
    case 'rcpt':
      if (isGood) state.accepted++;
      state.at++;
      if (state.at < state.recipients.length) return nextRecipient(state, io);
      if (state.accepted === 0) return fail(state, io);
      if (!ends('RCPT')) send(state, 'DATA', 'data', io);
      return;
    case 'data':
      return isGood ? sendData(state, io) : fail(state, io);
    case 'sent':
      return fail(state, io, isGood ? 0 : CODE.sent);
    case 'quit':
      info(state, io, 'Connection closed with remote host.');
      return end(state, state.code, io);
    default:
      return;
  }
}

function hello(state: SwaksState, how: 'ehlo' | 'helo', io: ToolIo): void {
  send(state, `${how.toUpperCase()} ${state.options.helo ?? io.os.host.name}`, how, io);
}

function greeted(state: SwaksState, io: ToolIo): void {
  const { options, secured, offers } = state;
  if (!secured && options.quitAfter === 'HELO') return fail(state, io, 0);
  if (!secured && (options.tls === 'on' || options.tls === 'optional')) {
    if (offers.includes('STARTTLS')) return send(state, 'STARTTLS', 'starttls', io);
    wrong(io, state, 'Host did not advertise STARTTLS');
    if (options.tls === 'on') return fail(state, io, CODE.tls);
  }
  if (options.quitAfter === 'TLS' || options.quitAfter === 'HELO') return fail(state, io, 0);
  login(state, io);
}

// ---- TLS

function secure(state: SwaksState, io: ToolIo): void {
  if (state.socket === undefined) return;
  state.phase = 'securing';
  const { server, options } = state;
  io.os.startTls(state.socket, {
    role: 'client',
    client: { roots: io.os.host.roots, enforce: options.verifies, serverName: server },
  });
}

function secured(
  state: SwaksState,
  { session, peer }: Extract<ToolInput, { type: 'secured' }>,
  io: ToolIo,
): void {
  state.secured = true;
  const { version, cipher } = session;
  info(state, io, `TLS started with cipher ${version}:${cipher}:${/128/.test(cipher) ? 128 : 256}`);
  info(state, io, 'TLS no local certificate set');
  const chain = peer === undefined ? undefined : readCertificatesPem(peer.chain);
  const { country, organization, commonName } = (Array.isArray(chain) ? chain[0]?.subject : undefined) ?? {};
  const subject = [
    country && `/C=${country}`,
    organization && `/O=${organization}`,
    commonName && `/CN=${commonName}`,
  ].join('');
  info(state, io, `TLS peer DN="${subject}"`);
  if (state.options.tls === 'connect') await_(state, 'banner', io);
  else hello(state, 'ehlo', io);
  heard(state, '', io);
}

function unsecured(
  state: SwaksState,
  { failure }: Extract<ToolInput, { type: 'tlsFailed' }>,
  io: ToolIo,
): void {
  const text =
    failure.kind === 'noTls'
      ? 'error:0A00010B:SSL routines::wrong version number'
      : failure.kind === 'sentAlert'
        ? 'error:0A000086:SSL routines::certificate verify failed'
        : 'error:0A000126:SSL routines::unexpected eof while reading';
  wrong(io, state, `TLS startup failed (connect(): ${text})`);
  if (state.options.tls !== 'connect') wrong(io, state, 'STARTTLS attempted but failed');
  end(state, CODE.tls, io);
}

// ---- AUTH

function login(state: SwaksState, io: ToolIo): void {
  const { options, offers } = state;
  if (options.auth === undefined) return toMail(state, io);
  const offered = offers.find((line) => /^AUTH[ =]/.test(line));
  if (offered === undefined) {
    wrong(io, state, 'Host did not advertise authentication');
    return fail(state, io, CODE.auth);
  }
  const types = options.auth.filter((type) => offered.split(/[ =]/).includes(type));
  tryLogin(state, types, io);
}

function tryLogin(state: SwaksState, [type, ...rest]: readonly SwaksAuth[], io: ToolIo): void {
  if (type === undefined) {
    wrong(io, state, 'No authentication type succeeded');
    return fail(state, io, CODE.auth);
  }
  const { user, password } = state.options;
  const client = openSaslClient(type, { user, password }, '');
  state.auth = { client, rest };
  const first = saslInitial(client);
  const command = `AUTH ${type}`;
  if (first === undefined) return send(state, command, 'auth', io);
  send(state, `${command} ${toBase64(first)}`, 'auth', io, `${command} ${toBase64(hiding(state, first))}`);
}

/** --auth-hide-password: what is shown instead. */
function hiding({ options }: SwaksState, bytes: Uint8Array): Uint8Array {
  const { hidesPassword, password } = options;
  if (!hidesPassword || password === '') return bytes;
  return utf8(fromUtf8(bytes).replace(password, 'PROVIDED_BUT_REMOVED'));
}

function authenticating(state: SwaksState, line: string, isGood: boolean, io: ToolIo): void {
  const { auth } = state;
  if (auth === undefined) return;
  if (line.startsWith('334')) {
    const challenge = fromBase64(line.slice(4));
    const answer = isBase64Error(challenge) ? undefined : saslChallenge(auth.client, challenge);
    if (answer?.kind !== 'respond') return send(state, '*', 'auth', io);
    return send(state, toBase64(answer.bytes), 'auth', io, toBase64(hiding(state, answer.bytes)));
  }
  if (!isGood) return tryLogin(state, auth.rest, io);
  if (state.options.quitAfter === 'AUTH') fail(state, io, 0);
  else toMail(state, io);
}

// ---- the transaction

const senderOf = (state: SwaksState, io: ToolIo): string =>
  state.options.from ?? `${io.user}@${io.os.host.name}`;

function toMail(state: SwaksState, io: ToolIo): void {
  if (state.options.quitAfter === 'AUTH') return fail(state, io, 0);
  send(state, `MAIL FROM:<${senderOf(state, io)}>`, 'mail', io);
}

function nextRecipient(state: SwaksState, io: ToolIo): void {
  send(state, `RCPT TO:<${state.recipients[state.at] ?? ''}>`, 'rcpt', io);
}

function sendData(state: SwaksState, io: ToolIo): void {
  if (state.socket === undefined) return;
  const data = swaksData(state.options, senderOf(state, io), io);
  const mark = state.secured ? ' ~>' : ' ->';
  const lines = `${fromUtf8(latin1(data))}\r\n.`.split('\r\n');
  if (state.options.suppressesData) print(state, io, `${mark} ${lines.length - 1} lines sent`, 'send');
  else print(state, io, lines.map((line) => `${mark} ${line}`).join('\n'), 'send');
  await_(state, 'sent', io);
  io.os.send(state.socket, `${data}\r\n.\r\n`);
}
