// The story: one mark for each step that people want to see, with what flies over the wires and how long to look at it.
// The events themselves stay complete in the trace; this file only chooses, groups and paces. What a DNS answer says is
// in marks-dns.ts.

import { fromUtf8, latin1 } from '../base/bytes.ts';
import { DAY, HOUR, MINUTE, SECOND, type Time } from '../base/dates.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import type { WorldDescription } from '../world/description.ts';
import { protocolOf, type Connections } from './connections.ts';
import { dkimResult, toneOfResult } from './hosts.ts';
import {
  accessMark,
  ciphertext,
  isUpkeep,
  openAccessMarks,
  toldWhileIdle,
  type AccessFold,
} from './marks-access.ts';
import { dnsMark } from './marks-dns.ts';
import { overrideMark, relayMark } from './marks-relay.ts';
import { tlsMark } from './marks-tls.ts';
import { messageOf, type MessageFold } from './messages.ts';
import type { FlightView, MarkView, Phrase, Tone } from './types.ts';

export interface MarkFold {
  readonly marks: MarkView[];
  readonly bySeq: Map<number, MarkView>;
  readonly internet: ReadonlySet<string>;
  readonly resolvers: ReadonlySet<string>;
  readonly ownerOf: ReadonlyMap<string, string>;
  /** The world is built; what its programs did while they started is no story. */
  open: boolean;
  /** Connections whose message text has its envelope on the way already. */
  readonly posted: Set<number>;
  /** When a zone was published last, by name. */
  readonly published: Map<string, Time>;
  /** `host queueId` of what waits for another try. */
  readonly deferred: Set<string>;
  readonly access: AccessFold;
}

export function openMarks(description: WorldDescription): MarkFold {
  const named = (role: string): string[] =>
    description.hosts.filter((host) => host.role === role).map((host) => host.name);
  return {
    marks: [],
    bySeq: new Map(),
    internet: new Set(named('internet')),
    resolvers: new Set(named('resolver')),
    ownerOf: new Map(description.hosts.flatMap((host) => host.addresses.map((a) => [a, host.name] as const))),
    open: false,
    posted: new Set(),
    published: new Map(),
    deferred: new Set(),
    access: openAccessMarks(),
  };
}

/** Real milliseconds at normal pace. A typed command with its reply stays below 1.5 s, a whole journey below 8 s. */
const DWELL = {
  typed: 450,
  textLine: 240,
  dialogue: 70,
  local: 40,
  message: 850,
  localMessage: 500,
  /** An exchange of a resolver on its way to the answer, and the answer itself. */
  dnsStep: 60,
  dns: 90,
  connect: 100,
  verdict: 360,
  queue: 200,
  placed: 220,
  delivered: 700,
  trouble: 700,
  command: 200,
} as const;

type Draft = Omit<MarkView, 'seq' | 'at' | 'host'> & { readonly host?: string };

/** Folds one event; the other folds must already know it. */
export function foldMarks(
  fold: MarkFold,
  event: TraceEvent,
  trace: readonly TraceEvent[],
  connections: Connections,
  messages: MessageFold,
): void {
  if (event.type === 'world.open') fold.open = true;
  if (!fold.open) return;
  const draft = draftOf(fold, event, trace, connections, messages);
  if (draft === undefined) return;
  const message = draft.message ?? messageOf(messages, event);
  const mark: MarkView = {
    seq: event.seq,
    at: event.at,
    host: event.host,
    ...draft,
    ...(message === undefined ? {} : { message }),
  };
  fold.marks.push(mark);
  fold.bySeq.set(mark.seq, mark);
}

