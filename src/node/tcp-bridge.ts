// The world's SMTP servers on real TCP ports: a real client's bytes enter the simulated internet at a host of their own and
// go their simulated way. Virtual time follows real time. Whatever a client does, memory is bounded and the others go on.

import { createServer, type Server, type Socket } from 'node:net';
import { fromLatin1, latin1 } from '../base/bytes.ts';
import '../host/access-services.ts';
import type { TraceEvent } from '../host/events.ts';
import type { GatewayState, OutsideCall } from '../host/gateway.ts';
import { callFromOutside, nextAt, runUntil, runUntilQuiet, type Machine } from '../host/kernel.ts';
import type { MtaConfig } from '../host/mta/config.ts';
import type { MtaState } from '../host/mta/mta.ts';
import { openWorld } from '../world/world.ts';
import type { HostDescription, WorldDescription } from '../world/description.ts';

/** The real client's place in the simulated internet. */
export const GATEWAY = 'gateway.example';
export const GATEWAY_ADDRESS = '203.0.113.222';

/** What one client may leave unread before it is dropped. */
const UNREAD_LIMIT = 1_000_000;
/** Real connections at a time; the next one is closed at once. (The servers refuse earlier, in their own words.) */
const CONNECTION_LIMIT = 500;
/** A client that keeps its half open after the server has closed is cut off. */
const LINGER_MS = 5000;
/** How far the virtual clock may run ahead, so that answers need not wait for simulated distances. */
const AHEAD_MS = 4000;
/** Bytes of messages that are kept before those that no queue needs are let go. */
const KEPT_LIMIT = 64_000_000;
/** Mailboxes of a world that runs for days must not grow for ever. */
const MAILBOX_BYTES = 32_000_000;
const TICK_MS = 50;

/** One server of the world and where it listens on this machine. */
export interface BridgeService {
  readonly host: string;
  readonly service: 'smtp';
  readonly port: number;
  readonly tls: 'none';
}

function withGateway(description: WorldDescription): WorldDescription {
  const hub = description.hosts.find((host) => host.role === 'internet')?.name;
  if (hub === undefined)
    throw new Error(`world ${description.name} has no host with the role internet to join`);
  const gateway: HostDescription = {
    name: GATEWAY,
    role: 'sender',
    column: 0,
    row: 2,
    addresses: [GATEWAY_ADDRESS],
    programs: { gateway: { kind: 'gateway', config: {} } },
  };
  return {
    ...description,
    hosts: [...description.hosts.map(withQuota), gateway],
    links: [...description.links, { between: [GATEWAY, hub], latencyMs: 1 }],
  };
}

/** The same host with a limit on every mailbox that has none. */
function withQuota(host: HostDescription): HostDescription {
  const programs = Object.entries(host.programs ?? {}).map(([id, program]) => {
    if (program.kind !== 'mda') return [id, program] as const;
    const users = (program.config.users ?? []).map((user) => ({ quotaBytes: MAILBOX_BYTES, ...user }));
    return [id, { ...program, config: { ...program.config, users } }] as const;
  });
  return { ...host, programs: Object.fromEntries(programs) };
}

export class TcpBridge {
  private readonly machine: Machine;
  private readonly sockets = new Map<number, Socket>();
  /** Sockets that wait to be read further. */
  private readonly held = new Set<Socket>();
  private readonly servers: Server[] = [];
  /** Real milliseconds at which the virtual clock showed its start, moved by `skip`. */
  private origin = performance.now();
  private readonly startedAt: number;
  private nextEnd = 1;
  /** How many messages must be kept before their bytes are added up again. */
  private lookAt = 0;
  private scheduled = false;
  private timer: NodeJS.Timeout | undefined;

  /** `onEvent` gets every event of the world, in order, once `start` was called. */
  constructor(
    private readonly description: WorldDescription,
    private readonly onEvent: (event: TraceEvent) => void,
  ) {
    this.machine = openWorld(withGateway(description), 'bridge').machine;
    this.startedAt = this.machine.state.net.now;
  }

