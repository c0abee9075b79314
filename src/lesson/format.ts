// What a lesson's goals.yaml may say, as types. Goals judge effects that stand in the trace, never the text that was typed,
// so that any route counts. The check that a file says nothing else is goals-file.ts; the engine needs the types alone.

export interface Bilingual {
  readonly en: string;
  readonly de: string;
}

/** A value, or what is asked of it. `matches` is a regular expression without regard to case. */
export type Matcher =
  | string
  | number
  | boolean
  | { readonly matches: string }
  | { readonly not: string | number | boolean | { readonly matches: string } }
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly oneOf: readonly (string | number)[] };

/** What is asked of the values at paths such as `note.reply.code`. */
export type Where = Readonly<Record<string, Matcher>>;

/** Some event of that type, with those values at those paths. */
export interface EventSpec {
  readonly type: string;
  readonly host?: string;
  readonly where?: Where;
  /** At least so many of them. */
  readonly count?: number;
  /** What the newest of them must say: how things stand, not whether they ever were so. */
  readonly last?: Where;
  /** The newest so many of them, of that type and host, all say this: nothing went wrong lately. */
  readonly streak?: { readonly count: number; readonly where: Where };
  /** In so many days before it, events of a type have come that fit `where`, from the first of those days on, and none of them was `never`. */
  readonly calm?: {
    readonly days: number;
    readonly type: string;
    readonly where: Where;
    readonly never: Where;
  };
}

/** A message in a mailbox. */
export interface DeliveredSpec {
  readonly user?: string;
  readonly folder?: string;
  readonly reversePath?: Matcher;
  readonly headers?: Readonly<Record<string, Matcher>>;
  /** The text after the blank line. */
  readonly body?: Matcher;
  /** Typed by hand in a terminal, or handed over by a mail server or another program. */
  readonly by?: 'hand' | 'program';
  /** The host that its way began on. */
  readonly from?: string;
  /** These users have no copy of it. */
  readonly without?: readonly string[];
}

/** A session that a person held with a server. */
export interface SessionSpec {
  readonly server: string;
  /** EHLO or HELO with a name of at least two labels. */
  readonly qualifiedName?: boolean;
  /** It ended with QUIT and 221. */
  readonly quit?: boolean;
  /** No error after the last greeting that was accepted. */
  readonly clean?: boolean;
  /** The connection ended without QUIT. */
  readonly lost?: boolean;
  /** Verbs that were accepted in it. */
  readonly verbs?: readonly string[];
}

/** Records as the zone publishes them now. */
export interface PublishedSpec {
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly matches?: string;
  /** How many records fit. Default: at least one. */
  readonly count?: number;
  /** Only if the learner has published something at all. */
  readonly changed?: boolean;
}

/** What the lint says about a zone as it is published now, in its world. */
export interface LintSpec {
  readonly zone: string;
  /** There is this finding. Absent: there is no error and no warning at all. */
  readonly finding?: string;
}

export type Predicate =
  | { readonly all: readonly Predicate[] }
  | { readonly any: readonly Predicate[] }
  | { readonly not: Predicate }
  | { readonly event: EventSpec }
  | { readonly delivered: DeliveredSpec }
  | { readonly session: SessionSpec }
  | { readonly published: PublishedSpec }
  | { readonly lint: LintSpec }
  /** The question was answered rightly. */
  | { readonly answered: string }
  /** The answer to a question was this wrong choice. */
  | { readonly chosen: { readonly question: string; readonly choice: string } }
  /** A learner's mistake that the coach recognises, `LM-07`. */
  | { readonly mistake: string };

export interface Goal {
  readonly id: string;
  readonly text: Bilingual;
  readonly praise?: Bilingual;
  readonly when: Predicate;
  /** From a nudge to the whole answer. */
  readonly hints: readonly Bilingual[];
}

export interface Question {
  readonly id: string;
  readonly text: Bilingual;
  readonly choices: readonly {
    readonly id: string;
    readonly text: Bilingual;
    readonly right?: boolean;
    readonly reply: Bilingual;
  }[];
}

export interface WrongTurn {
  readonly id: string;
  readonly when: Predicate;
  /** Nudge, explain, show. */
  readonly hints: readonly Bilingual[];
  /** Commands that take this wrong turn, for the test that proves its hint: lines as in solution.talk. */
  readonly talk: string;
}

export interface LessonGoals {
  readonly goals: readonly Goal[];
  readonly questions: readonly Question[];
  readonly wrongTurns: readonly WrongTurn[];
}
