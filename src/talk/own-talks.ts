// The server that the transcripts `src/smtp/*.talk` are about: mx.blue.example, which knows bob and postmaster.

import { splitAddress } from '../smtp/grammar.ts';
import * as postfix from '../smtp/postfix.ts';
import { replyFromText } from '../smtp/reply.ts';
import { postfixConfig, type PostfixVersion, type ServerConfig } from '../smtp/session.ts';
import type { TalkTarget } from './run.ts';
import { sessionTarget, type TalkPolicy } from './session-target.ts';

/** `refuse`: what it greets with instead of taking mail. */
export type OwnTalkSettings = Partial<ServerConfig> & { refuse?: string };

function policy(settings: OwnTalkSettings): TalkPolicy {
  const recipient = (address: string): ReturnType<TalkPolicy> => {
    const { local, domain } = splitAddress(address);
    if (postfix.hasForeignRouting(address)) return { reply: postfix.relayAccessDenied(address) };
    if (domain !== '' && domain.toLowerCase() !== 'blue.example')
      return { reply: postfix.relayAccessDenied(address) };
    if (['bob', 'postmaster'].includes(local.toLowerCase())) return { ok: true };
    return { reply: postfix.userUnknown(address, 'virtual mailbox') };
  };
  return (question) => {
    switch (question.kind) {
      case 'connect':
        return settings.refuse === undefined ? { ok: true } : { reply: replyFromText(settings.refuse) };
      case 'sender': {
        const address = question.envelope.reversePath;
        const { domain } = splitAddress(address);
        if (domain === 'nx.example') return { reply: postfix.senderDomainNotFound(address) };
        if (domain === 'nullmx.example') return { reply: postfix.senderDomainNullMx(address) };
        if (address !== '' && domain === '') return { reply: postfix.addressNotQualified('Sender', address) };
        return { ok: true };
      }
      case 'recipient':
        return recipient(question.recipient.address);
      case 'verify':
        return recipient(question.address);
      case 'message':
        return { ok: true, queueId: '4TALK1' };
      case 'account':
        return { account: undefined };
      case 'tls':
      case 'helo':
      case 'data':
        return { ok: true };
    }
  };
}

/** A target with the settings of the transcript's `server:` line. */
export function ownTalkTarget(
  header: Readonly<Record<string, string>>,
  version?: PostfixVersion,
): TalkTarget {
  const settings = JSON.parse(header['server'] ?? '{}') as OwnTalkSettings;
  const { refuse, ...changes } = settings;
  const config = postfixConfig('mx.blue.example', changes, version);
  const made = sessionTarget(config, { address: '192.0.2.7', name: 'mua.red.example' }, policy({ refuse }));
  return {
    ...made,
    directive(name, _argument, block) {
      if (name !== 'stored') return `nobody knows @ ${name}`;
      const last = made.questions.findLast((question) => question.kind === 'message');
      const stored = last?.kind === 'message' ? last.message : '(no message)';
      const wanted = (block ?? []).map((line) => `${line}\r\n`).join('');
      return stored === wanted ? undefined : JSON.stringify(stored);
    },
  };
}