  /** Opens one real port for every server that speaks SMTP. Nothing runs before `start`. */
  async listen(address: string, firstPort: number): Promise<BridgeService[]> {
    const services: BridgeService[] = [];
    for (const host of this.description.hosts) {
      const mta = Object.values(host.programs ?? {}).find((program) => program.kind === 'mta');
      const to = host.addresses[0];
      if (mta === undefined || to === undefined) continue;
      const wanted = firstPort === 0 ? 0 : firstPort + services.length;
      const port = await this.open(address, wanted, to);
      services.push({ host: (mta.config as MtaConfig).myhostname, service: 'smtp', port, tls: 'none' });
    }
    return services;
  }

  start(): void {
    this.origin = performance.now();
    this.timer = setInterval(() => this.run(), TICK_MS);
    this.run();
  }

  /** Lets the virtual clock jump, as in `@ wait 5m` of a transcript. */
  skip(ms: number): void {
    this.origin -= ms;
    this.run();
  }

  private open(address: string, port: number, to: string): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket, to));
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        const bound = server.address();
        resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
      });
    });
  }

  private accept(socket: Socket, to: string): void {
    // A reset may come at any time; `close` follows it.
    socket.on('error', () => undefined);
    if (this.sockets.size >= CONNECTION_LIMIT) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    const end = this.nextEnd++;
    this.sockets.set(end, socket);
    this.call({ type: 'outside', end, act: 'open', to: { address: to, port: 25 } });
    socket.on('data', (bytes) => {
      this.call({ type: 'outside', end, act: 'write', bytes: fromLatin1(bytes) });
      // One client's flood waits until the world has dealt with what is there; the others go on.
      socket.pause();
      this.held.add(socket);
    });
    socket.on('end', () => this.call({ type: 'outside', end, act: 'close' }));
    socket.on('close', (failed) => {
      this.held.delete(socket);
      if (this.sockets.delete(end)) this.call({ type: 'outside', end, act: failed ? 'reset' : 'close' });
    });
  }

  private call(call: OutsideCall): void {
    callFromOutside(this.machine, GATEWAY, 'gateway', call, undefined);
    if (this.scheduled || this.timer === undefined) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.run();
    });
  }

  /** Lets virtual time catch up with real time, runs what is under way, and hands out what came of it. */
  private run(): void {
    const { machine } = this;
    const { net } = machine.state;
    const due = this.startedAt + Math.floor(performance.now() - this.origin);
    if ((nextAt(machine) ?? Infinity) <= due) runUntil(machine, due);
    net.now = Math.max(net.now, due);
    runUntilQuiet(machine, due + AHEAD_MS);
    for (const event of machine.trace) this.onEvent(event);
    // What is told is not needed again: a bridge may run for days.
    machine.trace.length = 0;
    this.handOut();
    this.letGo();
    if (net.now > due + AHEAD_MS / 2) return;
    for (const socket of this.held) socket.resume();
    this.held.clear();
  }

  private handOut(): void {
    const state = this.machine.state.hosts.get(GATEWAY)?.programs.get('gateway')?.state as GatewayState;
    for (const news of state.outbox.splice(0)) {
      const socket = this.sockets.get(news.end);
      if (socket === undefined) continue;
      if (news.kind === 'bytes') {
        socket.write(latin1(news.bytes));
        if (socket.writableLength > UNREAD_LIMIT) socket.resetAndDestroy();
      } else if (news.kind === 'closed') {
        socket.end();
        setTimeout(() => socket.destroy(), LINGER_MS).unref();
      } else socket.resetAndDestroy();
    }
  }

  /** Forgets the bytes of messages that no queue and no running check will ask for again. */
  private letGo(): void {
    const { kept } = this.machine;
    // Adding up takes as long as there is to add: not for every line that a client sends.
    if (kept.size < this.lookAt) return;
    this.lookAt = kept.size + 200;
    let bytes = 0;
    for (const text of kept.values()) bytes += text.length;
    if (bytes < KEPT_LIMIT) return;
    const needed = new Set<string>();
    for (const host of this.machine.state.hosts.values())
      for (const program of host.programs.values()) {
        if (program.kind !== 'mta') continue;
        const state = program.state as MtaState;
        for (const message of state.queue.values()) needed.add(message.message);
        for (const { job } of state.desk.pending.values()) if (job.kind === 'verify') needed.add(job.message);
      }
    for (const hash of kept.keys()) if (!needed.has(hash)) kept.delete(hash);
    this.lookAt = kept.size + 200;
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const server of this.servers) server.close();
    for (const socket of this.sockets.values()) socket.destroy();
    this.sockets.clear();
  }
}
