// The words of the filter editor in the reader's language, loaded with it.

import type { SieveText } from '../../text/en/sieve.ts';
import type { Language } from '../state/settings.svelte.ts';

const load: Record<Language, () => Promise<{ readonly sieve: SieveText }>> = {
  en: () => import('../../text/en/sieve.ts'),
  de: () => import('../../text/de/sieve.ts'),
};

class Texts {
  language = $state<Language>();
  current = $state.raw<SieveText>();

  async speak(language: Language): Promise<void> {
    if (this.language === language && this.current) return;
    this.language = language;
    const { sieve } = await load[language]();
    if (this.language === language) this.current = sieve;
  }
}

export const texts = new Texts();
