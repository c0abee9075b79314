// What the page reads from a lesson's goals file: the words of goals, questions, hints and wrong turns in one language. What
// the goals mean, the engine knows.

import type { LessonBody } from 'virtual:lessons';
import type { Language } from '../state/settings.svelte.ts';

export interface QuestionText {
  readonly id: string;
  readonly text: string;
  readonly choices: readonly { readonly id: string; readonly text: string; readonly reply: string }[];
}

export interface LessonText {
  goal(id: string): { readonly text: string; readonly praise: string; readonly hints: readonly string[] };
  /** The words for a wrong turn at a level, 1 to 3. */
  wrongTurn(id: string, level: number): string;
  readonly questions: readonly QuestionText[];
}

type Json = LessonBody['goals'][string];

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** Reads the goals file. What is missing becomes the id or nothing: the lesson's tests keep files complete. */
export function lessonText(goals: LessonBody['goals'], language: Language): LessonText {
  const say = (value: Json | undefined): string => {
    if (typeof value === 'string') return value;
    if (!isMap(value)) return '';
    const text = value[language] ?? value['en'];
    return typeof text === 'string' ? text : '';
  };
  const says = (value: Json | undefined): string[] => {
    if (isMap(value)) return list(value[language] ?? value['en']).filter((one) => typeof one === 'string');
    return list(value).map(say);
  };
  const named = (key: string, id: string): { readonly [key: string]: Json } => {
    const all = goals[key];
    if (isMap(all)) {
      const found = all[id];
      return isMap(found) ? found : {};
    }
    return (
      list(all)
        .filter(isMap)
        .find((one) => one['id'] === id) ?? {}
    );
  };
  return {
    goal(id) {
      const goal = named('goals', id);
      return { text: say(goal['text']) || id, praise: say(goal['praise']), hints: says(goal['hints']) };
    },
    wrongTurn(id, level) {
      const turn = named('wrongTurns', id);
      const ladder = says(turn['hints'] ?? turn['hint']);
      return ladder[Math.min(level, ladder.length) - 1] ?? say(turn['text'] ?? turn['hint']);
    },
    questions: list(goals['questions'])
      .filter(isMap)
      .map((question) => ({
        id: String(question['id'] ?? ''),
        text: say(question['text']),
        choices: list(question['choices'])
          .filter(isMap)
          .map((choice) => ({
            id: String(choice['id'] ?? ''),
            text: say(choice['text']),
            reply: say(choice['reply']),
          })),
      })),
  };
}
