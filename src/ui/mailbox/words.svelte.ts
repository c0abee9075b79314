// What header fields and their parts mean, from the dictionary of headers; it comes when the first message is opened.

import { headers as de } from '../../text/de/headers.ts';
import { headers as en } from '../../text/en/headers.ts';
import { settings } from '../state/settings.svelte.ts';

/** Reactive in templates. */
export function headerText(key: string): string {
  const all: Readonly<Record<string, string>> = settings.language === 'de' ? de : en;
  return all[key] ?? key;
}
