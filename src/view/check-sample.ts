// A judged message with everything that its verdicts rest on: bytes, envelope, time and the records that were answered.
// Together they give the same verdict in any verifier (G-05). Two samples to begin with are made by sending two messages
// in a world.

import { evidenceZone } from './evidence-table.ts';
import { follow, openJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { judgedMessages } from './judged.ts';
import type { CheckSample } from './check-types.ts';
import { newest } from './history.ts';
import type { Command } from '../world/command.ts';
import type { WorldDescription } from '../world/description.ts';
import { apply, now, openWorld } from '../world/world.ts';

/** The message as its server read it; undefined when no server judged it. `m12:345` is a copy in a mailbox. */
export function checkable(journal: Journal, id: string): CheckSample | undefined {
  const [name = ''] = id.split(':');
  const judged = judgedMessages(journal, 1, name)[0];
  const message = journal.messages.all.get(name);
  if (judged === undefined || message === undefined) return undefined;
  const { spf, dkim, dmarc } = judged;
  return {
    message: judged.bytes,
    records: evidenceZone(spf, dkim, dmarc),
    ip: spf.ip,
    helo: spf.helo,
    sender: judged.sender,
    receiver: judged.host,
    nowSeconds: Math.floor(judged.at / 1000),
    subject: newest(message.states)?.subject ?? '',
  };
}

/** Which sample: a letter of Wolke's own server, or the impostor's invoice in Wolke's name. */
export type SampleName = 'genuine' | 'forged';

/**
 * Sends a message in `description` (the first world) and takes it as its receiver saw it, its trace header on top. The
 * letter goes out after the domain's SPF record has been put right.
 */
export function makeSample(description: WorldDescription, name: SampleName): CheckSample | undefined {
  const world = openWorld(description, `sample:${name}`);
  const journal = openJournal(world.description, world.machine.trace, world.machine.kept);
  const run = (command: Command): void => void apply(world, command);
  const zone = description.zones.find((one) => one.editable === true);
  const owner = description.hosts.find((one) => one.user !== undefined);
  const server = description.hosts.find((one) => one.role === 'mailServer');
  if (zone === undefined || owner === undefined || server === undefined) return undefined;
  const domain = zone.zone.replace(/\.$/, '');
  if (name === 'genuine') {
    const address = server.addresses[0] ?? '';
    run({ type: 'publish', zone: zone.zone, text: zone.text.replace(/ip4:[\d.]+/, `ip4:${address}`) });
    for (const text of [
      `telnet ${server.name} 25`,
      `EHLO ${owner.name}`,
      `MAIL FROM:<alice@${domain}>`,
      'RCPT TO:<bob@hafen.example>',
      'DATA',
      `From: Alice <alice@${domain}>`,
      'To: Bob <bob@hafen.example>',
      'Subject: Minutes of Monday',
      '',
      'Dear Bob,',
      '',
      'here are the minutes of Monday. Shall we meet again on Thursday?',
      '',
      'Alice',
      '.',
      'QUIT',
    ])
      run({ type: 'line', terminal: `${owner.name}#1`, text });
  } else run({ type: 'pass', until: now(world) + 10 * 60_000 });
  follow(journal);
  const judged = judgedMessages(journal, 10).find((one) => one.dmarc.author === domain);
  if (judged === undefined) return undefined;
  const sample = checkable(journal, judged.id);
  const copy = journal.messages.all.get(judged.id)?.copies.find((one) => one.folder !== undefined);
  // With the receiver's own lines, as somebody would find it in a mailbox: the envelope is read off them.
  const stored = copy === undefined ? undefined : journal.kept.get(copy.hash);
  return sample === undefined ? undefined : { ...sample, message: stored ?? sample.message };
}
