// What the page shows, as plain data. The folds in this folder make these values from the trace; the page only draws
// them. Text for people is a `Phrase`: a dictionary key with parameters, so that the language is the page's business.

import type { ArcVerdict } from '../auth/arc-verdict.ts';
import type { Severity } from '../auth/lint.ts';
import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import type { DmarcDecision } from '../auth/dmarc-receiver.ts';
import type { ProfileOutcome } from '../auth/receiver-profiles.ts';
import type { DmarcVerdict } from '../auth/dmarc.ts';
import type { SpfVerdict } from '../auth/spf-verdict.ts';
import type { Time } from '../base/dates.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import type { ReportRow } from '../message/report-aggregate.ts';
import type { HopChange } from './changes.ts';
import type { SettingShape, SettingValue } from '../host/settings.ts';

/** A key of the dictionary with its parameters. */
export interface Phrase {
  readonly key: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** Colour has meaning and only meaning; each tone also has a word and a shape. */
export type Tone = 'pass' | 'fail' | 'soft' | 'none' | 'info';

/** Something that did not work, for a person to read. */
export interface Problem {
  readonly id: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

// ---- the map -------------------------------------------------------------------------------------------------------

export type HostRole =
  | 'laptop'
  | 'desktop'
  | 'phone'
  | 'router'
  | 'mailServer'
  | 'mx'
  | 'mailboxes'
  | 'nameServer'
  | 'resolver'
  | 'forwarder'
  | 'mailingList'
  | 'sender'
  | 'impostor'
  | 'middlebox'
  | 'webServer'
  | 'internet';

export interface HostView {
  readonly name: string;
  readonly role: HostRole;
  /** The domain that it works for, '' if none: hosts of one domain are drawn together. */
  readonly domain: string;
  readonly addresses: readonly string[];
  /** The learner owns it. */
  readonly owned: boolean;
  /** It judges mail that comes in: its card has lights. */
  readonly judges: boolean;
  /** Terminals can be opened on it. */
  readonly shell: boolean;
  /** A person's mail program runs on it. */
  readonly mails: boolean;
  /** Facts worth a line on the card, such as `port25Open`, `signs` (selector), `mynetworks`. */
  readonly facts: readonly Phrase[];
  /** Where it stands: column from sender (0) to mailbox, row with DNS above (negative) and mail below. */
  readonly column: number;
  readonly row: number;
}

/** The three lights of the filter on a receiving server, for the newest message it judged. */
export interface LightView {
  readonly check: 'spf' | 'dkim' | 'dmarc';
  /** RFC 8601 result word. */
  readonly result: string;
  readonly tone: Tone;
  /** The event to ask why about. */
  readonly seq: number;
}

export interface HostState {
  readonly name: string;
  readonly queue: { readonly active: number; readonly deferred: number };
  readonly lights: readonly LightView[];
  readonly mailboxes: readonly {
    readonly user: string;
    readonly address: string;
    readonly inbox: number;
    readonly junk: number;
  }[];
  /** The newest event on this host. */
  readonly lastSeq?: number;
}

/** Something under way on the wires. */
export interface FlightView {
  readonly seq: number;
  readonly path: readonly string[];
  readonly departs: Time;
  readonly arrives: Time;
  /** `tls`: protected data, of which the wire shows the length alone. */
  readonly kind: 'dns' | 'smtp' | 'lmtp' | 'tcp' | 'tls' | 'icmp';
  /** It carries the text of a message: drawn as an envelope. */
  readonly message?: string;
  /** First line, shortened, as on the wire. */
  readonly label: string;
}

export type MessagePlace =
  | 'wire'
  | 'queue'
  | 'deferred'
  | 'inbox'
  | 'junk'
  /** A mailing list has it; what it sends on are messages of their own. */
  | 'list'
  | 'bounced'
  | 'rejected'
  | 'discarded';

export interface MessageView {
  readonly id: string;
  readonly subject: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly place: MessagePlace;
  readonly host: string;
  readonly startedAt: Time;
  /** The event that put it where it is. */
  readonly seq: number;
  readonly tone: Tone;
}

export interface WorldView {
  readonly seq: number;
  readonly at: Time;
  readonly hosts: readonly HostState[];
  readonly messages: readonly MessageView[];
}

/** One step of the story: the timeline and the playhead walk over these. */
export interface MarkView {
  /** The last event that belongs to the step; the world is shown as of this one. */
  readonly seq: number;
  readonly at: Time;
  readonly kind:
    'terminal' | 'tcp' | 'smtp' | 'lmtp' | 'dns' | 'auth' | 'queue' | 'delivery' | 'zone' | 'clock';
  readonly tone: Tone;
  readonly host: string;
  readonly text: Phrase;
  /** How long the page should dwell at least, in real ms at normal pace. */
  readonly dwellMs: number;
  readonly flight?: FlightView;
  readonly message?: string;
}

// ---- servers that can be configured ----------------------------------------------------------------------------------

/** One setting that the learner may change, as it is. `shape` says what it may be. */
export interface SettingView {
  readonly host: string;
  readonly program: string;
  /** Kind of the program: `mta`. With the path it names the words in the dictionary. */
  readonly kind: string;
  readonly setting: string;
  /** Its name in the dictionary: `scripts.*` for `scripts.bob`. */
  readonly key: string;
  /** Whose it is, for settings of one user. */
  readonly user?: string;
  readonly shape: SettingShape;
  readonly value: SettingValue;
  /** The event that gave it its value; 0 when it is as the world began. */
  readonly seq: number;
}

// ---- why -----------------------------------------------------------------------------------------------------------

export type WhyTarget =
  | { readonly kind: 'event'; readonly seq: number }
  | { readonly kind: 'message'; readonly id: string }
  | { readonly kind: 'host'; readonly name: string; readonly seq?: number }
  | { readonly kind: 'link'; readonly from: string; readonly to: string };

/** One step of a resolution. */
export interface DnsStepView {
  readonly seq: number;
  /** Milliseconds since the resolver was asked. */
  readonly after: number;
  readonly text: Phrase;
  readonly tone: Tone;
  readonly level: 0 | 1;
  readonly rule: string;
}

export interface RuleRef {
  /** `RFC 7208 §4.6.4` */
  readonly rule: string;
}

export interface WireLine {
  readonly seq: number;
  readonly at: Time;
  readonly from: 'client' | 'server';
  /** As it arrived. */
  readonly text: string;
  /** As it was sent, where somebody on the way changed it. */
  readonly was?: string;
}

/** Where the answer to a question of a verdict came from. */
export interface LookupSource {
  /** Host name of the resolver that was asked; its address when no host has it. */
  readonly resolver: string;
  readonly from: 'cache' | 'servers' | 'failed' | 'unknown';
  /** Host name of the server that said it, now or back then. */
  readonly server?: string;
  /** How long ago the resolver learnt it, in seconds; from the cache only. */
  readonly ageSeconds?: number;
}

/** One question of a verdict, its answer, and where that came from. */
export interface LookupView {
  readonly check: 'spf' | 'dkim' | 'dmarc' | 'arc';
  readonly question: DnsQuestion;
  readonly answer: DnsAnswer;
  /** The event of the look-up. */
  readonly seq?: number;
  readonly source?: LookupSource;
}

/** Something found by the diagnosis, with the ways to see it and to mend it. */
export interface FindingView {
  /** Key of the dictionary of diagnostics. */
  readonly id: string;
  readonly severity: Severity;
  readonly params: Readonly<Record<string, string | number>>;
  /** `RFC 7208 §4.5`; several are parted by `, `. */
  readonly rule: string;
  /** The verdict that shows it. */
  readonly seq: number;
  /** The place to mend it, if it is the learner's. */
  readonly action?: WhyAction;
}

/** Where signed bytes begin to differ. Binary strings. */
export interface DifferenceView {
  /** First byte that differs, from 0. */
  readonly offset: number;
  /** What stands just before it, in both. */
  readonly lead: string;
  readonly before: string;
  readonly after: string;
  readonly beforeLength: number;
  readonly afterLength: number;
}

/** The way of a signature from where it was made. */
export interface SignatureWay {
  /** The host that first had the message with this signature. */
  readonly host: string;
  readonly seq: number;
  readonly at: Time;
  /** What hosts changed since. */
  readonly hops: readonly HopChange[];
  /** The signed bytes then and now, in the signature's canonical form; absent when equal. */
  readonly header?: DifferenceView;
  readonly body?: DifferenceView;
}

/** What a DKIM verdict does not hold: the message as it arrived, and each signature's way. */
export interface DkimMaterial {
  /** Whole fields as they arrived, in order. */
  readonly fields?: readonly string[];
  /** The body as it arrived, its beginning. */
  readonly body?: string;
  /** By signature. */
  readonly ways: readonly (SignatureWay | undefined)[];
  /** By signature: the hash that the signature holds when the key opens it (RSA only), hexadecimal. */
  readonly signedHashes: readonly (string | undefined)[];
}

/** What a receiver did with a message that it judged. */
export interface ReceiverView {
  readonly host: string;
  readonly decision?: DmarcDecision;
  /** Its last word on the message: reply and where in the conversation. */
  readonly reply?: {
    readonly seq: number;
    readonly code: number;
    readonly text: string;
    /** The command that it answers: `RCPT`, `END-OF-MESSAGE`. */
    readonly to: string;
  };
  /** The fields that it wrote on top, as they stand in the message. */
  readonly fields: readonly string[];
  /** What receivers of other kinds would do. */
  readonly others: readonly ProfileOutcome[];
}

export type WhySection =
  | { readonly type: 'findings'; readonly findings: readonly FindingView[] }
  | {
      readonly type: 'spf';
      readonly verdict: SpfVerdict;
      readonly seq: number;
      readonly lookups?: readonly LookupView[];
    }
  | {
      readonly type: 'dkim';
      readonly verdicts: readonly DkimVerdict[];
      readonly seq: number;
      readonly lookups?: readonly LookupView[];
      readonly material?: DkimMaterial;
    }
  | {
      readonly type: 'dmarc';
      readonly verdict: DmarcVerdict;
      readonly seq: number;
      readonly lookups?: readonly LookupView[];
      /** The names beside the author's: what the client called itself, and the envelope's sender. */
      readonly names?: { readonly helo: string; readonly mailFrom: string };
      readonly decision?: DmarcDecision;
      /** The row of the report to the domain; absent when the domain wants none. Not collected: it sends no reports. */
      readonly report?: { readonly row: ReportRow; readonly isCollected: boolean };
    }
  | { readonly type: 'arc'; readonly verdict: ArcVerdict; readonly seq: number }
  | { readonly type: 'receiver'; readonly receiver: ReceiverView }
  | { readonly type: 'changes'; readonly hops: readonly HopChange[] }
  | { readonly type: 'lookups'; readonly lookups: readonly LookupView[] }
  | {
      readonly type: 'placement';
      readonly folder: string;
      readonly reasons: readonly Phrase[];
      readonly seq: number;
    }
  /** How a resolver came to its answer, step by step. `level` 1: on the way to a name server's address. */
  | {
      readonly type: 'dnsSteps';
      readonly resolver: string;
      readonly steps: readonly DnsStepView[];
    }
  | { readonly type: 'wire'; readonly title: Phrase; readonly lines: readonly WireLine[] }
  | {
      readonly type: 'table';
      readonly title: Phrase;
      readonly head: readonly Phrase[];
      readonly rows: readonly (readonly string[])[];
    }
  | {
      readonly type: 'facts';
      readonly title: Phrase;
      readonly facts: readonly { readonly label: Phrase; readonly value: string }[];
    }
  | { readonly type: 'log'; readonly lines: readonly LogLine[] };

/** One click leads to the place to fix it. */
export type WhyAction =
  | { readonly type: 'openZone'; readonly zone: string; readonly name: string; readonly recordType: string }
  | { readonly type: 'openMessage'; readonly id: string }
  | { readonly type: 'openLog'; readonly host: string; readonly seq: number }
  | { readonly type: 'openTerminal'; readonly host: string }
  | { readonly type: 'openSettings'; readonly host: string }
  | { readonly type: 'passTime'; readonly until: Time; readonly text: Phrase };

export interface WhyView {
  readonly title: Phrase;
  readonly tone: Tone;
  /** In plain words first. */
  readonly plain: readonly Phrase[];
  readonly sections: readonly WhySection[];
  readonly rules: readonly RuleRef[];
  /** The chain of causes, nearest first. */
  readonly causes: readonly {
    readonly seq: number;
    readonly at: Time;
    readonly host: string;
    readonly text: Phrase;
  }[];
  readonly actions: readonly WhyAction[];
}

// ---- mailboxes, messages, logs -------------------------------------------------------------------------------------

export interface MailboxView {
  readonly host: string;
  readonly user: string;
  readonly address: string;
  readonly folders: readonly {
    readonly name: string;
    readonly messages: readonly {
      readonly id: string;
      readonly uid: number;
      readonly from: string;
      readonly subject: string;
      readonly at: Time;
      readonly seen: boolean;
      /** IMAP flags, \Recent apart. */
      readonly flags: readonly string[];
      /** The delivery event: why is it here? */
      readonly seq: number;
    }[];
  }[];
}

export interface HeaderView {
  readonly name: string;
  /** As on the wire, folding kept. */
  readonly raw: string;
  /** Decoded for reading. */
  readonly value: string;
  /** Key of its explanation in the dictionary of headers. */
  readonly explain: string;
  /** Explained parts of the raw value. */
  readonly tokens: readonly { readonly offset: number; readonly length: number; readonly key: string }[];
}

export interface MessageDetail {
  readonly id: string;
  readonly envelope: { readonly reversePath: string; readonly recipients: readonly string[] };
  /** The envelopes in which it travelled, one a server that took it, oldest first; the last may be that of a mailbox. */
  readonly envelopes: readonly {
    readonly host: string;
    readonly seq: number;
    readonly reversePath: string;
    readonly recipients: readonly string[];
    readonly folder?: string;
  }[];
  readonly headers: readonly HeaderView[];
  /** First text/plain part, decoded; undefined when there is none. */
  readonly text?: string;
  /** Other parts by type, not rendered. */
  readonly otherParts: readonly { readonly type: string; readonly size: number }[];
  /** The whole message as stored, a binary string. */
  readonly raw: string;
  readonly place: MessagePlace;
  readonly folder?: string;
  /** Its way, one entry a hop. */
  readonly hops: readonly {
    readonly host: string;
    readonly at: Time;
    readonly seq: number;
    readonly text: Phrase;
  }[];
  readonly seq: number;
}

export interface LogLine {
  readonly seq: number;
  readonly at: Time;
  readonly host: string;
  readonly text: string;
}

// ---- terminal ------------------------------------------------------------------------------------------------------

export interface TerminalView {
  readonly id: string;
  readonly host: string;
  readonly user: string;
  /** What stands before the cursor: `alice@laptop:~$ `; '' while a program reads the lines. */
  readonly prompt: string;
  /** What runs in the foreground: '' for the shell itself. */
  readonly program: string;
  /** What the foreground program is connected to, such as `mx.hafen.example:25`; for the tab's title and the coach. */
  readonly connectedTo?: string;
  /** Waiting for time that only passes when the learner lets it: `until` says when something will happen. */
  readonly waitsUntil?: Time;
}

/** A hint beside the terminal. Never on the wire. */
export interface CoachHint {
  readonly terminal: string;
  readonly seq: number;
  /** `LM-07`, or a finding of the diagnostics. */
  readonly id: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** 1 nudge, 2 explain, 3 example: rises when the same mistake comes again. */
  readonly level: 1 | 2 | 3;
}

// ---- zones ---------------------------------------------------------------------------------------------------------

export interface ZoneView {
  /** `wolke.example.` */
  readonly zone: string;
  readonly server: string;
  readonly text: string;
  readonly serial: number;
  readonly publishedAt: Time;
  readonly seq: number;
  /** It belongs to the company that the addresses are rented from; the learner changes it in that company's panel. */
  readonly panel?: 'hoster';
}

/** A finding in a zone text. Line and column count from 1. */
export interface ZoneFinding {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly params: Readonly<Record<string, string | number>>;
  readonly rule?: string;
  /** The newest event of the trace that shows it. */
  readonly seq?: number;
  /** Replacement of that stretch that cures it. `length` may reach over line ends, each of which counts as one. */
  readonly fix?: {
    readonly line: number;
    readonly column: number;
    readonly length: number;
    readonly text: string;
  };
}

/** Errors keep the zone from being published. */
export interface ZoneAnalysis {
  readonly errors: readonly ZoneFinding[];
  readonly findings: readonly ZoneFinding[];
  /** What each record became, for the form view and hover. */
  readonly records: readonly {
    readonly line: number;
    readonly name: string;
    readonly ttl: number;
    readonly type: string;
    readonly text: string;
  }[];
}

/** What one resolver still holds of a zone. */
export interface CacheView {
  readonly resolver: string;
  readonly address: string;
  /** Hosts that ask it, by name. */
  readonly users: readonly string[];
  readonly entries: readonly {
    readonly name: string;
    readonly type: string;
    /** As in a zone file; '' for a cached "does not exist". */
    readonly text: string;
    readonly secondsLeft: number;
    /** The moment at which it is forgotten. */
    readonly until: Time;
    /** It differs from what is published now. */
    readonly stale: boolean;
  }[];
}

/** A name server of a zone, and which state of it the server answers from. */
export interface ServerView {
  readonly server: string;
  readonly address: string;
  readonly role: 'primary' | 'secondary';
  /** `none`: it has no copy that it may answer from. */
  readonly state: 'current' | 'old' | 'none';
  /** Absent when it has no copy. */
  readonly serial?: number;
  /** Old, and the serial is no older: it will not fetch the zone before the serial is raised. */
  readonly stuck?: true;
  /** When a secondary asks for the serial the next time, if nobody tells it earlier. */
  readonly nextLookAt?: Time;
}

// ---- lessons -------------------------------------------------------------------------------------------------------

export interface GoalView {
  readonly id: string;
  readonly done: boolean;
  /** The event that fulfilled it: the reason of the tick. */
  readonly seq?: number;
  /** Hints asked for so far, and how many there are. */
  readonly hintsShown: number;
  readonly hints: number;
}

export interface LessonView {
  readonly id: string;
  readonly goals: readonly GoalView[];
  readonly questions: readonly { readonly id: string; readonly chosen?: string; readonly right?: boolean }[];
  /** The learner's actual mistake, if one of the lesson's wrong turns was taken, newest first. */
  readonly wrongTurns: readonly { readonly id: string; readonly seq: number; readonly level: number }[];
  readonly solved: boolean;
}
