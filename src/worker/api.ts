// The seam between page and worker: types only. The page sends commands (they go on the tape) and queries (they leave no
// mark); the worker pushes updates. Everything here survives structured clone.

import type { SpfTree } from '../auth/spf-tree.ts';
import type { Time } from '../base/dates.ts';
import type {
  CacheView,
  ServerView,
  CoachHint,
  HostView,
  LessonView,
  LogLine,
  MailboxView,
  MarkView,
  MessageDetail,
  Problem,
  SettingView,
  TerminalView,
  WhyTarget,
  WhyView,
  WorldView,
  ZoneView,
  ZoneAnalysis,
} from '../view/types.ts';
import type { CheckInput, CheckSample, CheckView, EnvelopeHints } from '../view/check-types.ts';
import type { WhatIfView } from '../view/what-if-types.ts';
import type { MboxKind } from '../mailbox/mbox.ts';
import type { ExportAsk, ExportedFile, MailFileView } from '../view/mail-files.ts';
import type { ReportsView, ReportView } from '../view/reports.ts';
import type { ReverseName } from '../view/reverse-names.ts';
import type {
  MailClientView,
  MailComparisonView,
  MailCopyView,
  MailTalkView,
} from '../view/mail-client-types.ts';
import type { OutcomeCell, OutcomePlan, OutcomeWay } from '../view/outcome-types.ts';
import type { Command } from '../world/command.ts';

export type { Command };
export type { MailFileProblem } from '../mailbox/mail-file.ts';
export type { ExportAsk, MailFileView, MboxKind };

/** Which world to open. */
export type ScenarioRef =
  /** `world` names one of `lessons/worlds`; absent: the first. */
  { readonly kind: 'sandbox'; readonly world?: string } | { readonly kind: 'lesson'; readonly id: string };

/** What is kept on disk for one scenario: enough to build the very same world again. */
export interface SavedWorld {
  readonly format: 1;
  readonly engine: string;
  readonly scenario: ScenarioRef;
  readonly seed: string;
  readonly commands: readonly Command[];
  /** Hints of a lesson asked for so far, by goal. */
  readonly hints?: Readonly<Record<string, number>>;
}

/** What the page needs to draw the world for the first time. */
export interface OpenedWorld {
  readonly scenario: ScenarioRef;
  readonly engine: string;
  /** Set when the saved tape could not be used: the world is fresh, and why. */
  readonly problem?: Problem;
  readonly hosts: readonly HostView[];
  /** Wires between hosts, each once. */
  readonly links?: readonly (readonly [string, string])[];
  /** Minutes east of Greenwich of every wall clock in this world. */
  readonly zoneMinutes?: number;
  readonly terminals: readonly TerminalView[];
  readonly zones: readonly ZoneView[];
  /** What the learner may set on programs. */
  readonly settings: readonly SettingView[];
  readonly head: Head;
  readonly marks: readonly MarkView[];
  readonly lesson?: LessonView;
}

/** The newest moment of the trace. */
export interface Head {
  readonly seq: number;
  readonly at: Time;
  /** The next thing that will happen if time passes, if any. */
  readonly nextAt?: Time;
  /** When the next delivery retry is due, if a message waits in a queue. */
  readonly nextRetryAt?: Time;
}

/** Pushed after every command, in batches. */
export interface Update {
  readonly head: Head;
  readonly marks: readonly MarkView[];
  /** Output since the last update, terminal by terminal, in order. */
  readonly terminals: readonly TerminalUpdate[];
  readonly coach: readonly CoachHint[];
  readonly zones?: readonly ZoneView[];
  readonly settings?: readonly SettingView[];
  readonly lesson?: LessonView;
}

export interface TerminalUpdate {
  readonly terminal: string;
  /** Text to print, as the tool printed it, line ends `\n`. */
  readonly output: string;
  /** The state after it. */
  readonly view: TerminalView;
}

/** A key to make, or one whose public half is wanted. */
export type DkimKeyAsk = { readonly make: 'rsa2048' | 'ed25519' } | { readonly privateKey: string };

export interface DkimKeyView {
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  readonly bits: number;
  /** PEM. */
  readonly privateKey: string;
  /** The text of the TXT record that belongs to it, in one piece. */
  readonly record: string;
}

