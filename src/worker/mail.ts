// What the mail panel and the view of several devices ask. A piece of its own, loaded with them.

import type {
  MailClientView,
  MailComparisonView,
  MailCopyView,
  MailTalkView,
} from '../view/mail-client-types.ts';
import { mailClientViews, mailCopy } from '../view/mail-clients.ts';
import { mailComparisons } from '../view/mail-comparison.ts';
import { mailTalk } from '../view/mail-talk.ts';
import type { Engine } from './engine.ts';

const moment = ({ journal }: Engine, seq = journal.seq): number => Math.max(0, Math.min(seq, journal.seq));

export function askMailClients(engine: Engine, seq?: number): readonly MailClientView[] {
  return mailClientViews(engine.journal, moment(engine, seq));
}

export function askMailMessage(
  engine: Engine,
  client: string,
  folder: string,
  id: number,
  seq?: number,
): MailCopyView | undefined {
  return mailCopy(engine.journal, client, folder, id, moment(engine, seq));
}

export function askMailConversation(
  engine: Engine,
  connection: number,
  seq?: number,
): MailTalkView | undefined {
  return mailTalk(engine.journal, connection, moment(engine, seq));
}

export function askMailComparison(engine: Engine, seq?: number): readonly MailComparisonView[] {
  return mailComparisons(engine.journal, moment(engine, seq));
}
