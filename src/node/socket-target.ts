// A transcript's target made of real sockets: the same .talk files and recordings that are played against sessions, over
// TCP. Real programs answer when they like, so it waits a little for each answer. Knows no protocol but that of `@ tls`.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Talk } from '../talk/parse.ts';
import { talkRun, type TalkAnswer, type TalkOptions, type TalkResult, type Wanted } from '../talk/run.ts';

export interface SocketTalkOptions extends TalkOptions {
  readonly host: string;
  readonly port: number;
  /** The address to come from; the system's choice if absent. */
  readonly localAddress?: string;
  /** `@ wait`; real time passes if absent. */
  readonly wait?: (ms: number) => void;
  /** How long nothing must come until nothing is believed to come. */
  readonly silenceMs?: number;
  /** How long a line, or the end, is waited for. */
  readonly answerMs?: number;
  /** `@ name argument` that neither the runner nor this target knows: a complaint, or undefined. */
  readonly directive?: (
    name: string,
    argument: string,
    block: readonly string[] | undefined,
  ) => string | undefined | Promise<string | undefined>;
}

interface Line {
  socket: Socket;
  chunks: Buffer[];
  closed: boolean;
  /** Wakes whoever waits for something to happen. */
  wake: () => void;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function hear(line: Line, socket: Socket): void {
  line.socket = socket;
  socket.on('data', (bytes) => {
    line.chunks.push(bytes);
    line.wake();
  });
  const over = (): void => {
    if (line.socket !== socket) return;
    line.closed = true;
    line.wake();
  };
  socket.on('end', over);
  socket.on('error', over);
  socket.on('close', over);
}

function dial({ host, port, localAddress }: SocketTalkOptions): Line {
  const from = localAddress === undefined ? {} : { localAddress };
  const socket = connect({ host, port, allowHalfOpen: true, ...from });
  const line: Line = { socket, chunks: [], closed: false, wake: () => undefined };
  socket.setNoDelay(true);
  hear(line, socket);
  return line;
}

/** Real TLS from here on, whoever the server is: its certificate is not what a transcript is about. */
async function secure(line: Line): Promise<string | undefined> {
  const plain = line.socket;
  plain.removeAllListeners('data');
  const secured = connectTls({ socket: plain, rejectUnauthorized: false });
  const failed = await new Promise<string | undefined>((done) => {
    secured.once('secureConnect', () => done(undefined));
    secured.once('error', (problem) => done(problem.message));
    secured.once('close', () => done('closed'));
  });
  if (failed === undefined) hear(line, secured);
  return failed;
}

const LF = 10;

/** Waits for what is wanted, but not for ever; then a moment more, for what belongs to it. */
async function listen(
  line: Line,
  wanted: Wanted,
  { silenceMs = 400, answerMs = 10_000 }: SocketTalkOptions,
): Promise<{ bytes: Uint8Array; closed: boolean }> {
  const patience = wanted === 'now' ? 0 : wanted === 'silence' ? silenceMs : answerMs;
  const until = performance.now() + patience;
  const isThere = (): boolean => {
    if (line.closed) return true;
    if (wanted === 'line') return line.chunks.some((chunk) => chunk.includes(LF));
    return wanted !== 'close' && line.chunks.length > 0;
  };
  while (!isThere()) {
    const left = until - performance.now();
    if (left <= 0) break;
    await Promise.race([new Promise<void>((done) => (line.wake = done)), sleep(left)]);
  }
  if (wanted !== 'line' && line.chunks.length > 0 && !line.closed) await sleep(30);
  const bytes = new Uint8Array(Buffer.concat(line.chunks.splice(0)));
  return { bytes, closed: line.closed };
}

/** Plays a transcript against whatever listens there. */
export async function playSocket(talk: Talk, options: SocketTalkOptions): Promise<TalkResult> {
  const lines = new Map<string, Line>();
  const get = (connection: string): Line => {
    const line = lines.get(connection);
    if (line === undefined) throw new Error(`no connection ${connection}`);
    return line;
  };
  try {
    const run = talkRun(talk, options);
    let answer: TalkAnswer;
    for (let step = run.next(); ; step = run.next(answer)) {
      if (step.done === true) return step.value;
      const request = step.value;
      answer = undefined;
      switch (request.act) {
        case 'connect':
          lines.set(request.connection, dial(options));
          break;
        case 'send':
          get(request.connection).socket.write(request.bytes);
          break;
        case 'receive':
          answer = await listen(get(request.connection), request.wanted, options);
          break;
        case 'close':
          get(request.connection).socket.end();
          break;
        case 'wait':
          if (options.wait === undefined) await sleep(request.ms);
          else {
            // What was sent must have arrived before time jumps.
            await sleep(60);
            options.wait(request.ms);
          }
          break;
        case 'directive':
          answer =
            request.name === 'tls'
              ? await secure(get(request.connection))
              : await options.directive?.(request.name, request.argument, request.block);
          break;
      }
    }
  } finally {
    for (const { socket } of lines.values()) socket.destroy();
  }
}
