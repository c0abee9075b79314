// The terminal's words in the reader's language. Only that language comes with the terminal: it is on the way to the first
// prompt, where every kilobyte counts.

import type { TerminalText } from '../../text/en/terminal.ts';
import { settings, type Language } from '../state/settings.svelte.ts';

const load: Readonly<Record<Language, () => Promise<TerminalText>>> = {
  en: async () => (await import('../../text/en/terminal.ts')).terminal,
  de: async () => (await import('../../text/de/terminal.ts')).terminal,
};

// The component waits for this module, so there are words from its first frame on.
let loaded = $state.raw({ language: settings.language, words: await load[settings.language]() });

async function change(language: Language): Promise<void> {
  const words = await load[language]();
  if (settings.language === language) loaded = { language, words };
}

/** Reactive in templates. After a change of language the old words stand until the new ones have come. */
export function terminalWords(): TerminalText {
  if (loaded.language !== settings.language) void change(settings.language);
  return loaded.words;
}
