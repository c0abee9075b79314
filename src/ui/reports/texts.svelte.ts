// The words of the reports panel in the reader's language, loaded with the panel.

import type { UnpackProblem } from '../../auth/report-mail.ts';
import type { ReportProblem } from '../../message/report-aggregate.ts';
import type { ReportsText } from '../../text/en/reports.ts';
import { fill } from '../../text/fill.ts';
import type { Language } from '../state/settings.svelte.ts';

const load: Record<Language, () => Promise<{ readonly reports: ReportsText }>> = {
  en: () => import('../../text/en/reports.ts'),
  de: () => import('../../text/de/reports.ts'),
};

class Texts {
  language = $state<Language>();
  current = $state.raw<ReportsText>();

  async speak(language: Language): Promise<void> {
    if (this.language === language && this.current) return;
    this.language = language;
    const { reports } = await load[language]();
    if (this.language === language) this.current = reports;
  }
}

export const texts = new Texts();

/** The text of a key that is put together from an engine's word; the word itself when there is none. */
export function wordFor(words: ReportsText, area: string, word: string): string {
  const key = `${area}.${word}`;
  return Object.hasOwn(words, key) ? words[key as keyof ReportsText] : word;
}

/** Why a file could not be read, with its place. */
export function problemText(problem: ReportProblem | UnpackProblem, words: ReportsText): string {
  if (typeof problem === 'string') return wordFor(words, 'problem', problem);
  if (problem.code === 'xml') {
    const { line, column, code, detail } = problem.problem;
    return fill(words['problem.xml'], {
      line,
      column,
      what: fill(wordFor(words, 'xml', code), { detail: detail ?? '' }),
    });
  }
  const { line, column, element, value } = problem;
  return fill(wordFor(words, 'problem', problem.code), { line, column, element, value: value ?? '' });
}
