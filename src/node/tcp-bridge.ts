// The world's mail servers on real TCP ports: a real client's bytes enter the simulated internet at a host of their own and
// go their simulated way. Virtual time follows real time. Real TLS ends here and goes on as the modelled one of the world.
// Whatever a client does, memory is bounded and the others go on.

import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { fromLatin1, latin1 } from '../base/bytes.ts';
import '../host/access-services.ts';
import '../host/mail-client/engine.ts';
import '../host/mda/sieve-engine.ts';
import type { TraceEvent } from '../host/events.ts';
import type { GatewayState, OutsideCall } from '../host/gateway.ts';
import { callFromOutside, isBusy, nextAt, runUntil, runUntilQuiet, type Machine } from '../host/kernel.ts';
import { holdAccessClient } from '../host/mda-access.ts';
import type { MdaState } from '../host/mda/config.ts';
import type { MtaState } from '../host/mta/mta.ts';
import { connectionOf, socketOf } from '../net/state.ts';
import { openWorld } from '../world/world.ts';
import type { WorldDescription } from '../world/description.ts';
import { Caller } from './bridge-caller.ts';
import {
  accountsOf,
  authoritiesOf,
  GATEWAY,
  servicesOf,
  worldForClients,
  type ServiceName,
  type WorldAccount,
  type WorldService,
} from './bridge-world.ts';

export { GATEWAY, GATEWAY_ADDRESS } from './bridge-world.ts';

/** Real connections at a time; the next one is closed at once. (The servers refuse earlier, in their own words.) */
const CONNECTION_LIMIT = 500;
/** How far the virtual clock may run ahead, so that answers need not wait for simulated distances. */
const AHEAD_MS = 4000;
/** Bytes of messages that are kept before those that no queue needs are let go. */
const KEPT_LIMIT = 64_000_000;
const TICK_MS = 50;
/** How long a server waits for a client that does not read before it looks again. */
const HOLD_MS = 300;
/** Virtual milliseconds that are run before what came of them is handed out. */
const SLICE_MS = 20;
/** Real milliseconds of work before sockets are looked at again. */
const BUDGET_MS = 100;

/** One server of the world and where it listens on this machine. */
export interface BridgeService {
  readonly host: string;
  readonly service: ServiceName;
  readonly port: number;
  readonly tls: 'none' | 'starttls' | 'implicit';
}

