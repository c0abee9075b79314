// What a mailing list does with a message: guards against loops, the rules for members and for authors whose domain asks
// to reject, distribution, commands by mail, and the count of bounces that unsubscribes members. RFC 3834 §2 for the
// guards, RFC 3464 for the reports.

import { authorOf } from '../../auth/author.ts';
import { checkDmarc } from '../../auth/dmarc.ts';
import type { DmarcPolicy } from '../../auth/dmarc-record.ts';
import type { Asking } from '../../dns/lookup.ts';
import { allFields, firstField, parseMessage } from '../../message/header.ts';
import { splitAddress } from '../mta/access.ts';
import { ownResults, seal } from '../mta/seal.ts';
import { startPolicy } from '../policy.ts';
import type { Os } from '../program.ts';
import { countBounces } from './bounces.ts';
import { distribute } from './compose.ts';
import {
  listAddress,
  type ListDecision,
  type ListReason,
  type Incoming,
  type MailingListConfig,
  type MailingListState,
  type PostJob,
} from './config.ts';
import { note, queue } from './outbox.ts';

const ROLES = ['bounces', 'request', 'join', 'leave', 'owner'] as const;
type Role = 'post' | (typeof ROLES)[number];

/** What an address of the list is for; undefined when it is none. */
export function roleOf(config: MailingListConfig, address: string): Role | undefined {
  const { localPart, domain } = splitAddress(address.toLowerCase());
  const base = localPart.split('+')[0];
  if (domain !== config.domain.toLowerCase()) return undefined;
  if (base === config.name.toLowerCase()) return 'post';
  return ROLES.find((role) => base === `${config.name.toLowerCase()}-${role}`);
}

/** Takes a message into responsibility and decides what becomes of it, now or when the DNS has answered. */
export function take(state: MailingListState, incoming: Incoming, os: Os): void {
  const { config } = state;
  const post = `${config.name}-${state.nextPost++}`;
  const role = roleOf(config, incoming.address) ?? 'owner';
  const message = os.keep(incoming.text);
  os.cause = os.emit({
    type: 'list.accept',
    list: config.name,
    post,
    message,
    role,
    connection: incoming.connection,
    reversePath: incoming.reversePath,
  });
  const decide = (action: 'discard' | 'count' | 'command' | 'forward', reason: ListReason): void => {
    os.cause = decided(state, post, { action, reason, mitigation: 'none', changes: [], members: 0 }, os);
  };
  const parsed = parseMessage(incoming.text);
  const isLoop = allFields(parsed, 'X-BeenThere').some(
    ({ value }) => value.toLowerCase() === listAddress(config).toLowerCase(),
  );
  const isAutomatic =
    incoming.reversePath === '' ||
    /^(?!no\b)/i.test(firstField(parsed, 'Auto-Submitted')?.value ?? 'no') ||
    /^(?:bulk|junk|list)$/i.test(firstField(parsed, 'Precedence')?.value ?? '');
  switch (role) {
    case 'bounces':
      decide('count', 'bounce');
      countBounces(state, incoming, os);
      return;
    case 'owner':
      decide('forward', 'owner');
      queue(state, post, listAddress(config, 'bounces'), [config.owner], incoming.text, os);
      return;
    case 'request':
    case 'join':
    case 'leave':
      if (isLoop || isAutomatic) return decide('discard', isLoop ? 'loop' : 'automatic');
      decide('command', 'command');
      return command(state, role, incoming.reversePath, os);
    case 'post': {
      if (isLoop || isAutomatic) return decide('discard', isLoop ? 'loop' : 'automatic');
      const job: PostJob = { post, message, cause: os.cause };
      startPolicy(
        state.desk,
        job,
        os,
        (one: PostJob) => policyOf(one, os),
        (one: PostJob, policy: DmarcPolicy | undefined) => policyKnown(state, one, policy, os),
      );
    }
  }
}

/** What the author's domain asks of others, as DMARC finds it. */
export function* policyOf(job: PostJob, os: Os): Asking<DmarcPolicy | undefined> {
  const author = authorOf(os.kept(job.message));
  const verdict = yield* checkDmarc({ author, spf: { result: 'none', domain: '' }, dkim: [] });
  return verdict.policy;
}

function decided(state: MailingListState, post: string, what: ListDecision, os: Os): number {
  const rule = what.mitigation === 'none' ? RULES[what.reason] : 'RFC 9989 §7.4';
  return os.emit({ type: 'list.decided', list: state.config.name, post, ...what }, rule);
}

