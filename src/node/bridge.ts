// `npm run bridge`: the world's SMTP servers on real TCP ports of this machine, with the same sessions as in the tab. A
// real client's bytes enter the simulated internet at a host of their own; what it delivers goes its simulated way, and
// the trace is printed. Virtual time follows real time from the start on.

import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fromLatin1, latin1 } from '../base/bytes.ts';
import { dateFields, isoDate } from '../base/dates.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import type { TraceEvent } from '../host/events.ts';
import type { GatewayState, OutsideCall } from '../host/gateway.ts';
import { callFromOutside, runUntil, runUntilQuiet } from '../host/kernel.ts';
import type { MtaConfig } from '../host/mta/config.ts';
import { openWorld, type World } from '../world/world.ts';
import type { HostDescription, WorldDescription } from '../world/description.ts';
import '../host/shell/tools.ts';
import { useNodeCrypto } from './crypto.ts';

const usage = `Usage: npm run bridge -- [options]

  --world name      the world to run (default first)
  --json            one line of JSON instead of the table, then the trace as one JSON object a line
  --host address    where to listen (default 127.0.0.1: this machine only)
  --port number     port of the first server; the others follow (default 2525; 0: any free ports)
  --help            this text
`;

/** The real client's place in the simulated internet. */
const GATEWAY = 'gateway.example';
const GATEWAY_ADDRESS = '203.0.113.222';
/** What one client may have waiting to be written to it before it is dropped. */
const UNREAD_LIMIT = 4_000_000;
const TICK_MS = 200;

interface Service {
  readonly host: string;
  readonly service: 'smtp';
  readonly port: number;
  readonly tls: 'none';
}

function withGateway(description: WorldDescription): WorldDescription {
  const hub = description.hosts.find((host) => host.role === 'internet')?.name;
  if (hub === undefined)
    throw new Error(`world ${description.name} has no host with the role internet to join`);
  const host: HostDescription = {
    name: GATEWAY,
    role: 'sender',
    column: 0,
    row: 2,
    addresses: [GATEWAY_ADDRESS],
    programs: { gateway: { kind: 'gateway', config: {} } },
  };
  return {
    ...description,
    hosts: [...description.hosts, host],
    links: [...description.links, { between: [GATEWAY, hub], latencyMs: 1 }],
  };
}

class Bridge {
  private readonly world: World;
  private readonly started = performance.now();
  private readonly startedAt: number;
  private readonly sockets = new Map<number, Socket>();
  private readonly servers: Server[] = [];
  private nextEnd = 1;
  private printed = 0;
  private scheduled = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    description: WorldDescription,
    private readonly print: (event: TraceEvent) => void,
  ) {
    this.world = openWorld(withGateway(description), 'bridge');
    this.startedAt = this.world.machine.state.net.now;
    this.timer = setInterval(() => this.run(), TICK_MS);
  }

  /** Opens one real port for every server that speaks SMTP. */
  async listen(address: string, firstPort: number): Promise<Service[]> {
    const services: Service[] = [];
    for (const host of this.world.description.hosts) {
      const mta = Object.values(host.programs ?? {}).find((program) => program.kind === 'mta');
      const to = host.addresses[0];
      if (mta === undefined || to === undefined) continue;
      const wanted = firstPort === 0 ? 0 : firstPort + services.length;
      const port = await this.open(address, wanted, to);
      services.push({ host: (mta.config as MtaConfig).myhostname, service: 'smtp', port, tls: 'none' });
    }
    return services;
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
    const end = this.nextEnd++;
    this.sockets.set(end, socket);
    this.call({ type: 'outside', end, act: 'open', to: { address: to, port: 25 } });
    socket.on('data', (bytes) => {
      this.call({ type: 'outside', end, act: 'write', bytes: fromLatin1(bytes) });
      // One client's flood waits until the world has dealt with what is there; the others go on.
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.on('end', () => this.call({ type: 'outside', end, act: 'close' }));
    socket.on('error', () => this.call({ type: 'outside', end, act: 'reset' }));
    socket.on('close', () => {
      if (this.sockets.delete(end)) this.call({ type: 'outside', end, act: 'close' });
    });
  }

  private call(call: OutsideCall): void {
    callFromOutside(this.world.machine, GATEWAY, 'gateway', call, undefined);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.run();
    });
  }

  /** Lets virtual time catch up with real time, runs what is under way, and hands out what came of it. */
  private run(): void {
    const { machine } = this.world;
    const due = this.startedAt + Math.floor(performance.now() - this.started);
    runUntil(machine, Math.max(due, machine.state.net.now));
    runUntilQuiet(machine, machine.state.net.now + 2000);
    for (; this.printed < machine.trace.length; this.printed++)
      this.print(machine.trace[this.printed] as TraceEvent);
    const state = machine.state.hosts.get(GATEWAY)?.programs.get('gateway')?.state as GatewayState;
    for (const news of state.outbox.splice(0)) {
      const socket = this.sockets.get(news.end);
      if (socket === undefined) continue;
      if (news.kind === 'bytes') {
        socket.write(latin1(news.bytes));
        if (socket.writableLength > UNREAD_LIMIT) socket.destroy();
      } else if (news.kind === 'closed') socket.end();
      else socket.destroy();
    }
    // What is printed is not needed again: a bridge may run for days.
    machine.trace.length = 0;
    this.printed = 0;
  }

  close(): void {
    clearInterval(this.timer);
    for (const server of this.servers) server.close();
    for (const socket of this.sockets.values()) socket.destroy();
  }
}

