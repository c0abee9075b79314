// Why for what happens between origin and destination: checks of the client, SRS, ARC, and mailing lists.

import type { EventOf } from '../host/events.ts';
import type { Journal } from './journal.ts';
import type { Phrase } from './types.ts';
import { logAround, openZone, type WhyDraft } from './why-base.ts';
import { settingsOf } from './why-tls.ts';

export type RelayEvent = EventOf<
  | 'client.checked'
  | 'auth.arc'
  | 'auth.sealed'
  | 'queue.srs'
  | 'client.greylisted'
  | 'content.found'
  | 'queue.alias'
  | 'queue.bound'
  | 'list.accept'
  | 'list.decided'
  | 'list.copy'
  | 'list.result'
  | 'list.bounce'
  | 'list.member'
>;

export function whyRelay(journal: Journal, event: RelayEvent, view: WhyDraft): WhyDraft {
  const say = (key: string, params: Phrase['params'] = {}): void => void view.plain.push({ key, params });
  const facts = (rows: readonly (readonly [string, string])[]): void =>
    void view.sections.push({
      type: 'facts',
      title: { key: 'why.fact.details' },
      facts: rows
        .filter(([, value]) => value !== '')
        .map(([name, value]) => ({ label: { key: `why.fact.${name}` }, value })),
    });
  let words: readonly string[] = [];
  switch (event.type) {
    case 'client.checked': {
      const { address, name = '', list = '', text = '' } = event;
      say(`why.client.${event.check}`, { address, list });
      say(`why.client.${event.check}.${event.result}`, { address, name, list });
      facts([
        ['addresses', address],
        ['reverseName', name],
        ['blockList', list],
        ['listSays', text],
      ]);
      words = [address];
      break;
    }
    case 'queue.srs': {
      const { address, result, problem } = event;
      say(`why.srs.${problem === undefined ? event.direction : 'refused'}`, {
        address,
        result,
        problem: problem ?? '',
      });
      if (event.direction === 'forward') say('why.srs.alignment');
      facts([
        ['srsFrom', address],
        ['srsTo', result],
        ['answer', problem ?? ''],
      ]);
      words = [address];
      break;
    }
    case 'client.greylisted': {
      const { verdict, address, sender, recipient } = event;
      say('why.greylist.what');
      const key =
        verdict.action === 'greylist' ? verdict.reason : verdict.reason === 'client AWL' ? 'known' : 'pass';
      say(`why.greylist.${key}`, { address });
      facts([
        ['addresses', address],
        ['reversePath', sender === '' ? '<>' : sender],
        ['recipient', recipient],
      ]);
      words = [`client_address=${address}`];
      settingsOf(journal, event.host, view);
      break;
    }
    case 'content.found':
      say(`why.content.${event.finding.kind}`);
      say('why.content.test');
      words = [event.queueId];
      settingsOf(journal, event.host, view);
      break;
    case 'queue.alias': {
      const { table, address, targets, followed, loop } = event;
      const params = { address, n: targets.length };
      say(loop === undefined ? `why.alias.${table}` : `why.aliasLoop.${loop}`, params);
      if (followed.length > 1 && loop === undefined) say('why.alias.nested', { n: followed.length });
      facts([
        ['recipient', address],
        ['aliases', followed.join(', ')],
        ['aliasTargets', targets.join(', ')],
      ]);
      words = [event.queueId];
      settingsOf(journal, event.host, view);
      break;
    }
    case 'queue.bound':
      say('why.hopBudget', { limit: event.limit });
      words = [event.queueId];
      break;
    case 'auth.sealed':
      say('why.arc.historic');
      say('why.arc.sealed', { domain: event.domain });
      facts([
        ['domain', event.domain],
        ['selector', event.selector],
        ['instance', String(event.instance)],
        ['chain', event.chain],
      ]);
      words = [event.queueId];
      break;
    case 'auth.arc':
      arc(journal, event, view, say);
      words = [event.queueId];
      break;
    case 'list.accept':
      say('why.list.accept', { list: event.list });
      break;
    case 'list.decided': {
      const { action, reason, mitigation, changes, list, members, policy = '' } = event;
      const params = { list, n: members, policy };
      say(`why.list.${action}.${action === 'distribute' ? mitigation : reason}`, params);
      for (const change of changes) say(`why.list.changed.${change}`, params);
      if (action === 'distribute' && changes.length === 0) say('why.list.unchanged');
      if (policy === 'reject' && action === 'distribute' && mitigation === 'none' && changes.length > 0)
        say('why.list.danger', params);
      break;
    }
    case 'list.copy':
      say('why.list.copy', { sender: event.reversePath });
      facts([
        ['reversePath', event.reversePath],
        ['recipients', event.recipients.join(', ')],
      ]);
      break;
    case 'list.result':
      say(`why.list.result.${event.status}`, { member: event.recipient });
      facts([['answer', event.text]]);
      break;
    case 'list.bounce': {
      const { member, score, threshold, status, text } = event;
      say('why.list.bounce', { member, score, threshold });
      if (!event.isCounted) say('why.list.bounceOncePerDay');
      if (/dmarc/i.test(text)) say('why.list.innocent', { member });
      facts([
        ['recipient', member],
        ['dsn', status],
        ['answer', text],
      ]);
      words = [member];
      break;
    }
    case 'list.member':
      say(`why.list.member.${event.change}`, { member: event.member, list: event.list });
      words = [event.member];
      break;
  }
  if (words.length > 0) view.sections.push(...logAround(journal, event.host, event.seq, words));
  return view;
}

/** The chain, set by set, and what this receiver makes of it. */
export function arc(
  journal: Journal,
  event: EventOf<'auth.arc'>,
  view: WhyDraft,
  say: (key: string, params?: Phrase['params']) => void,
): void {
  const { verdict, trust } = event;
  say('why.arc.historic');
  say(`why.arc.${verdict.result}`, { sealers: verdict.sealers.join(', ') });
  if (verdict.result === 'fail')
    say(`why.arc.reason.${verdict.reason}`, { n: verdict.failedAt?.instance ?? 0 });
  if (verdict.result === 'pass')
    say(`why.arc.trust.${trust.because}`, { strangers: trust.strangers.join(', ') });
  if (verdict.result !== 'none') view.sections.push({ type: 'arc', verdict, seq: event.seq });
  const first = verdict.instances.at(-1)?.seal;
  if (verdict.result === 'fail' && first !== undefined)
    view.actions.unshift(...openZone(journal, `${first.selector}._domainkey.${first.domain}`, 'TXT'));
}