const RULES: Readonly<Partial<Record<ListReason, string>>> = {
  member: 'RFC 5321 §3.9.2',
  loop: 'RFC 3834 §2',
  automatic: 'RFC 3834 §2',
  bounce: 'RFC 3464 §2',
  dmarcPolicy: 'RFC 9989 §7.4',
};

/** The policy of the author's domain is known: distribute the post, or refuse it with a note. */
export function policyKnown(
  state: MailingListState,
  job: PostJob,
  policy: DmarcPolicy | undefined,
  os: Os,
): void {
  const { config } = state;
  const raw = os.kept(job.message);
  const author = authorOf(raw);
  const address = author.addresses[0] ?? '';
  os.cause = job.cause;
  const asked = policy === undefined ? {} : { policy };
  const refuse = (reason: ListReason, text: string): void => {
    os.cause = decided(
      state,
      job.post,
      { action: 'reject', reason, mitigation: 'none', changes: [], members: 0, ...asked },
      os,
    );
    os.log('mailman', `${config.name}: post from ${address} rejected: ${text}`);
    note(state, address, `Your message to ${config.title} was rejected`, text, os);
  };
  if (!state.members.has(address.toLowerCase()))
    return refuse('notMember', 'Only members of the list may post to it.');
  const asks = policy === 'reject' || policy === 'quarantine';
  const mitigation = config.mitigateAlways || asks ? config.mitigation : 'none';
  if (mitigation === 'reject')
    return refuse(
      'dmarcPolicy',
      `The domain ${author.domain ?? ''} asks receivers to refuse mail that does not come from its own servers ` +
        '(DMARC). A list cannot keep that promise, so it does not distribute your post.',
    );
  const members = [...state.members.values()].map((member) => member.address);
  const stamp = { now: os.now, zoneMinutes: os.host.zoneMinutes, post: job.post };
  const made = distribute(raw, config, mitigation, stamp);
  const isSealing = config.arcSeal?.isOn === true;
  os.cause = decided(
    state,
    job.post,
    {
      action: 'distribute',
      reason: 'member',
      mitigation,
      changes: isSealing ? [...made.changes, 'sealed'] : made.changes,
      members: members.length,
      ...asked,
    },
    os,
  );
  const text = isSealing ? sealed(config, job.post, raw, made.text, os) : made.text;
  os.log('mailman', `${config.name}: post from ${address} to ${members.length} members`);
  if (config.verp)
    for (const member of members) queue(state, job.post, verpSender(config, member), [member], text, os);
  else if (members.length > 0) queue(state, job.post, listAddress(config, 'bounces'), members, text, os);
}

/** RFC 8617: what the own server found when the post came in, over the message as it leaves. */
function sealed(config: MailingListConfig, post: string, raw: string, text: string, os: Os): string {
  const found = ownResults(raw, config.trustedAuthservId);
  return config.arcSeal === undefined || found === undefined
    ? text
    : seal(config.arcSeal, post, text, found.results, found.chain, os);
}

/** `garden-bounces+bob=hafen.example@linde.example` */
export function verpSender(config: MailingListConfig, member: string): string {
  const { localPart, domain } = splitAddress(member);
  return `${config.name}-bounces+${localPart}=${domain}@${config.domain}`;
}

/** Subscribe and unsubscribe by mail, with a note that says so. */
function command(state: MailingListState, role: 'request' | 'join' | 'leave', sender: string, os: Os): void {
  const { config, members } = state;
  const key = sender.toLowerCase();
  if (role === 'request')
    return note(
      state,
      sender,
      `Help for the ${config.title} mailing list`,
      `To join, write to ${listAddress(config, 'join')}; to leave, to ${listAddress(config, 'leave')}.`,
      os,
    );
  if (role === 'join' && !members.has(key)) {
    members.set(key, { address: sender, score: 0, lastBounceAt: undefined });
    os.cause = os.emit({ type: 'list.member', list: config.name, member: sender, change: 'joined' });
    note(state, sender, `Welcome to the ${config.title} mailing list`, 'You are a member now.', os);
  }
  if (role === 'leave' && members.delete(key)) {
    os.cause = os.emit({ type: 'list.member', list: config.name, member: sender, change: 'left' });
    note(state, sender, `You have left the ${config.title} mailing list`, 'You are no member any more.', os);
  }
}
