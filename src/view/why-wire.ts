// What a step on the wires means: a command, a reply, a DNS answer, a connection that did not come about, a zone that was
// published, time that passed.

import { latin1 } from '../base/bytes.ts';
import { recordText } from '../dns/records.ts';
import { decodeMessage, rcodeName } from '../dns/wire.ts';
import { withoutDot } from '../dns/name.ts';
import { OPCODE_NOTIFY } from '../dns/zone-transfer.ts';
import { typeName } from '../dns/records.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { protocolOf } from './connections.ts';
import type { Journal } from './journal.ts';
import { answersAtOnce } from './marks-dns.ts';
import { addSteps } from './why-dns.ts';
import { openZone, type WhyDraft } from './why-base.ts';
import { settingsOf } from './why-tls.ts';
import { wireLines } from './wire.ts';

/** What swallowed a packet, and, for a provider's shut port, why that is a good thing. */
function dropped(journal: Journal, event: EventOf<'net.drop'>, view: WhyDraft): void {
  const { by, reason, to } = event;
  view.plain.push({ key: `why.dropped.${reason}`, params: { by, port: to.port } });
  const isRouter = journal.description.hosts.find(({ name }) => name === by)?.role === 'router';
  if (reason !== 'firewall' || to.port !== 25 || !isRouter) return;
  view.plain.push({ key: 'why.portShut' });
  settingsOf(journal, by, view);
}

/** A connection timed out: whoever swallowed its packet was told of when it was opened. */
function swallowed(journal: Journal, event: EventOf<'net.connectFailed'>, view: WhyDraft): void {
  const opened = journal.connections.get(event.connection)?.openedSeq;
  const next = opened === undefined ? undefined : journal.trace[opened];
  if (next?.type === 'net.drop' && next.to.address === event.to.address) dropped(journal, next, view);
}

export function whyWire(journal: Journal, event: TraceEvent, view: WhyDraft): WhyDraft {
  switch (event.type) {
    case 'net.data':
      return conversation(journal, event, event.connection, view);
    case 'smtp.server':
    case 'smtp.client':
      return conversation(journal, event, event.connection, view);
    case 'net.connected': {
      const info = journal.connections.get(event.connection);
      view.plain.push({
        key: 'why.connected',
        params: { server: info?.server ?? '', port: info?.to.port ?? 0 },
      });
      view.sections.push({
        type: 'wire',
        title: { key: 'why.wire' },
        lines: linesOf(journal, event.connection, event.seq),
      });
      return view;
    }
    case 'net.connectFailed':
      view.plain.push({
        key: `why.connectFailed.${event.reason}`,
        params: { address: event.to.address, port: event.to.port },
      });
      if (event.reason === 'timedOut') swallowed(journal, event, view);
      return view;
    case 'net.drop':
      dropped(journal, event, view);
      return view;
    case 'net.datagram':
      return dns(journal, event, view);
    case 'dns.lookup':
      view.plain.push({
        key: 'why.dnsTimeout',
        params: { name: withoutDot(event.question.name), type: event.question.type },
      });
      addSteps(journal, event, view);
      return view;
    case 'zone.published':
      view.plain.push({
        key: 'why.zone.published',
        params: { zone: withoutDot(event.zone), serial: event.serial },
      });
      view.plain.push({ key: 'why.zone.caches' });
      view.actions.push(...openZone(journal, event.zone, 'SOA'));
      return view;
    case 'zone.rejected':
      view.plain.push({
        key: 'why.zone.rejected',
        params: { zone: withoutDot(event.zone), n: event.errors.length },
      });
      view.actions.push(...openZone(journal, event.zone, 'SOA'));
      return view;
    case 'program.configured':
      view.plain.push({
        key: 'why.configured',
        params: { host: event.host, program: event.program, setting: event.setting },
      });
      return view;
    case 'world.pass':
      view.plain.push({ key: 'why.passed' });
      return view;
    default:
      return view;
  }
}

function linesOf(journal: Journal, connection: number, around: number) {
  return wireLines(journal.connections, journal.trace, connection, around);
}

function conversation(journal: Journal, event: TraceEvent, connection: number, view: WhyDraft): WhyDraft {
  const info = journal.connections.get(connection);
  const replied = replyBehind(journal, event, connection);
  if (replied !== undefined) {
    const { reply } = replied.note;
    view.plain.push({ key: `why.reply.${Math.floor(reply.code / 100)}`, params: { code: reply.code } });
    const meaning = REPLIES.find(([pattern]) =>
      pattern.test(`${reply.enhanced ?? ''} ${reply.lines.join(' ')}`),
    );
    if (meaning !== undefined)
      view.plain.push({ key: `why.reply.${meaning[1]}`, params: { host: replied.host } });
    const name =
      replied.note.to === 'END-OF-MESSAGE' ? eightBitHeader(journal, event.seq, connection) : undefined;
    if (name !== undefined) {
      view.plain.push({ key: 'why.reply.header8bit', params: { name } });
      view.rules.push({ rule: 'RFC 6532 §3' });
    }
    if (replied.rule !== undefined && !view.rules.some((one) => one.rule === replied.rule))
      view.rules.push({ rule: replied.rule });
  } else if (event.type === 'net.data' && event.side === 'client') {
    const verb = /^(EHLO|HELO|LHLO|MAIL|RCPT|DATA|RSET|NOOP|QUIT|VRFY|STARTTLS|AUTH)\b/i.exec(
      event.bytes,
    )?.[1];
    const text = journal.marks.bySeq.get(event.seq)?.text.key ?? '';
    if (text === 'mark.messageSent') view.plain.push({ key: 'why.said.message' });
    else if (text === 'mark.textLine' || text === 'mark.finalDot')
      view.plain.push({ key: `why.said.${text.slice(5)}` });
    else if (verb !== undefined) view.plain.push({ key: `why.said.${verb.toUpperCase()}` });
  }
  if (info !== undefined && protocolOf(info.to.port) === 'lmtp') view.plain.push({ key: 'why.lmtp' });
  view.sections.push({
    type: 'wire',
    title: { key: 'why.wire' },
    lines: linesOf(journal, connection, event.seq),
  });
  return view;
}