function draftOf(
  fold: MarkFold,
  event: TraceEvent,
  trace: readonly TraceEvent[],
  connections: Connections,
  messages: MessageFold,
): Draft | undefined {
  switch (event.type) {
    case 'shell.input':
      return event.program === '' && event.text.trim() !== ''
        ? step(
            'terminal',
            'info',
            { key: 'mark.command', params: { command: short(event.text) } },
            DWELL.command,
          )
        : undefined;
    case 'net.connected':
      return connected(fold, event, trace, connections);
    case 'net.connectFailed': {
      const host = fold.ownerOf.get(event.to.address) ?? event.to.address;
      return step(
        'tcp',
        'fail',
        { key: `mark.connectFailed.${event.reason}`, params: { host, port: event.to.port } },
        DWELL.trouble,
      );
    }
    case 'net.data':
      return data(fold, event, connections, messages);
    case 'net.close': {
      const info = connections.get(event.connection);
      return info?.terminal !== undefined && event.side === 'server'
        ? step('tcp', 'info', { key: 'mark.closed', params: { host: event.host } }, DWELL.command)
        : undefined;
    }
    case 'net.datagram': {
      const found = dnsMark(event, trace, fold.resolvers);
      if (found === undefined) return undefined;
      const dwellMs = fold.resolvers.has(event.host) ? DWELL.dns : DWELL.dnsStep;
      return {
        ...step('dns', found.tone, found.text, dwellMs),
        flight: flight(fold, event, event.path, 'dns', found.label),
      };
    }
    case 'net.icmp':
      if (event.kind !== 'echo' && event.kind !== 'echoReply') return undefined;
      return {
        ...step('tcp', 'info', { key: `mark.${event.kind}`, params: { to: event.to } }, DWELL.connect),
        flight: flight(fold, event, event.path, 'icmp', 'ping'),
      };
    case 'net.drop':
      return step(
        'tcp',
        'fail',
        {
          key: `mark.dropped.${event.reason}`,
          params: {
            to: fold.ownerOf.get(event.to.address) ?? event.to.address,
            port: event.to.port,
            by: event.by,
          },
        },
        DWELL.trouble,
      );
    case 'net.bound':
      return step('clock', 'fail', { key: 'mark.bound', params: { limit: event.limit } }, DWELL.trouble);
    case 'dns.lookup': {
      const { question, answer } = event;
      const params = { name: plain(question.name), type: question.type };
      return answer.status === 'TIMEOUT'
        ? step('dns', 'fail', { key: 'mark.dnsTimeout', params }, DWELL.trouble)
        : undefined;
    }
    case 'queue.accept':
      return event.bounceOf === undefined
        ? step('queue', 'info', { key: 'mark.accepted', params: { queueId: event.queueId } }, DWELL.queue)
        : step(
            'queue',
            'soft',
            {
              key: event.isWarning === true ? 'mark.delayWritten' : 'mark.bounceWritten',
              params: { to: event.recipients[0] ?? '' },
            },
            DWELL.trouble,
          );
    case 'queue.active':
      return fold.deferred.delete(`${event.host} ${event.queueId}`)
        ? step('queue', 'info', { key: 'mark.retry', params: { queueId: event.queueId } }, DWELL.queue)
        : undefined;
    case 'queue.route': {
      if (event.method === 'transport') return undefined;
      const chosen = event.candidates.find((candidate) => candidate.verdict === 'chosen');
      return chosen === undefined
        ? step('queue', 'fail', { key: 'mark.noRoute', params: { domain: event.domain } }, DWELL.trouble)
        : step(
            'queue',
            'info',
            { key: 'mark.route', params: { domain: event.domain, host: plain(chosen.host) } },
            DWELL.queue,
          );
    }
    case 'queue.deferred': {
      fold.deferred.add(`${event.host} ${event.queueId}`);
      const minutes = Math.max(1, Math.round((event.until - event.at) / MINUTE));
      return step(
        'queue',
        'soft',
        { key: 'mark.deferred', params: { minutes, reason: event.reason } },
        DWELL.trouble,
      );
    }
    case 'queue.result': {
      const { status, recipient, text } = event.result;
      return status === 'bounced' || status === 'expired'
        ? step('queue', 'fail', { key: `mark.${status}`, params: { recipient, text } }, DWELL.trouble)
        : undefined;
    }
    case 'queue.discarded':
      return step(
        'queue',
        'fail',
        { key: 'mark.discarded', params: { reason: event.reason } },
        DWELL.trouble,
      );
    case 'auth.signed':
      return step(
        'auth',
        'info',
        { key: 'mark.signed', params: { domain: event.domain, selector: event.selector } },
        DWELL.queue,
      );
    case 'auth.spf': {
      const { result, domain, ip } = event.verdict;
      return verdict('spf', result, { domain, ip, result });
    }
    case 'auth.dkim': {
      const result = dkimResult(event.verdicts);
      const best = event.verdicts.find((one) => one.result === result);
      return verdict('dkim', result, { domain: best?.domain ?? '', selector: best?.selector ?? '', result });
    }
    case 'auth.dmarc': {
      const { result, author } = event.verdict;
      const overridden = overrideMark(event);
      if (overridden !== undefined) return step('auth', 'soft', overridden, DWELL.verdict);
      return verdict('dmarc', result, { domain: author, result, policy: event.verdict.policy ?? 'none' });
    }
    case 'report.sent':
      return step(
        'delivery',
        'info',
        {
          key: `mark.report.${event.kind}`,
          params: { domain: event.domain, to: event.to, n: event.messages },
        },
        DWELL.placed,
      );
    case 'report.withheld':
      // Failure reports are hardly ever sent; that is no news at every message.
      return event.kind === 'failure'
        ? undefined
        : step(
            'delivery',
            'soft',
            { key: 'mark.report.withheld', params: { domain: event.domain } },
            DWELL.trouble,
          );
    case 'mailbox.placed':
      return step(
        'delivery',
        event.folder === 'Junk' ? 'soft' : 'info',
        {
          key: event.folder === 'Junk' ? 'mark.placedJunk' : 'mark.placed',
          params: { folder: event.folder },
        },
        DWELL.placed,
      );
    case 'mailbox.delivered':
      return step(
        'delivery',
        event.folder === 'Junk' ? 'soft' : 'pass',
        {
          key: event.folder === 'Junk' ? 'mark.deliveredJunk' : 'mark.delivered',
          params: { user: capital(event.user), folder: event.folder },
        },
        DWELL.delivered,
      );
    case 'sieve.run':
      return step(
        'delivery',
        event.error === undefined ? 'info' : 'soft',
        {
          key: event.error === undefined ? 'mark.sieve.run' : 'mark.sieve.error',
          params: { user: capital(event.user) },
        },
        DWELL.placed,
      );
    case 'sieve.copy':
      return step(
        'delivery',
        'info',
        {
          key: `mark.sieve.${event.purpose}`,
          params: { user: capital(event.user), to: event.recipients.join(', ') },
        },
        DWELL.placed,
      );
    case 'mailbox.quota':
      return step(
        'delivery',
        'soft',
        { key: 'mark.quota', params: { user: capital(event.user), percent: event.percent } },
        DWELL.trouble,
      );
    case 'mailbox.refused':
      return step(
        'delivery',
        'fail',
        {
          key: event.reason === 'noSuchUser' ? 'mark.mailboxRefused' : `mark.mailbox.${event.reason}`,
          params: { recipient: event.recipient },
        },
        DWELL.trouble,
      );
    case 'zone.published':
      fold.published.set(event.zone, event.at);
      return step(
        'zone',
        'info',
        { key: 'mark.zonePublished', params: { zone: plain(event.zone), serial: event.serial } },
        DWELL.typed,
      );
    case 'zone.rejected':
      return step(
        'zone',
        'fail',
        { key: 'mark.zoneRejected', params: { zone: plain(event.zone), n: event.errors.length } },
        DWELL.trouble,
      );
    case 'program.configured':
      return step(
        'zone',
        'info',
        { key: 'mark.configured', params: { host: event.host, setting: event.setting } },
        DWELL.typed,
      );
    case 'zone.copy':
      return copied(fold, event);
    case 'resolver.flushed':
      return step(
        'dns',
        'info',
        event.name === undefined
          ? { key: 'mark.flushed', params: { host: event.host } }
          : { key: 'mark.flushed.name', params: { host: event.host, name: plain(event.name) } },
        DWELL.typed,
      );
    case 'world.pass':
      return step('clock', 'info', passed(event.until - event.at), DWELL.typed);
    default: {
      const found =
        relayMark(event) ?? tlsMark(event, connections) ?? accessMark(fold.access, event, connections);
      return found === undefined ? undefined : step(found.kind, found.tone, found.text, DWELL[found.weight]);
    }
  }
}

