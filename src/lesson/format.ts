// What a lesson's goals.yaml may say, as types and as a check. Goals judge effects that stand in the trace, never the
// text that was typed, so that any route counts. The prose is the page's; only its keys matter here.

import * as v from 'valibot';

const bilingual = v.strictObject({
  en: v.pipe(v.string(), v.minLength(1)),
  de: v.pipe(v.string(), v.minLength(1)),
});
export type Bilingual = v.InferOutput<typeof bilingual>;

/** A value, or what is asked of it. `matches` is a regular expression without regard to case. */
const matcher = v.union([
  v.string(),
  v.number(),
  v.boolean(),
  v.strictObject({ matches: v.string() }),
  v.strictObject({
    not: v.union([v.string(), v.number(), v.boolean(), v.strictObject({ matches: v.string() })]),
  }),
  v.strictObject({ atLeast: v.number() }),
  v.strictObject({ atMost: v.number() }),
  v.strictObject({ oneOf: v.array(v.union([v.string(), v.number()])) }),
]);
export type Matcher = v.InferOutput<typeof matcher>;

/** Some event of that type, with those values at those paths (`note.verb`). */
const eventSpec = v.strictObject({
  type: v.string(),
  host: v.optional(v.string()),
  where: v.optional(v.record(v.string(), matcher)),
  /** At least so many of them. */
  count: v.optional(v.number()),
});
export type EventSpec = v.InferOutput<typeof eventSpec>;

/** A message in a mailbox. */
const deliveredSpec = v.strictObject({
  user: v.optional(v.string()),
  folder: v.optional(v.string()),
  reversePath: v.optional(matcher),
  headers: v.optional(v.record(v.string(), matcher)),
  /** The text after the blank line. */
  body: v.optional(matcher),
  /** Typed by hand in a terminal, or handed over by a mail server or another program. */
  by: v.optional(v.picklist(['hand', 'program'])),
  /** The host that its way began on. */
  from: v.optional(v.string()),
});
export type DeliveredSpec = v.InferOutput<typeof deliveredSpec>;

/** A session that a person held with a server. */
const sessionSpec = v.strictObject({
  server: v.string(),
  /** EHLO or HELO with a name of at least two labels. */
  qualifiedName: v.optional(v.boolean()),
  /** It ended with QUIT and 221. */
  quit: v.optional(v.boolean()),
  /** No error after the last greeting that was accepted. */
  clean: v.optional(v.boolean()),
  /** The connection ended without QUIT. */
  lost: v.optional(v.boolean()),
  /** Verbs that were accepted in it. */
  verbs: v.optional(v.array(v.string())),
});
export type SessionSpec = v.InferOutput<typeof sessionSpec>;

/** Records as the zone publishes them now. */
const publishedSpec = v.strictObject({
  zone: v.string(),
  name: v.string(),
  type: v.string(),
  matches: v.optional(v.string()),
  /** How many records fit. Default: at least one. */
  count: v.optional(v.number()),
  /** Only if the learner has published something at all. */
  changed: v.optional(v.boolean()),
});
export type PublishedSpec = v.InferOutput<typeof publishedSpec>;

export type Predicate =
  | { readonly all: readonly Predicate[] }
  | { readonly any: readonly Predicate[] }
  | { readonly not: Predicate }
  | { readonly event: EventSpec }
  | { readonly delivered: DeliveredSpec }
  | { readonly session: SessionSpec }
  | { readonly published: PublishedSpec }
  /** A finding of the zone's lint, by id. */
  | { readonly finding: { readonly zone: string; readonly id: string } }
  /** The question was answered rightly. */
  | { readonly answered: string }
  /** The answer to a question was this wrong choice. */
  | { readonly chosen: { readonly question: string; readonly choice: string } }
  /** A learner's mistake that the coach recognises, `LM-07`. */
  | { readonly mistake: string };

const predicate: v.GenericSchema<Predicate> = v.lazy(() =>
  v.union([
    v.strictObject({ all: v.array(predicate) }),
    v.strictObject({ any: v.array(predicate) }),
    v.strictObject({ not: predicate }),
    v.strictObject({ event: eventSpec }),
    v.strictObject({ delivered: deliveredSpec }),
    v.strictObject({ session: sessionSpec }),
    v.strictObject({ published: publishedSpec }),
    v.strictObject({ finding: v.strictObject({ zone: v.string(), id: v.string() }) }),
    v.strictObject({ answered: v.string() }),
    v.strictObject({ chosen: v.strictObject({ question: v.string(), choice: v.string() }) }),
    v.strictObject({ mistake: v.string() }),
  ]),
);

const id = v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, 'an id has small letters, digits and hyphens'));

const goals = v.strictObject({
  goals: v.pipe(
    v.array(
      v.strictObject({
        id,
        text: bilingual,
        praise: v.optional(bilingual),
        when: predicate,
        /** From a nudge to the whole answer. */
        hints: v.pipe(v.array(bilingual), v.minLength(1)),
      }),
    ),
    v.minLength(1),
  ),
  questions: v.optional(
    v.array(
      v.strictObject({
        id,
        text: bilingual,
        choices: v.pipe(
          v.array(v.strictObject({ id, text: bilingual, right: v.optional(v.boolean()), reply: bilingual })),
          v.minLength(2),
        ),
      }),
    ),
    [],
  ),
  wrongTurns: v.array(
    v.strictObject({
      id,
      when: predicate,
      /** Nudge, explain, show. */
      hints: v.pipe(v.array(bilingual), v.minLength(1)),
      /** Commands that take this wrong turn, for the test that proves its hint: terminal lines, as in solution.talk. */
      talk: v.string(),
    }),
  ),
});

export type LessonGoals = v.InferOutput<typeof goals>;

/** Reads the goals of a lesson. Throws a sentence that names the place: a lesson file is ours. */
export function parseGoals(lesson: string, value: unknown): LessonGoals {
  const parsed = v.safeParse(goals, value);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new Error(`lesson ${lesson}: goals.yaml: ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  for (const question of parsed.output.questions)
    if (!question.choices.some((choice) => choice.right === true))
      throw new Error(`lesson ${lesson}: goals.yaml: question ${question.id} has no right answer`);
  return parsed.output;
}