export interface EhloWorker {
  /** Answers once the engine has loaded. */
  ready(): Promise<{ readonly engine: string }>;
  /** Opens a world; replays the saved tape when there is one that fits. */
  open(scenario: ScenarioRef, saved?: SavedWorld): Promise<OpenedWorld>;
  /** Called after every command with what is new. One listener. */
  listen(listener: (update: Update) => void): Promise<void>;
  /** Puts a command on the tape and runs the world until it is quiet. A refused command changes nothing. */
  run(command: Command): Promise<Problem | undefined>;
  /** The world as it was right after event `seq` (the newest, if absent). */
  worldAt(seq?: number): Promise<WorldView>;
  why(target: WhyTarget): Promise<WhyView>;
  mailboxes(seq?: number): Promise<readonly MailboxView[]>;
  /** The mail programs of the world's devices; see `view/mail-client-types.ts` for what the page may rely on. */
  mailClients(seq?: number): Promise<readonly MailClientView[]>;
  /** What a device (`MailClientView.id`) has of one of its messages. */
  mailMessage(client: string, folder: string, id: number, seq?: number): Promise<MailCopyView | undefined>;
  /** What a mail program said on a connection, and what it heard; undefined when it is no connection of one. */
  mailConversation(connection: number, seq?: number): Promise<MailTalkView | undefined>;
  /** Mailboxes that more than one device is set up for, and what became of each message on each of them. */
  mailComparison(seq?: number): Promise<readonly MailComparisonView[]>;
  message(id: string): Promise<MessageDetail | undefined>;
  log(host: string, seq?: number): Promise<readonly LogLine[]>;
  /** Parses, lints and explains a zone text without publishing it. */
  analyseZone(zone: string, text: string): Promise<ZoneAnalysis>;
  /** What every resolver would answer now for the zone's records, from its cache. */
  caches(zone: string): Promise<readonly CacheView[]>;
  /** What an SPF record at `domain` would ask, with the zone as in `text`, in this world as it stands. */
  spfTree(zone: string, text: string, domain: string, record: string): Promise<SpfTree>;
  /** Makes a DKIM key, or reads one; undefined when it is none. Leaves no mark. */
  /** Which ways a message can take in this world, and to whom; undefined where nobody stands in between. */
  outcomePlan(): Promise<OutcomePlan | undefined>;
  /** What becomes of one message by that way at each receiver, tried on a copy of the world. */
  outcomes(way: OutcomeWay): Promise<readonly OutcomeCell[]>;
  dkimKey(ask: DkimKeyAsk): Promise<DkimKeyView | undefined>;
  /** The zone's name servers and the state of it that each answers from. */
  servers(zone: string): Promise<readonly ServerView[]>;
  /** What would become of the last messages if `text` were published: computed on the draft, nothing is sent. */
  whatIf(zone: string, text: string): Promise<WhatIfView>;
  /** A judged message with the envelope and the records that its verdicts rest on. */
  checkable(id: string): Promise<CheckSample | undefined>;
  /** Checks a message of one's own over pasted records; needs no world. */
  checkOwn(input: CheckInput): Promise<CheckView>;
  /** The verdicts of a check in plain text, line by line. */
  checkReport(input: CheckInput): Promise<string>;
  /** What a message (binary string) says about how it came. */
  envelopeHints(message: string): Promise<EnvelopeHints>;
  /** A message to begin with, sent in a world of its own. */
  sample(name: 'genuine' | 'forged'): Promise<CheckSample | undefined>;
  /** Aggregate reports in the learner's mailboxes, and what receivers noted. */
  reports(seq?: number): Promise<ReportsView>;
  /** Names of addresses, asked of this world's DNS on a copy of it. */
  reverseNames(addresses: readonly string[]): Promise<readonly ReverseName[]>;
  /** Reads a report file that was brought along; needs no world. */
  readReport(id: string, filename: string, bytes: Uint8Array): Promise<ReportView>;
  /** What is in a file of mail that was brought along; needs no world. `as` says which kind of mbox it is. */
  readMail(bytes: Uint8Array, as?: MboxKind): Promise<MailFileView>;
  /** A folder or mailbox as a file; undefined when there is none. */
  exportMail(ask: ExportAsk): Promise<ExportedFile | undefined>;
  /** Completions of the word before the cursor in a terminal. */
  complete(terminal: string, line: string): Promise<readonly string[]>;
  /** The next hint of a goal; asking counts, and is remembered. */
  hint(goal: string): Promise<LessonView | undefined>;
  /** An answer to a question of the lesson. */
  answer(question: string, choice: string): Promise<LessonView | undefined>;
  /** The reference solution, as commands to run one by one. */
  solution(): Promise<readonly { readonly text: string; readonly command: Command }[]>;
  save(): Promise<SavedWorld>;
  /** SHA-256 of the trace as JSON, in hex: two runs of one tape agree in it, wherever they ran. */
  traceHash(): Promise<string>;
}
