// What a program on a host is: a start and a handler over plain state. The handler gets one input at a time and acts
// through `Os`; it never waits. Programs on one host reach each other by calls; between hosts there are only bytes.

import type { Time } from '../base/dates.ts';
import type { RandomState } from '../base/random.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import type { Endpoint } from '../net/events.ts';
import type { NetHost } from '../net/topology.ts';
import type { NetInput } from '../net/network.ts';
import type { TlsConfig } from '../net/tls.ts';
import type { HostEvent } from './events.ts';
import type { MailAsk } from './mail-client/ask.ts';
import type { OutsideCall } from './gateway.ts';
import type { ProgramConfig, ProgramKind } from './programs.ts';
import type { MailImport } from './mda/import.ts';
import type { Judgement } from './reports/judgement.ts';

/** A message between two programs of one host, or from the world's outside (a terminal's line, a zone's reload). */
export type Call =
  /** To `libresolv`: look this up and tell the asker, under its token. */
  | {
      readonly type: 'lookup';
      readonly question: DnsQuestion;
      readonly token: string;
      readonly asker: string;
    }
  | {
      readonly type: 'lookedUp';
      readonly question: DnsQuestion;
      readonly token: string;
      readonly answer: DnsAnswer;
    }
  /** To a shell: what its terminal sends. */
  | { readonly type: 'line'; readonly text: string }
  | { readonly type: 'key'; readonly key: 'interrupt' | 'endOfInput' | 'escape' }
  | { readonly type: 'hangUp' }
  /** To a shell: a line was appended to a file that it may be following. */
  | { readonly type: 'logged'; readonly file: string; readonly line: string }
  /** To a name server: the text of a zone has changed. */
  | { readonly type: 'reload'; readonly zone: string; readonly text: string }
  /** To a resolver: forget what is remembered at and below that name; without one, everything. */
  | { readonly type: 'forget'; readonly name?: string }
  /** To a scripted sender: send the message of that name. */
  | { readonly type: 'send'; readonly message: string }
  /** To a mail program: what its person does. */
  | { readonly type: 'mail'; readonly ask: MailAsk }
  /** To a reporter: what its receiver made of a message. */
  | { readonly type: 'judged'; readonly judgement: Judgement }
  /** To a gateway: what a real socket does. */
  | OutsideCall
  /** To a delivery agent: store these messages. */
  | { readonly type: 'import'; readonly mail: MailImport }
  /** To the MTA: run the queue now. */
  | { readonly type: 'flush' }
  /** To the MTA: try this one message now. */
  | { readonly type: 'attempt'; readonly queueId: string }
  /** To the MTA: what postsuper does to one message. */
  | {
      readonly type: 'administer';
      readonly queueId: string;
      readonly act: 'hold' | 'release' | 'delete' | 'requeue';
    };

export type Input =
  | NetInput
  | { readonly type: 'timer'; readonly key: string }
  | { readonly type: 'call'; readonly from: string; readonly call: Call };

/** `busy` timers are waits that somebody watches; `patient` ones come due only when time is let pass. */
export type Patience = 'busy' | 'patient';

export interface ProgramDefinition<Config, State> {
  /** Runs once when the host boots. The state must be plain data. */
  start(config: Config, os: Os): State;
  handle(state: State, input: Input, os: Os): void;
  /** Its configuration was changed; for programs that do something about it at once. */
  reconfigured?(state: State, os: Os): void;
}

/** A program as it stands on a host. */
export interface ProgramState {
  readonly kind: ProgramKind;
  config: ProgramConfig;
  readonly pid: number;
  state: unknown;
}

export interface HostState {
  readonly name: string;
  /** Minutes east of Greenwich of its wall clock. */
  readonly zoneMinutes: number;
  readonly programs: Map<string, ProgramState>;
  /** The certificate authorities that it trusts, PEM. */
  readonly roots: string;
  /** Generated files, as lines, by absolute path. */
  readonly files: Map<string, string[]>;
  /** Programs that want to hear of lines appended to a file (`tail -f`): program to path. */
  readonly followers: Map<string, string>;
}

/** What a program may do. Valid only while its handler runs. */
export interface Os {
  readonly now: Time;
  readonly host: HostState;
  readonly net: NetHost;
  /** Own name among the programs of the host. */
  readonly program: string;
  readonly pid: number;
  /** The event that led here; set it to the sequence number that `emit` answered to make later events follow from it. */
  cause: number | undefined;

  /** Puts an event into the trace; answers its sequence number. `rule` is the clause that decided. */
  emit(event: HostEvent, rule?: string): number;
  /** Appends a syslog line to /var/log/mail.log, `postfix/smtpd` style tag; answers the event. */
  log(tag: string, text: string, pid?: number): number;

  connect(to: Endpoint, timeoutMs?: number): number;
  /** Binary string. */
  send(socket: number, bytes: string): void;
  close(socket: number): void;
  reset(socket: number): void;
  /** Begins TLS on an open socket, as its client or its server; `secured` or `tlsFailed` tells what came of it. */
  startTls(socket: number, config: TlsConfig): void;
  listen(port: number): void;
  unlisten(port: number): void;
  /** Binds a UDP port, any free one if absent; answers it. */
  bind(port?: number): number;
  unbind(port: number): void;
  sendDatagram(fromPort: number, to: Endpoint, bytes: string): void;
  ping(address: string, sequence: number): void;

  /** Sets or moves the timer of that key. */
  timer(key: string, at: Time, patience: Patience): void;
  cancelTimer(key: string): void;
  call(program: string, call: Call): void;
  random(name: string): RandomState;

  /** Keeps a message's bytes (binary string) once; answers their SHA-256 in hex. */
  keep(bytes: string): string;
  /** The bytes kept under a hash. */
  kept(hash: string): string;
}
