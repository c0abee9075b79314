// What survives? One message by each way to each receiver: straight, through the forwarder, through the list, with every
// mitigation. Each row is a copy of the running world in which that setting is made and one message really sent; what is
// told is read from the copy's trace. Nothing here knows an outcome beforehand.

import { callFromOutside, configure, runUntilQuiet } from '../host/kernel.ts';
import type { MailingListConfig, MailingListState } from '../host/list/config.ts';
import type { MtaConfig } from '../host/mta/config.ts';
import type { SenderConfig, SenderMessage } from '../host/sender.ts';
import type { ProgramConfig } from '../host/programs.ts';
import type { ProgramState } from '../host/program.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { fork, type World } from '../world/world.ts';
import { dkimResult } from './hosts.ts';
import { follow, openJournal } from './journal.ts';
import type { OutcomeCell, OutcomePlan, OutcomeWay } from './outcome-types.ts';
import { whyEvent } from './why.ts';

const MINUTE = 60_000;

interface Place {
  readonly host: string;
  readonly program: string;
}

interface Relays {
  readonly author: Place & { readonly message: SenderMessage };
  readonly forwarder?: Place & { readonly alias: string };
  readonly list?: Place & { readonly address: string };
  readonly columns: OutcomePlan['columns'];
}

function programs(world: World): { readonly place: Place; readonly state: ProgramState }[] {
  return [...world.machine.state.hosts.values()].flatMap((host) =>
    [...host.programs].map(([program, state]) => ({ place: { host: host.name, program }, state })),
  );
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Finds author, relays and receivers of a world; undefined when it has nobody in between. */
function relaysOf(world: World): Relays | undefined {
  const all = programs(world);
  const mtas = all.flatMap(({ place, state }) =>
    state.kind === 'mta' ? [{ place, config: state.config as MtaConfig }] : [],
  );
  const listed = all.find(({ state }) => state.kind === 'mailingList');
  const forwarding = mtas.find(({ config }) => (config.virtualAliasDomains?.length ?? 0) > 0);
  if (listed === undefined && forwarding === undefined) return undefined;
  const listConfig = listed?.state.config as MailingListConfig | undefined;
  const address = listConfig === undefined ? undefined : `${listConfig.name}@${listConfig.domain}`;
  const aliasDomain = forwarding?.config.virtualAliasDomains?.[0] ?? '';
  // Whoever writes to one of them in this world is the author.
  const author = all
    .flatMap(({ place, state }) =>
      state.kind === 'sender'
        ? (state.config as SenderConfig).messages.map((message) => ({ ...place, message }))
        : [],
    )
    .find(({ message }) => message.recipient === address || domainOf(message.recipient) === aliasDomain);
  if (author === undefined) return undefined;
  const between = [author.host, listed?.place.host, forwarding?.place.host];
  const columns = mtas
    .filter(({ place, config }) => config.verify !== undefined && !between.includes(place.host))
    .flatMap(({ place, config }) => {
      const own = (one: string): boolean => config.virtualMailboxDomains.includes(domainOf(one));
      const reader =
        listConfig?.members.find(own) ??
        config.virtualMailboxMaps.find((one) => own(one) && !/^(?:postmaster|abuse)@/.test(one));
      return reader === undefined ? [] : [{ host: place.host, reader }];
    });
  return {
    author,
    columns,
    ...(forwarding === undefined
      ? {}
      : { forwarder: { ...forwarding.place, alias: `reader@${aliasDomain}` } }),
    ...(listed === undefined || address === undefined ? {} : { list: { ...listed.place, address } }),
  };
}

/** The ways that there are in this world, and the receivers; undefined when it has neither forwarder nor list. */
export function outcomePlan(world: World): OutcomePlan | undefined {
  const relays = relaysOf(world);
  if (relays === undefined) return undefined;
  const config = (place: Place | undefined): unknown =>
    place === undefined
      ? undefined
      : world.machine.state.hosts.get(place.host)?.programs.get(place.program)?.config;
  const forwarder = config(relays.forwarder) as MtaConfig | undefined;
  const list = config(relays.list) as MailingListConfig | undefined;
  const ways: OutcomeWay[] = ['direct'];
  if (forwarder !== undefined) ways.push('forward');
  if (forwarder?.srs !== undefined) ways.push('forward.srs');
  if (forwarder?.arcSeal !== undefined) ways.push('forward.arc');
  if (list !== undefined) ways.push('list', 'list.untouched', 'list.munge', 'list.wrap', 'list.reject');
  if (list?.arcSeal !== undefined) ways.push('list.arc');
  return { author: relays.author.message.reversePath, columns: relays.columns, ways };
}

/** Sends one message by one way on a copy of the world; one cell for each receiver. The world stays as it is. */
export function outcomesOf(world: World, way: OutcomeWay): readonly OutcomeCell[] {
  const relays = relaysOf(world);
  if (relays === undefined) return [];
  const copy = fork(world);
  const start = copy.machine.trace.length;
  const recipients = prepare(copy, relays, way);
  const { host, program, message } = relays.author;
  const messages = recipients.map((recipient, i) => ({ ...message, name: `probe ${i}`, recipient }));
  for (const { place, state } of programs(copy))
    if (state.kind === 'sender')
      change<SenderConfig>(state, {
        messages: place.host === host && place.program === program ? messages : [],
      });
  for (const { name } of messages) {
    callFromOutside(copy.machine, host, program, { type: 'send', message: name }, undefined);
    runUntilQuiet(copy.machine, copy.machine.state.net.now + 15 * MINUTE);
  }
  const journal = openJournal(copy.description, copy.machine.trace, copy.machine.kept);
  follow(journal);
  const happened = copy.machine.trace.slice(start);
  return relays.columns.map((column) => {
    const found = cellOf(happened, column);
    if (found.seq === undefined) return found.cell;
    const { title, plain, rules } = whyEvent(journal, copy.machine.trace[found.seq - 1] as TraceEvent);
    return { ...found.cell, why: { title, plain, rules } };
  });
}

function change<Config extends ProgramConfig>(state: ProgramState, changes: Partial<Config>): void {
  configure(state, { ...(state.config as Config), ...changes });
}

/** Makes the settings of a way, and answers whom the author writes to. */
function prepare(copy: World, { forwarder, list, columns }: Relays, way: OutcomeWay): readonly string[] {
  const readers = columns.map(({ reader }) => reader);
  const at = (place: Place): ProgramState | undefined =>
    copy.machine.state.hosts.get(place.host)?.programs.get(place.program);
  if (way.startsWith('forward') && forwarder !== undefined) {
    const state = at(forwarder);
    if (state === undefined) return [];
    const { srs, arcSeal } = state.config as MtaConfig;
    change<MtaConfig>(state, {
      virtualAliasMaps: [`${forwarder.alias} ${readers.join(', ')}`],
      ...(srs === undefined ? {} : { srs: { ...srs, isOn: way === 'forward.srs' } }),
      ...(arcSeal === undefined ? {} : { arcSeal: { ...arcSeal, isOn: way === 'forward.arc' } }),
    });
    return [forwarder.alias];
  }
  if (way.startsWith('list') && list !== undefined) {
    const state = at(list);
    if (state === undefined) return [];
    const { arcSeal } = state.config as MailingListConfig;
    const isTouched = way !== 'list.untouched';
    const mitigation =
      way === 'list.munge' || way === 'list.wrap' || way === 'list.reject' ? way.slice(5) : 'none';
    change<MailingListConfig>(state, {
      subjectTag: isTouched,
      footer: isTouched,
      mitigation: mitigation as MailingListConfig['mitigation'],
      ...(arcSeal === undefined ? {} : { arcSeal: { ...arcSeal, isOn: way === 'list.arc' } }),
    });
    // One reader at each receiver is enough, and the author must be a member to post.
    const { members } = state.state as MailingListState;
    const author = relaysOf(copy)?.author.message.reversePath ?? '';
    members.clear();
    for (const address of [author, ...readers])
      members.set(address.toLowerCase(), { address, score: 0, lastBounceAt: undefined });
    return [list.address];
  }
  return readers;
}

/** What became of the message at one receiver, and the event that decided. */
function cellOf(
  happened: readonly TraceEvent[],
  { host, reader }: OutcomePlan['columns'][number],
): { readonly cell: OutcomeCell; readonly seq?: number } {
  const last = <T extends TraceEvent['type']>(type: T): EventOf<T> | undefined =>
    happened.filter((event): event is EventOf<T> => event.type === type && event.host === host).at(-1);
  const spf = last('auth.spf');
  const dkim = last('auth.dkim');
  const dmarc = last('auth.dmarc');
  const arc = last('auth.arc');
  const results = {
    ...(spf === undefined ? {} : { spf: { result: spf.verdict.result, domain: spf.verdict.domain } }),
    ...(dkim === undefined ? {} : { dkim: { result: dkimResult(dkim.verdicts), domains: passing(dkim) } }),
    ...(dmarc === undefined
      ? {}
      : { dmarc: { result: dmarc.verdict.result, overrides: dmarc.decision.overrides } }),
    ...(arc === undefined || arc.verdict.result === 'none'
      ? {}
      : { arc: { result: arc.verdict.result, isTrusted: arc.trust.isTrusted } }),
  };
  const delivered = happened.find(
    (event): event is EventOf<'mailbox.delivered'> =>
      event.type === 'mailbox.delivered' && event.recipient.toLowerCase() === reader.toLowerCase(),
  );
  if (delivered !== undefined)
    return {
      cell: { host, place: delivered.folder === 'Junk' ? 'junk' : 'inbox', ...results },
      seq: dmarc?.seq ?? delivered.seq,
    };
  const refused = happened.find(
    (event): event is EventOf<'smtp.server'> =>
      event.type === 'smtp.server' &&
      event.host === host &&
      event.note.kind === 'reply' &&
      event.note.reply.code >= 400 &&
      (event.note.to === 'RCPT' || event.note.to === 'END-OF-MESSAGE'),
  );
  if (refused?.note.kind === 'reply') {
    const { reply } = refused.note;
    return {
      cell: {
        host,
        place: reply.code < 500 ? 'deferred' : 'refused',
        reply: `${reply.code} ${reply.enhanced ?? ''} ${reply.lines.join(' ')}`.replace(/ +/g, ' '),
        ...results,
      },
      seq: (refused.note.to === 'RCPT' ? spf : dmarc)?.seq ?? refused.seq,
    };
  }
  const decided = happened.find(
    (event): event is EventOf<'list.decided'> => event.type === 'list.decided' && event.action === 'reject',
  );
  return decided === undefined
    ? { cell: { host, place: 'nowhere', ...results } }
    : { cell: { host, place: 'list', ...results }, seq: decided.seq };
}

const passing = (event: EventOf<'auth.dkim'>): string[] =>
  event.verdicts.filter(({ result }) => result === 'pass').map(({ domain }) => domain);
