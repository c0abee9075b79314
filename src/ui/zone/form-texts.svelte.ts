// The words of form, builders and lenses in the reader's language, loaded when the first of them is shown.

import type { ZoneFormText } from '../../text/en/zone-form.ts';
import type { Language } from '../state/settings.svelte.ts';

const load: Record<Language, () => Promise<{ readonly zoneForm: ZoneFormText }>> = {
  en: () => import('../../text/en/zone-form.ts'),
  de: () => import('../../text/de/zone-form.ts'),
};

class FormTexts {
  current = $state.raw<ZoneFormText>();
  #language: Language | undefined;

  async speak(language: Language): Promise<void> {
    if (this.#language === language) return;
    this.#language = language;
    const { zoneForm } = await load[language]();
    if (this.#language === language) this.current = zoneForm;
  }
}

export const formTexts = new FormTexts();
