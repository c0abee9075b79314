// What a goals.yaml may not say, and that the complaint names the place.

import { expect, it } from 'vitest';
import { parseGoals } from './goals-file.ts';

const say = { en: 'x', de: 'x' };
const goal = { id: 'g', text: say, when: { mistake: 'LM-01' }, hints: [say] };
const question = {
  id: 'q',
  text: say,
  choices: [
    { id: 'a', text: say, reply: say, right: true },
    { id: 'b', text: say, reply: say },
  ],
};
const good = { goals: [goal], wrongTurns: [] };
const when = (predicate: unknown): unknown => ({ ...good, goals: [{ ...goal, when: predicate }] });

it('reads what is right, and fills in what may be left out', () => {
  expect(parseGoals('l', good)).toEqual({ ...good, questions: [] });
  const deep = { all: [{ not: { any: [{ event: { type: 't', last: { a: { atMost: 3 } } } }] } }] };
  expect(parseGoals('l', when(deep)).goals[0]?.when).toEqual(deep);
});

it.each<[string, unknown, RegExp]>([
  ['no goal', { ...good, goals: [] }, /lesson l: goals\.yaml: goals: a lesson needs a goal/],
  ['no wrong turns', { goals: [goal] }, /wrongTurns/],
  ['one language', { ...good, goals: [{ ...goal, text: { en: 'x' } }] }, /goals\.0\.text\.de/],
  [
    'an empty text',
    { ...good, goals: [{ ...goal, text: { en: 'x', de: ' ' } }] },
    /text\.de: must not be empty/,
  ],
  ['no hint', { ...good, goals: [{ ...goal, hints: [] }] }, /goals\.0\.hints: needs at least one hint/],
  ['an unknown key', { ...good, points: 3 }, /points/],
  ['an id with blanks', { ...good, goals: [{ ...goal, id: 'G 1' }] }, /an id has small letters/],
  ['two goals of one name', { ...good, goals: [goal, goal] }, /goals\.1: a second g/],
  ['an unknown predicate', when({ magic: 1 }), /goals\.0\.when.*: is no predicate/],
  [
    'a predicate in a predicate',
    when({ all: [{ mistake: 'LM-01' }, { magic: 1 }] }),
    /when\.all\.1.*: is no predicate/,
  ],
  ['an empty all', when({ all: [] }), /when\.all/],
  ['a wrong key inside', when({ delivered: { usr: 'bob' } }), /when\.delivered\.usr/],
  ['a broken expression', when({ event: { type: 't', where: { a: { matches: '(' } } } }), /when\.event/],
  [
    'a zone without its dot',
    when({ published: { zone: 'a', name: 'a.', type: 'A' } }),
    /must end with a dot/,
  ],
  [
    'a question without a right answer',
    {
      ...good,
      questions: [{ ...question, choices: question.choices.map((one) => ({ ...one, right: false })) }],
    },
    /q: has no right answer/,
  ],
  [
    'a question without a wrong answer',
    {
      ...good,
      questions: [{ ...question, choices: question.choices.map((one) => ({ ...one, right: true })) }],
    },
    /q: has no wrong answer/,
  ],
  ['an answer to no question', when({ answered: 'q' }), /g: there is no question q/],
  [
    'a choice that is none',
    { ...(when({ chosen: { question: 'q', choice: 'c' } }) as object), questions: [question] },
    /g: there is no choice q: c/,
  ],
])('refuses %s', (_name, value, message) => {
  expect(() => parseGoals('l', value)).toThrow(message);
});
