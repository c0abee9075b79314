// What the panels for importing and exporting mail ask. A piece of its own, loaded with them.

import type { MboxKind } from '../mailbox/mbox.ts';
import {
  exportMailbox,
  mailFileView,
  type ExportAsk,
  type ExportedFile,
  type MailFileView,
} from '../view/mail-files.ts';
import type { Engine } from './engine.ts';

export function readMail(bytes: Uint8Array, as?: MboxKind): MailFileView {
  return mailFileView(bytes, as);
}

export function exportMail(engine: Engine, ask: ExportAsk): ExportedFile | undefined {
  return exportMailbox(engine.journal, ask);
}
