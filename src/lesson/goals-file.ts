// Checks that a goals.yaml says what format.ts allows and nothing else. For the build and for tests: what reaches the page
// and the worker has been through here.

import * as v from 'valibot';
import type { LessonGoals, Matcher, Predicate } from './format.ts';

const text = v.pipe(v.string(), v.trim(), v.nonEmpty('must not be empty'));
const bilingual = v.strictObject({ en: text, de: text });
const pattern = v.pipe(v.string(), v.check(isPattern, 'is no regular expression'));
const plain = v.union([v.string(), v.number(), v.boolean()]);
const matches = v.strictObject({ matches: pattern });

const matcher: v.GenericSchema<Matcher> = v.union([
  plain,
  matches,
  v.strictObject({ not: v.union([plain, matches]) }),
  v.strictObject({ atLeast: v.number() }),
  v.strictObject({ atMost: v.number() }),
  v.strictObject({ oneOf: v.array(v.union([v.string(), v.number()])) }),
]);
const where = v.record(v.string(), matcher);

const predicate: v.GenericSchema<Predicate> = v.lazy((input) => {
  const kind = typeof input === 'object' && input !== null ? Object.keys(input)[0] : undefined;
  return predicates[kind as keyof typeof predicates] ?? v.never('is no predicate');
});

/** By the one key that each has. Choosing by it gives better errors than trying them all. */
const predicates = {
  all: v.strictObject({ all: v.pipe(v.array(predicate), v.minLength(1)) }),
  any: v.strictObject({ any: v.pipe(v.array(predicate), v.minLength(1)) }),
  not: v.strictObject({ not: predicate }),
  event: v.strictObject({
    event: v.strictObject({
      type: v.string(),
      host: v.exactOptional(v.string()),
      where: v.exactOptional(where),
      count: v.exactOptional(v.number()),
      last: v.exactOptional(where),
      streak: v.exactOptional(v.strictObject({ count: v.number(), where })),
      calm: v.exactOptional(v.strictObject({ days: v.number(), type: v.string(), where, never: where })),
    }),
  }),
  delivered: v.strictObject({
    delivered: v.strictObject({
      user: v.exactOptional(v.string()),
      folder: v.exactOptional(v.string()),
      reversePath: v.exactOptional(matcher),
      headers: v.exactOptional(where),
      body: v.exactOptional(matcher),
      by: v.exactOptional(v.picklist(['hand', 'program'])),
      from: v.exactOptional(v.string()),
      without: v.exactOptional(v.array(v.string())),
    }),
  }),
  session: v.strictObject({
    session: v.strictObject({
      server: v.string(),
      qualifiedName: v.exactOptional(v.boolean()),
      quit: v.exactOptional(v.boolean()),
      clean: v.exactOptional(v.boolean()),
      lost: v.exactOptional(v.boolean()),
      verbs: v.exactOptional(v.array(v.string())),
    }),
  }),
  published: v.strictObject({
    published: v.strictObject({
      zone: v.pipe(v.string(), v.endsWith('.', 'must end with a dot')),
      name: v.pipe(v.string(), v.endsWith('.', 'must end with a dot')),
      type: v.string(),
      matches: v.exactOptional(pattern),
      count: v.exactOptional(v.number()),
      changed: v.exactOptional(v.boolean()),
    }),
  }),
  lint: v.strictObject({
    lint: v.strictObject({
      zone: v.pipe(v.string(), v.endsWith('.', 'must end with a dot')),
      finding: v.exactOptional(v.string()),
    }),
  }),
  answered: v.strictObject({ answered: v.string() }),
  chosen: v.strictObject({ chosen: v.strictObject({ question: v.string(), choice: v.string() }) }),
  mistake: v.strictObject({ mistake: v.string() }),
};

const id = v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, 'an id has small letters, digits and hyphens'));
const hints = v.pipe(v.array(bilingual), v.minLength(1, 'needs at least one hint'));

const choice = v.strictObject({
  id,
  text: bilingual,
  right: v.exactOptional(v.boolean()),
  reply: bilingual,
});

const goalsFile = v.strictObject({
  goals: v.pipe(
    v.array(
      v.strictObject({ id, text: bilingual, praise: v.exactOptional(bilingual), when: predicate, hints }),
    ),
    v.minLength(1, 'a lesson needs a goal'),
  ),
  questions: v.optional(
    v.array(v.strictObject({ id, text: bilingual, choices: v.pipe(v.array(choice), v.minLength(2)) })),
    [],
  ),
  wrongTurns: v.array(v.strictObject({ id, when: predicate, hints, talk: v.string() })),
});

/**
 * Reads the goals of a lesson.
 * @throws Error with file and key: a lesson file is ours
 */
export function parseGoals(lesson: string, value: unknown): LessonGoals {
  const fail = (where: string, what: string): never => {
    throw new Error(`lesson ${lesson}: goals.yaml: ${where}: ${what}`);
  };
  const parsed = v.safeParse(goalsFile, value);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    return fail(v.getDotPath(issue) ?? 'the file', issue.message);
  }
  const { goals, questions, wrongTurns } = parsed.output;
  for (const [name, list] of Object.entries({ goals, questions, wrongTurns }))
    list.forEach((one, index) => {
      if (list.findIndex((other) => other.id === one.id) !== index)
        fail(`${name}.${index}`, `a second ${one.id}`);
    });
  const choicesOf = new Map(questions.map((question) => [question.id, question.choices] as const));
  for (const question of questions) {
    if (!question.choices.some((one) => one.right === true))
      fail(`questions.${question.id}`, 'has no right answer');
    if (question.choices.every((one) => one.right === true))
      fail(`questions.${question.id}`, 'has no wrong answer');
  }
  for (const { id: name, when } of [...goals, ...wrongTurns])
    for (const part of partsOf(when)) {
      if ('answered' in part && !choicesOf.has(part.answered))
        fail(name, `there is no question ${part.answered}`);
      if (
        'chosen' in part &&
        choicesOf.get(part.chosen.question)?.some((one) => one.id === part.chosen.choice) !== true
      )
        fail(name, `there is no choice ${part.chosen.question}: ${part.chosen.choice}`);
    }
  return parsed.output;
}

/** The predicate and everything inside it. */
function partsOf(predicate: Predicate): Predicate[] {
  const inner =
    'all' in predicate
      ? predicate.all
      : 'any' in predicate
        ? predicate.any
        : 'not' in predicate
          ? [predicate.not]
          : [];
  return [predicate, ...inner.flatMap(partsOf)];
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
