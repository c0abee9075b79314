// The whole path over real sockets, for the bench: one client (nodemailer) hands the same signed messages to our bridge and
// to smtp-server with mailauth behind it. Each side takes a message in by SMTP, checks SPF, DKIM and DMARC with the records
// at hand, and puts it into a mailbox; then the next one comes.

import { createTransport } from 'nodemailer';
import { authenticate } from 'mailauth';
import { SMTPServer } from 'smtp-server';
import type { WorldDescription } from '../world/description.ts';
import { GATEWAY_ADDRESS, TcpBridge } from './tcp-bridge.ts';

/** One message, again and again. */
export interface BenchMail {
  readonly envelope: { readonly from: string; readonly to: string };
  /** Fields with their line ends. */
  readonly headers: string;
  readonly body: string;
  /** nodemailer signs each message with this key (PEM). */
  readonly sign?: { readonly domain: string; readonly selector: string; readonly pem: string };
}

/** Messages a second by the clock and by the processor time of this process, client included. */
export interface Rate {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** Sends over four connections at a time, until the last message lies in its mailbox. */
async function rateOfClient(
  port: number,
  { envelope, headers, body, sign }: BenchMail,
  messages: number,
  arrived: () => number,
): Promise<Rate> {
  const client = createTransport({
    host: '127.0.0.1',
    port,
    name: 'laptop.home.example',
    ignoreTLS: true,
    pool: true,
    maxConnections: 4,
    maxMessages: Infinity,
    ...(sign === undefined
      ? {}
      : { dkim: { domainName: sign.domain, keySelector: sign.selector, privateKey: sign.pem } }),
  });
  const raw = `${headers}\r\n${body}`;
  const send = async (count: number): Promise<void> => {
    const before = arrived();
    await Promise.all(
      Array.from({ length: count }, () => client.sendMail({ envelope: { ...envelope }, raw })),
    );
    while (arrived() < before + count) await new Promise((done) => setImmediate(done));
  };
  // As many again before, until all of it is compiled.
  await send(messages);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await send(messages);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  client.close();
  return { perSecond: messages / seconds, perCpuSecond: (messages * 1e6) / (used.user + used.system) };
}

/** Through the bridge into a mailbox of the world. */
export async function bridgeRate(world: WorldDescription, mail: BenchMail, messages: number): Promise<Rate> {
  let arrived = 0;
  const bridge = new TcpBridge(world, (event) => {
    if (event.type === 'mailbox.delivered') arrived++;
  });
  const services = await bridge.listen('127.0.0.1', 0);
  const domain = mail.envelope.to.split('@')[1] ?? '';
  const port = services.find((service) => service.host.endsWith(domain))?.port;
  if (port === undefined) throw new Error(`no server for ${domain}`);
  bridge.start();
  try {
    return await rateOfClient(port, mail, messages, () => arrived);
  } finally {
    bridge.close();
  }
}

type Resolver = (name: string, type: string) => Promise<string[][]>;

/** Through smtp-server and mailauth into a list. */
export async function peerRate(resolver: Resolver, mail: BenchMail, messages: number): Promise<Rate> {
  const mailbox: string[] = [];
  const server = new SMTPServer({
    name: 'mx.hafen.example',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks);
        authenticate(bytes, {
          ip: GATEWAY_ADDRESS,
          helo: String(session.hostNameAppearsAs),
          sender: mail.envelope.from,
          mta: 'mx.hafen.example',
          resolver,
          disableArc: true,
          disableBimi: true,
        } as unknown as Parameters<typeof authenticate>[1]).then(
          ({ headers, dmarc }) => {
            const passed = dmarc !== false && dmarc.status.result === 'pass';
            if (passed) mailbox.push(headers + bytes.toString('latin1'));
            done(passed ? null : new Error('mailauth does not believe the message'));
          },
          (problem: Error) => done(problem),
        );
      });
    },
  });
  server.on('error', (problem) => console.error(problem.message));
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
  });
  try {
    return await rateOfClient(port, mail, messages, () => mailbox.length);
  } finally {
    await new Promise<void>((done) => server.close(() => done()));
  }
}
