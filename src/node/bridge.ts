// `npm run bridge`: the command line of the bridge between real mail programs and a world. What it prints is for people, or
// with --json for programs; everything else is in tcp-bridge.ts.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dateFields, isoDate } from '../base/dates.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import type { TraceEvent } from '../host/events.ts';
import type { WorldDescription } from '../world/description.ts';
import { useNodeCrypto } from './crypto.ts';
import { GATEWAY, GATEWAY_ADDRESS, TcpBridge } from './tcp-bridge.ts';

const usage = `Usage: npm run bridge -- [options]

  --world name      the world to run (default first)
  --json            one line of JSON instead of the table, then the trace as one JSON object a line
  --ca file         write the certificate authority of the world there (PEM), so that clients can trust it
  --host address    where to listen (default 127.0.0.1: this machine only; 0.0.0.0: the whole network)
  --port number     port of the first server; the others follow (default 2525; 0: any free ports)
  --help            this text
`;

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
      ca: { type: 'string' },
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
  const bridge = new TcpBridge(description, (event) => {
    if (values.json) console.log(JSON.stringify({ ...event, at: isoDate(event.at) }));
    else {
      const line = story(event);
      if (line !== undefined) console.log(`${clock(event.at)} ${event.host.padEnd(20)} ${line}`);
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      bridge.close();
      process.exit(0);
    });
  const services = await bridge.listen(values.host, port);
  if (values.ca !== undefined) {
    if (bridge.authorities === '') throw new Error(`world ${values.world} has no certificate authority`);
    writeFileSync(values.ca, bridge.authorities);
  }
  const { accounts } = bridge;
  if (values.json) console.log(JSON.stringify({ services, accounts }));
  else {
    console.log(
      `World ${values.world}. Your client appears as ${GATEWAY} [${GATEWAY_ADDRESS}]. Ctrl-C ends.\n`,
    );
    console.log('host                  service      address               TLS');
    for (const { host, service, port: at, tls } of services)
      console.log(`${host.padEnd(22)}${service.padEnd(13)}${`${values.host}:${at}`.padEnd(22)}${tls}`);
    console.log('\naddress               user      password');
    for (const { address, user, password } of accounts)
      console.log(`${address.padEnd(22)}${user.padEnd(10)}${password}`);
    if (values.ca !== undefined) console.log(`\nTrust ${values.ca} in your client; connect to localhost.`);
    console.log('');
  }
  bridge.start();
}

main().catch((problem: NodeJS.ErrnoException) => {
  const said =
    problem.code === 'EADDRINUSE'
      ? `${problem.message.replace(/^listen EADDRINUSE: address already in use /, '')} is taken; choose another with --port, or --port 0 for any free ones`
      : problem.message;
  console.error(`bridge: ${said}`);
  process.exit(1);
});