export class TcpBridge {
  private readonly machine: Machine;
  private readonly callers = new Map<number, Caller>();
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
    description: WorldDescription,
    private readonly onEvent: (event: TraceEvent) => void,
  ) {
    this.machine = openWorld(worldForClients(description, Date.now()), 'bridge').machine;
    this.startedAt = this.machine.state.net.now;
  }

  /** Who can log in. */
  get accounts(): WorldAccount[] {
    return accountsOf(this.machine);
  }

  /** The certificate authorities of the world, PEM. */
  get authorities(): string {
    return authoritiesOf(this.machine);
  }

  /** Opens one real port for every service. Nothing runs before `start`. */
  async listen(address: string, firstPort: number): Promise<BridgeService[]> {
    const services: BridgeService[] = [];
    for (const service of servicesOf(this.machine)) {
      const wanted = firstPort === 0 ? 0 : firstPort + services.length;
      const port = await this.open(address, wanted, service);
      services.push({ host: service.host, service: service.service, port, tls: service.tls });
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
    this.run(Infinity);
  }

  private open(address: string, port: number, service: WorldService): Promise<number> {
    const { identity } = service;
    const context =
      identity === undefined
        ? undefined
        : createSecureContext({ cert: identity.chain, key: identity.key, minVersion: 'TLSv1.2' });
    const server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket, service, context));
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        const bound = server.address();
        resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
      });
    });
  }

  private accept(socket: Socket, service: WorldService, context: SecureContext | undefined): void {
    if (this.callers.size >= CONNECTION_LIMIT) {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const end = this.nextEnd++;
    const caller = new Caller(
      socket,
      {
        heard: (bytes) => this.call({ type: 'outside', end, act: 'write', bytes: fromLatin1(bytes) }),
        secured: (version, serverName) =>
          this.call({
            type: 'outside',
            end,
            act: 'tls',
            version,
            ...(serverName === undefined ? {} : { serverName }),
          }),
        ended: () => this.call({ type: 'outside', end, act: 'close' }),
        gone: (failed) => {
          if (this.callers.delete(end)) this.call({ type: 'outside', end, act: failed ? 'reset' : 'close' });
        },
      },
      context,
    );
    this.callers.set(end, caller);
    this.call({ type: 'outside', end, act: 'open', to: service.at });
    if (service.tls === 'implicit') caller.secure();
  }

  private call(call: OutsideCall): void {
    callFromOutside(this.machine, GATEWAY, 'gateway', call, undefined);
    this.soon();
  }

  private soon(): void {
    if (this.scheduled || this.timer === undefined) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.run();
    });
  }

  /**
   * Lets virtual time catch up with real time, runs what is under way, and hands out what came of it, a little at a time:
   * who is flooded with answers is cut off in between. After `budgetMs` of work the clock falls behind instead.
   */
  private run(budgetMs = BUDGET_MS): void {
    const { machine } = this;
    const { net } = machine.state;
    const began = performance.now();
    const isSpent = (): boolean => performance.now() - began > budgetMs;
    const due = this.startedAt + Math.floor(began - this.origin);
    for (let next = nextAt(machine); next !== undefined && next <= due; next = nextAt(machine)) {
      runUntil(machine, Math.min(due, Math.max(next, net.now) + SLICE_MS));
      this.handOut();
      if (isSpent()) break;
    }
    if (isSpent()) this.origin += Math.max(0, due - net.now);
    else net.now = Math.max(net.now, due);
    while (isBusy(machine) && !isSpent()) {
      const next = nextAt(machine);
      if (next === undefined || next > due + AHEAD_MS) break;
      runUntilQuiet(machine, Math.min(due + AHEAD_MS, Math.max(next, net.now) + SLICE_MS));
      this.handOut();
    }
    this.handOut();
    this.letGo();
    if (isBusy(machine) && isSpent()) return this.soon();
    if (net.now > due + AHEAD_MS / 2) return;
    for (const caller of this.callers.values()) caller.goOn();
  }

  private get gateway(): GatewayState {
    return this.machine.state.hosts.get(GATEWAY)?.programs.get('gateway')?.state as GatewayState;
  }

  private handOut(): void {
    const { gateway, machine } = this;
    for (const event of machine.trace) this.onEvent(event);
    // What is told is not needed again: a bridge may run for days.
    machine.trace.length = 0;
    for (const news of gateway.outbox.splice(0)) {
      const caller = this.callers.get(news.end);
      if (caller === undefined) continue;
      if (news.kind === 'bytes') caller.write(latin1(news.bytes));
      else if (news.kind === 'closed') caller.finish();
      else caller.reset();
    }
    for (const [end, caller] of this.callers) {
      if (this.isReadyForTls(end, caller)) caller.secure();
      if (caller.isFull) this.hold(end);
    }
  }

  /** What TCP does for real servers: who does not read is not answered further. */
  private hold(end: number): void {
    const own = this.gateway.ends.get(end)?.socket;
    if (own === undefined) return;
    const { net, hosts } = this.machine.state;
    for (const host of hosts.values())
      for (const { kind, state } of host.programs.values())
        if (kind === 'mda')
          holdAccessClient(
            (state as MdaState).access,
            socketOf(connectionOf(own), 'server'),
            net.now + HOLD_MS,
          );
  }

  /** The simulated server has begun TLS, and all that it said before has been handed out. */
  private isReadyForTls(end: number, caller: Caller): boolean {
    const own = this.gateway.ends.get(end)?.socket;
    if (caller.tls !== 'plain' || own === undefined) return false;
    const connection = connectionOf(own);
    const { net, tls } = this.machine.state;
    if (!tls.has(socketOf(connection, 'server'))) return false;
    return !net.queue.heap.some(
      ({ work }) => work.kind === 'segment' && work.connection === connection && work.to === 'client',
    );
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
    for (const caller of this.callers.values()) caller.reset();
    this.callers.clear();
  }
}
