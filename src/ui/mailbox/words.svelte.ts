// What header fields and their parts mean, from the dictionary of headers; it comes when the first message is opened.

import * as de from '../../text/de/headers.ts';
import * as en from '../../text/en/headers.ts';
import { headerFacts, isHeaderId } from '../../text/header-facts.ts';
import { tokenText } from '../../text/token.ts';
import { settings } from '../state/settings.svelte.ts';

export interface HeaderWords {
  /** Sentences; backticks are code. */
  readonly lines: readonly string[];
  /** Who defined it. */
  readonly rule?: string;
}

/** Reactive in templates. `key` is that of a field or of a part of one. */
export function headerWords(key: string): HeaderWords {
  const words = settings.language === 'de' ? de : en;
  if (!isHeaderId(key)) return { lines: [tokenText(words.tokens, key) ?? key] };
  const { what, who, beware } = words.headers[key];
  const { spec, trust } = headerFacts[key];
  return { lines: [what, `${words.writtenBy} ${who}`, `${words.trust[trust]}. ${beware}`], rule: spec };
}