function step(kind: MarkView['kind'], tone: Tone, text: Phrase, dwellMs: number): Draft {
  return { kind, tone, text, dwellMs };
}

function verdict(check: 'spf' | 'dkim' | 'dmarc', result: string, params: Record<string, string>): Draft {
  const known = result === 'pass' || result === 'fail' || result === 'none' ? result : 'other';
  return step('auth', toneOfResult(result), { key: `mark.${check}.${known}`, params }, DWELL.verdict);
}

/** A secondary's copy. That nothing was new is a step only right after a publication: then a serial was forgotten. */
function copied(fold: MarkFold, event: EventOf<'zone.copy'>): Draft | undefined {
  const isNews = event.at - (fold.published.get(event.zone) ?? -Infinity) < MINUTE;
  if (event.what === 'current' && !isNews) return undefined;
  const params = {
    zone: plain(event.zone),
    server: event.host,
    serial: event.serial ?? 0,
    offered: event.offered ?? 0,
    why: event.why ?? '',
  };
  const tone = { transferred: 'pass', current: 'soft', failed: 'soft', expired: 'fail' } as const;
  return step('zone', tone[event.what], { key: `mark.copy.${event.what}`, params }, DWELL.typed);
}

function connected(
  fold: MarkFold,
  event: EventOf<'net.connected'>,
  trace: readonly TraceEvent[],
  connections: Connections,
): Draft | undefined {
  const info = connections.get(event.connection);
  const opened = info === undefined ? undefined : trace[info.openedSeq - 1];
  if (info === undefined || opened === undefined) return undefined;
  const server = info.server ?? info.to.address;
  const typed = info.terminal !== undefined;
  return {
    ...step(
      'tcp',
      'info',
      { key: 'mark.connected', params: { server, port: info.to.port } },
      typed ? DWELL.typed : DWELL.connect,
    ),
    flight: {
      seq: event.seq,
      path: info.path.filter((name) => !fold.internet.has(name)),
      departs: opened.at,
      arrives: event.at,
      kind: protocolOf(info.to.port) === 'lmtp' ? 'lmtp' : 'tcp',
      label: `:${info.to.port}`,
    },
  };
}

