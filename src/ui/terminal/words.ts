// The terminal's words in the reader's language. Both are small enough to come with the terminal.

import { terminal as de } from '../../text/de/terminal.ts';
import { terminal as en, type TerminalText } from '../../text/en/terminal.ts';
import { settings } from '../state/settings.svelte.ts';

/** Reactive in templates. */
export function terminalWords(): TerminalText {
  return settings.language === 'de' ? de : en;
}
