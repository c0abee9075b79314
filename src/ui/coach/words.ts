// The coach's words for a hint, from the dictionaries; they come when the first hint does.

import { fill } from '../../text/fill.ts';
import { hints as de } from '../../text/de/hints.ts';
import { hints as en } from '../../text/en/hints.ts';
import type { CoachHint } from '../../view/types.ts';
import type { Language } from '../state/settings.svelte.ts';

export interface CoachWords {
  readonly said: readonly string[];
  /** A line to put into the terminal. */
  readonly example?: string;
}

/** Level 1 nudges, 2 adds the reason, 3 adds an example to copy. */
export function hintText(hint: CoachHint, language: Language): CoachWords {
  const all: Readonly<Record<string, readonly [string, string, string]>> = language === 'de' ? de : en;
  const steps = all[hint.id];
  if (!steps) return { said: [hint.id] };
  const [nudge, explain, example] = steps.map((step) => fill(step, hint.params)) as [string, string, string];
  if (hint.level === 1) return { said: [nudge] };
  return hint.level === 2 ? { said: [nudge, explain] } : { said: [explain], example };
}