/** HDR-8BIT: the field of the message just read that holds bytes beyond ASCII without SMTPUTF8. */
function eightBitHeader(journal: Journal, before: number, connection: number): string | undefined {
  for (let seq = before; seq > 0; seq--) {
    const event = journal.trace[seq - 1];
    if (event?.type === 'smtp.server' && event.connection === connection && event.note.kind === 'content')
      return event.note.eightBitHeader;
  }
  return undefined;
}

/** The reply that a segment of a server carries, as its session decided it. */
function replyBehind(journal: Journal, event: TraceEvent, connection: number) {
  if (event.type === 'net.data' && event.side !== 'server') return undefined;
  if (event.type === 'smtp.client') return undefined;
  for (let seq = event.seq; seq > 0 && seq > event.seq - 400; seq--) {
    const before = journal.trace[seq - 1];
    if (before?.type !== 'smtp.server' || before.connection !== connection) continue;
    if (before.note.kind === 'reply') return { note: before.note, rule: before.rule, host: before.host };
    // The note asked about is a command: its reply comes after it.
    if (before.note.kind === 'command') break;
  }
  for (let seq = event.seq; seq < event.seq + 400; seq++) {
    const after = journal.trace[seq];
    if (after?.type === 'smtp.server' && after.connection === connection && after.note.kind === 'reply')
      return { note: after.note, rule: after.rule, host: after.host };
  }
  return undefined;
}

/** What replies that learners meet often are about, first match. */
const REPLIES: readonly (readonly [RegExp, string])[] = [
  [/Relay access denied/i, 'relay'],
  [/User unknown/i, 'userUnknown'],
  [/Sender address rejected: Domain not found/i, 'senderDomain'],
  [/I can break rules, too/i, 'notSmtp'],
  [/need MAIL|need RCPT|nested MAIL|send HELO|send EHLO|no valid recipients/i, 'order'],
  [/Syntax:|Bad (?:sender|recipient) address syntax/i, 'syntax'],
  [/not recognized|not implemented/i, 'unknownCommand'],
  [/synchronization/i, 'tooFast'],
  [/queued as/i, 'queued'],
  [/End data with/i, 'data'],
  [/DMARC (?:policy|verification)/i, 'dmarc'],
  [/SPF fail - not authorized/i, 'spfFail'],
  [/SPF (?:Permanent|Temporary) Error/i, 'spfError'],
  [/cannot find your (?:reverse )?hostname/i, 'reverseName'],
  [/blocked using/i, 'blockList'],
  [/SRS address|Time stamp out of date/i, 'srs'],
];

function dns(journal: Journal, event: EventOf<'net.datagram'>, view: WhyDraft): WhyDraft {
  const decoded = decodeMessage(latin1(event.bytes));
  if (!decoded.ok) return view;
  const { questions, answers, authority, additional, flags, rcode, edns, opcode } = decoded.value;
  const question = questions[0];
  const name = withoutDot(question?.name ?? '.');
  const resolver = journal.marks.resolvers.has(event.host);
  const seconds = Math.min(...answers.map((record) => record.ttl), Infinity);
  if (opcode === OPCODE_NOTIFY) {
    view.plain.push({ key: 'why.notify' });
    return view;
  }
  const params = { server: event.host, name, ...(Number.isFinite(seconds) ? { n: seconds } : {}) };
  if (!resolver) view.plain.push({ key: flags.aa ? 'why.dns.authoritative' : 'why.dns.referral', params });
  else
    view.plain.push({
      key: answersAtOnce(event, journal.trace) ? 'why.dns.cached' : 'why.dns.recursive',
      params,
    });
  if (Number.isFinite(seconds)) view.plain.push({ key: 'why.dns.ttl', params });
  if (resolver) addSteps(journal, event, view);
  const extended = edns?.extendedError;
  view.sections.push({
    type: 'facts',
    title: { key: 'why.dns.title' },
    facts: [
      { label: { key: 'why.fact.question' }, value: `${name} ${typeName(question?.type ?? 0)}` },
      { label: { key: 'why.fact.status' }, value: rcodeName(rcode) },
      ...(flags.ad ? [{ label: { key: 'why.fact.validated' }, value: 'AD' }] : []),
      ...(extended === undefined
        ? []
        : [{ label: { key: 'why.fact.extended' }, value: `${extended.code} ${extended.text}`.trim() }]),
      ...[...answers, ...authority, ...additional].slice(0, 20).map((record) => ({
        label: {
          key: answers.includes(record)
            ? 'why.fact.answer'
            : authority.includes(record)
              ? 'why.fact.authority'
              : 'why.fact.additional',
        },
        value: recordText(record),
      })),
    ],
  });
  view.actions.push(...openZone(journal, question?.name ?? '.', typeName(question?.type ?? 0)));
  return view;
}
