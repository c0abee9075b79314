// The hosts: what the description says of them for the map, and what the trace says of their queues and of the verdicts
// that they reached. Knows no message's way; that is messages.ts.

import type { TraceEvent } from '../host/events.ts';
import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import type { MtaConfig } from '../host/mta/mta.ts';
import type { WorldDescription } from '../world/description.ts';
import { newest, put, valueAt, type History } from './history.ts';
import { foldersOf, type FolderStates, type MailboxEntry, type MailboxOwner } from './mailboxes.ts';
import type { HostRole, HostState, HostView, LightView, Phrase, Tone } from './types.ts';

interface HostFold {
  /** Queue ids as they stand now; `queue` has how many there were. */
  readonly active: Set<string>;
  readonly deferred: Set<string>;
  readonly queue: History<HostState['queue']>;
  readonly lights: History<readonly LightView[]>;
  /** Sequence numbers of the events on it. */
  readonly seqs: number[];
}

export type Hosts = Map<string, HostFold>;

const ROLES: readonly HostRole[] = [
  'laptop',
  'desktop',
  'phone',
  'router',
  'mailServer',
  'mx',
  'mailboxes',
  'nameServer',
  'resolver',
  'forwarder',
  'mailingList',
  'sender',
  'impostor',
  'middlebox',
  'webServer',
  'internet',
];

export function openHosts(description: WorldDescription): Hosts {
  return new Map(
    description.hosts.map((host) => [
      host.name,
      { active: new Set(), deferred: new Set(), queue: [], lights: [], seqs: [] },
    ]),
  );
}

/** What the map needs to draw the hosts; nothing of it ever changes. */
export function hostViews(description: WorldDescription): readonly HostView[] {
  return description.hosts.map((host) => {
    const role = ROLES.find((known) => known === host.role);
    if (role === undefined) throw new Error(`world: ${host.name} has the role ${host.role}, which is none`);
    const mta = Object.values(host.programs ?? {}).find((program) => program.kind === 'mta');
    const config = mta?.config as Partial<MtaConfig> | undefined;
    return {
      name: host.name,
      role,
      domain: host.domain ?? '',
      addresses: host.addresses,
      owned: host.owned === true,
      judges: role === 'mx' || config?.verify !== undefined,
      shell: host.user !== undefined,
      mails: Object.values(host.programs ?? {}).some(({ kind }) => kind === 'mailClient'),
      facts: (host.facts ?? []).map((key) => fact(key, config)),
      column: host.column,
      row: host.row,
    };
  });
}

function fact(key: string, config: Partial<MtaConfig> | undefined): Phrase {
  const params: Record<string, string> = {};
  if (key === 'signs') {
    params['selector'] = config?.signing?.[0]?.selector ?? '';
    params['domain'] = config?.signing?.[0]?.domain ?? '';
  }
  if (key === 'mynetworks') params['networks'] = (config?.mynetworks ?? []).join(', ');
  return { key: `fact.${key}`, params };
}

/** The tone of an RFC 8601 result word. */
export function toneOfResult(result: string): Tone {
  switch (result) {
    case 'pass':
      return 'pass';
    case 'fail':
    case 'permerror':
      return 'fail';
    case 'none':
      return 'none';
    default:
      return 'soft';
  }
}

/** One word for all signatures of a message: the best of them, since one good signature is enough. */
export function dkimResult(verdicts: readonly DkimVerdict[]): string {
  return verdicts.find((verdict) => verdict.result === 'pass')?.result ?? verdicts[0]?.result ?? 'none';
}

export function foldHosts(hosts: Hosts, event: TraceEvent): void {
  const host = hosts.get(event.host);
  if (host === undefined) return;
  host.seqs.push(event.seq);
  switch (event.type) {
    case 'queue.accept':
    case 'queue.active':
      place(host, event.seq, event.queueId, 'active');
      break;
    case 'queue.deferred':
      place(host, event.seq, event.queueId, 'deferred');
      break;
    case 'queue.removed':
      place(host, event.seq, event.queueId, 'gone');
      break;
    case 'auth.spf':
      // SPF is judged first: with it the lights are those of a new message.
      light(host, [], 'spf', event.verdict.result, event.seq);
      break;
    case 'auth.dkim':
      light(host, newest(host.lights) ?? [], 'dkim', dkimResult(event.verdicts), event.seq);
      break;
    case 'auth.dmarc':
      light(host, newest(host.lights) ?? [], 'dmarc', event.verdict.result, event.seq);
      break;
    default:
      break;
  }
}

function place(host: HostFold, seq: number, queueId: string, where: 'active' | 'deferred' | 'gone'): void {
  const { active, deferred } = host;
  active.delete(queueId);
  deferred.delete(queueId);
  if (where === 'active') active.add(queueId);
  if (where === 'deferred') deferred.add(queueId);
  put(host.queue, seq, { active: active.size, deferred: deferred.size });
}

function light(
  host: HostFold,
  lights: readonly LightView[],
  check: LightView['check'],
  result: string,
  seq: number,
): void {
  const others = lights.filter((one) => one.check !== check);
  put(host.lights, seq, [...others, { check, result, tone: toneOfResult(result), seq }]);
}

/** Every host as it was right after event `seq`. */
export function hostStates(
  hosts: Hosts,
  owners: readonly MailboxOwner[],
  entries: readonly MailboxEntry[],
  folders: FolderStates,
  seq: number,
): readonly HostState[] {
  return [...hosts].map(([name, host]) => {
    const lastSeq = lastUpTo(host.seqs, seq);
    return {
      name,
      queue: valueAt(host.queue, seq) ?? { active: 0, deferred: 0 },
      lights: valueAt(host.lights, seq) ?? [],
      mailboxes: owners
        .filter((owner) => owner.host === name)
        .map((owner) => {
          const { user, address } = owner;
          const own = foldersOf(owner, entries, folders, seq);
          const junk = own.get('Junk')?.length ?? 0;
          const all = [...own.values()].reduce((sum, messages) => sum + messages.length, 0);
          return { user, address, inbox: all - junk, junk };
        }),
      ...(lastSeq === undefined ? {} : { lastSeq }),
    };
  });
}

/** The last number of an ascending list that is not above `limit`. */
export function lastUpTo(numbers: readonly number[], limit: number): number | undefined {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return numbers[low - 1];
}