function data(
  fold: MarkFold,
  event: EventOf<'net.data'>,
  connections: Connections,
  messages: MessageFold,
): Draft | undefined {
  const info = connections.get(event.connection);
  if (info === undefined) return undefined;
  const protocol = protocolOf(info.to.port);
  const kind = protocol === 'dns' ? 'dns' : protocol;
  if (protocol === 'dns') return undefined;
  const typed = info.terminal !== undefined;
  if (isUpkeep(fold.access, event) && !typed) return undefined;
  const pace = typed ? DWELL.typed : protocol === 'lmtp' ? DWELL.local : DWELL.dialogue;
  const line = firstLine(event.bytes);
  const fly = (label: string, message?: string): FlightView =>
    flight(fold, event, event.path, kind, label, message);
  const sealed = ciphertext(event.bytes);
  if (sealed !== undefined && info.sendsText && event.side === 'client' && !typed) {
    if (fold.posted.has(event.connection)) return undefined;
    fold.posted.add(event.connection);
    const entry =
      info.queueId === undefined ? undefined : messages.byEntry.get(`${info.client} ${info.queueId}`);
    return {
      ...step(
        kind,
        'pass',
        { key: 'mark.messageSent.sealed', params: { from: event.host, to: event.toHost } },
        DWELL.message,
      ),
      flight: flight(fold, event, event.path, 'tls', '', entry ?? ''),
      ...(entry === undefined ? {} : { message: entry }),
    };
  }
  if (sealed !== undefined)
    return {
      ...step(
        'tcp',
        'info',
        { key: 'mark.ciphertext', params: { host: event.host, to: event.toHost, n: sealed } },
        typed ? DWELL.command : DWELL.dialogue,
      ),
      flight: flight(fold, event, event.path, 'tls', `TLS, ${sealed} bytes`),
    };
  const told = toldWhileIdle(fold.access, event);
  if (told !== undefined)
    return {
      ...step(kind, 'pass', { key: 'mark.imap.told', params: { host: event.host, n: told } }, DWELL.trouble),
      flight: fly(short(line, 40)),
    };
  if (event.side === 'server') {
    fold.posted.delete(event.connection);
    const code = /^([2-5])\d\d/.exec(line)?.[1];
    const tone: Tone = code === '5' ? 'fail' : code === '4' ? 'soft' : 'info';
    return {
      ...step(kind, tone, { key: 'mark.replied', params: { host: event.host, line: short(line) } }, pace),
      flight: fly(short(line, 40)),
    };
  }
  if (info.inText && !typed) {
    // One envelope, however many segments the text takes.
    if (fold.posted.has(event.connection)) return undefined;
    fold.posted.add(event.connection);
    const entry =
      info.queueId === undefined ? undefined : messages.byEntry.get(`${info.client} ${info.queueId}`);
    return {
      ...step(
        kind,
        'info',
        { key: 'mark.messageSent', params: { from: event.host, to: event.toHost } },
        protocol === 'lmtp' ? DWELL.localMessage : DWELL.message,
      ),
      flight: fly('', entry ?? ''),
      ...(entry === undefined ? {} : { message: entry }),
    };
  }
  if (info.inText) {
    const dot = /(?:^|\n)\.\r?\n$/.test(event.bytes);
    return {
      ...step(
        kind,
        'info',
        dot ? { key: 'mark.finalDot' } : { key: 'mark.textLine', params: { line: short(line) } },
        dot ? DWELL.typed : DWELL.textLine,
      ),
      // With the dot the letter is complete; from here on it is drawn as one.
      flight: dot ? fly('', '') : fly(short(line, 40)),
    };
  }
  return {
    ...step(kind, 'info', { key: 'mark.said', params: { host: event.toHost, line: short(line) } }, pace),
    flight: fly(short(line, 40)),
  };
}

function flight(
  fold: MarkFold,
  event: { readonly seq: number; readonly at: number; readonly arrives: number },
  path: readonly string[],
  kind: FlightView['kind'],
  label: string,
  message?: string,
): FlightView {
  return {
    seq: event.seq,
    path: path.filter((name) => !fold.internet.has(name)),
    departs: event.at,
    arrives: event.arrives,
    kind,
    ...(message === undefined ? {} : { message }),
    label,
  };
}

function passed(ms: number): Phrase {
  const of = (key: string, unit: number): Phrase => ({ key, params: { n: Math.round(ms / unit) } });
  if (ms < 2 * MINUTE) return of('mark.passed.seconds', SECOND);
  if (ms < 2 * HOUR) return of('mark.passed.minutes', MINUTE);
  return ms < 2 * DAY ? of('mark.passed.hours', HOUR) : of('mark.passed.days', DAY);
}

function firstLine(bytes: string): string {
  const end = bytes.indexOf('\n');
  return fromUtf8(latin1((end < 0 ? bytes : bytes.slice(0, end)).slice(0, 1000).replace(/\r$/, '')));
}

function short(text: string, limit = 90): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

function plain(name: string): string {
  return name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