function clock(at: number): string {
  const f = dateFields(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(f.hour)}:${two(f.minute)}:${two(f.second)}.${String(f.millisecond).padStart(3, '0')}`;
}

/** One line for the events that a person follows; the rest is in --json. */
function story(event: TraceEvent): string | undefined {
  switch (event.type) {
    case 'log.line':
      return event.text;
    case 'auth.spf':
      return `spf=${event.verdict.result} ${event.verdict.domain} from ${event.verdict.ip} (${event.verdict.rule})`;
    case 'auth.dmarc':
      return `dmarc=${event.verdict.result} ${event.verdict.author}: ${event.decision.action} (${event.decision.rule})`;
    case 'mailbox.placed':
      return `${event.recipient} -> ${event.folder} because ${event.reasons.map((reason) => reason.id).join(', ')}`;
    default:
      return undefined;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      world: { type: 'string', default: 'first' },
      json: { type: 'boolean', default: false },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '2525' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65000)
    throw new Error(`--port ${values.port} is no port`);
  const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
  const description = (worlds as unknown as Readonly<Record<string, WorldDescription>>)[values.world];
  if (description === undefined)
    throw new Error(`there is no world ${values.world}; there are: ${Object.keys(worlds).join(', ')}`);
  useNodeCrypto();
  const bridge = new Bridge(description, (event) => {
    if (values.json) console.log(JSON.stringify({ ...event, at: isoDate(event.at) }));
    else {
      const line = story(event);
      if (line !== undefined) console.log(`${clock(event.at)} ${event.host.padEnd(20)} ${line}`);
    }
  });
  const services = await bridge.listen(values.host, port);
  if (values.json) console.log(JSON.stringify({ services, accounts: [] }));
  else {
    console.log(
      `World ${values.world}. Your client appears as ${GATEWAY} [${GATEWAY_ADDRESS}]. Ctrl-C ends.\n`,
    );
    console.log('host                  service  address');
    for (const service of services)
      console.log(`${service.host.padEnd(22)}${service.service.padEnd(9)}${values.host}:${service.port}`);
    console.log('');
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      bridge.close();
      process.exit(0);
    });
}

main().catch((problem: NodeJS.ErrnoException) => {
  const said =
    problem.code === 'EADDRINUSE'
      ? 'a port is taken; choose another with --port, or --port 0 for any free ones'
      : problem.message;
  console.error(`bridge: ${said}`);
  process.exit(1);
});
