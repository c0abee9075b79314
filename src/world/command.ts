// Everything that can be done to a world from outside. Scenario, seed and commands are the tape; the same tape gives the
// same trace.

import type { Time } from '../base/dates.ts';
import type { MailAsk } from '../host/mail-client/ask.ts';
import type { ImportedMail } from '../host/mda/import.ts';
import type { SettingValue } from '../host/settings.ts';

export type Command =
  /** A line entered in a terminal, without its line end. Binary string or text; sent as UTF-8. */
  | { readonly type: 'line'; readonly terminal: string; readonly text: string }
  /** Ctrl-C, Ctrl-D, Ctrl-]. */
  | { readonly type: 'key'; readonly terminal: string; readonly key: 'interrupt' | 'endOfInput' | 'escape' }
  /** The learner publishes a zone on a name server. */
  | { readonly type: 'publish'; readonly zone: string; readonly text: string }
  /** Time passes until that moment; everything due happens in order. */
  | { readonly type: 'pass'; readonly until: Time }
  /** The learner changes a setting of a program, such as the DKIM keys of a mail server (`host/settings.ts`). */
  | {
      readonly type: 'configure';
      readonly host: string;
      readonly program: string;
      readonly setting: string;
      readonly value: SettingValue;
    }
  /** A resolver forgets what it remembers at and below `name` (with its final dot); without one, everything. */
  | { readonly type: 'flush'; readonly host: string; readonly name?: string }
  /** The learner puts a file into the home of the host's person, such as a message that was edited. Line ends LF. */
  | { readonly type: 'file'; readonly host: string; readonly name: string; readonly text: string }
  /** What a person does with the mail program of a device (`host/mail-client/ask.ts`). */
  | { readonly type: 'mail'; readonly host: string; readonly program: string; readonly ask: MailAsk }
  /** Messages out of a file, into a mailbox on that host. */
  | {
      readonly type: 'import';
      readonly host: string;
      readonly user: string;
      readonly file: string;
      readonly messages: readonly ImportedMail[];
    }
  /** An answer to a lesson's question. */
  | { readonly type: 'answer'; readonly question: string; readonly choice: string }
  /** The terminal was closed: whatever runs in it loses its connection. */
  | { readonly type: 'hangUp'; readonly terminal: string };
