// The words of importing and exporting; they come with the panels. And a problem of a file, with its place, as a sentence.

import type { MailFileProblem } from '../../worker/api.ts';
import { mailFiles as de } from '../../text/de/mail-files.ts';
import { mailFiles as en } from '../../text/en/mail-files.ts';
import { fill, type Params } from '../../text/fill.ts';
import { settings } from '../state/settings.svelte.ts';

export type FileKey = keyof typeof en;

/** Reactive in templates. */
export function f(key: FileKey, params?: Params): string {
  return fill((settings.language === 'de' ? de : en)[key], params);
}

/** Of a key that ends in a word of the engine. */
export function coded(area: 'problem' | 'refused' | 'kind', word: string, params?: Params): string {
  const key = `${area}.${word}`;
  return Object.hasOwn(en, key) ? f(key as FileKey, params) : f('refused.other', { id: word });
}

function placeOf(problem: MailFileProblem): string {
  const { entry } = problem;
  const line = 'line' in problem ? problem.line : undefined;
  if (line !== undefined)
    return entry === '' ? f('place.line', { line }) : f('place.entryLine', { entry, line });
  if ('offset' in problem)
    return entry === ''
      ? f('place.byte', { offset: problem.offset })
      : f('place.offset', { entry, offset: problem.offset });
  return entry === '' ? f('place.file') : f('place.entry', { entry });
}

export function problemText(problem: MailFileProblem): { readonly place: string; readonly what: string } {
  const number = (value: number | undefined): string | number =>
    value === undefined ? '' : value < 10_000 ? value : value.toLocaleString(settings.language);
  return {
    place: placeOf(problem),
    what: coded('problem', problem.code, {
      text: 'text' in problem ? (problem.text ?? '').replaceAll('`', '´') : '',
      value: 'value' in problem ? number(problem.value) : '',
      bytes: 'bytes' in problem ? number(problem.bytes) : '',
    }),
  };
}
