// The words of the settings panel in the reader's language, loaded with the panel.

import type { SettingsText } from '../../text/en/settings.ts';
import type { Problem } from '../../view/types.ts';
import { fill } from '../../text/fill.ts';
import type { Language } from '../state/settings.svelte.ts';

const load: Record<Language, () => Promise<{ readonly settings: SettingsText }>> = {
  en: () => import('../../text/en/settings.ts'),
  de: () => import('../../text/de/settings.ts'),
};

class Texts {
  language = $state<Language>();
  current = $state.raw<SettingsText>();

  async speak(language: Language): Promise<void> {
    if (this.language === language && this.current) return;
    this.language = language;
    const { settings } = await load[language]();
    if (this.language === language) this.current = settings;
  }
}

export const texts = new Texts();

/** Why the server refused a change. */
export function refusalText({ id, params }: Problem, words: SettingsText): string {
  const key = id === 'badValue' ? String(params?.['why']) : id;
  const text = Object.hasOwn(words.refusals, key) ? words.refusals[key] : undefined;
  return fill(text ?? words.refusals['other'] ?? '', { ...params, id: key });
}
