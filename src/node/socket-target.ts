// A transcript's target made of real sockets: the same .talk files and recordings that are played against sessions, over
// TCP. Real programs answer when they like, so it waits a little for each answer. Knows no protocol.

import { connect, type Socket } from 'node:net';
import type { Talk } from '../talk/parse.ts';
import { talkRun, type TalkAnswer, type TalkOptions, type TalkResult } from '../talk/run.ts';

export interface SocketTalkOptions extends TalkOptions {
  readonly host: string;
  readonly port: number;
  /** `@ wait`; real time passes if absent. */
  readonly wait?: (ms: number) => void;
  /** How long nothing must come until nothing is believed to come. */
  readonly silenceMs?: number;
  /** `@ name argument` that the runner does not know: a complaint, or undefined. */
  readonly directive?: (
    name: string,
    argument: string,
    block: readonly string[] | undefined,
  ) => string | undefined;
}

interface Line {
  readonly socket: Socket;
  chunks: Buffer[];
  closed: boolean;
  /** Wakes whoever waits for something to happen. */
  wake: () => void;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function dial(host: string, port: number): Line {
  const socket = connect({ host, port, allowHalfOpen: true });
  const line: Line = { socket, chunks: [], closed: false, wake: () => undefined };
  socket.setNoDelay(true);
  socket.on('data', (bytes) => {
    line.chunks.push(bytes);
    line.wake();
  });
  const over = (): void => {
    line.closed = true;
    line.wake();
  };
  socket.on('end', over);
  socket.on('error', over);
  socket.on('close', over);
  return line;
}

/** Waits for bytes or the end; then a moment more, for what belongs to them. */
async function listen(line: Line, silenceMs: number): Promise<{ bytes: Uint8Array; closed: boolean }> {
  if (line.chunks.length === 0 && !line.closed)
    await Promise.race([new Promise<void>((done) => (line.wake = done)), sleep(silenceMs)]);
  if (line.chunks.length > 0 && !line.closed) await sleep(30);
  const bytes = new Uint8Array(Buffer.concat(line.chunks.splice(0)));
  return { bytes, closed: line.closed };
}

/** Plays a transcript against whatever listens there. */
export async function playSocket(talk: Talk, options: SocketTalkOptions): Promise<TalkResult> {
  const lines = new Map<string, Line>();
  const silenceMs = options.silenceMs ?? 400;
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
          lines.set(request.connection, dial(options.host, options.port));
          break;
        case 'send':
          get(request.connection).socket.write(request.bytes);
          break;
        case 'receive':
          answer = await listen(get(request.connection), silenceMs);
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
          answer = options.directive?.(request.name, request.argument, request.block);
          break;
      }
    }
  } finally {
    for (const { socket } of lines.values()) socket.destroy();
  }
}
