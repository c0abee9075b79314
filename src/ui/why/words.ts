// The evidence's own words; they come with the panel's sections, not with the page.

import { why as de } from '../../text/de/why.ts';
import { why as en, type WhyKey } from '../../text/en/why.ts';
import { fill, type Params } from '../../text/fill.ts';
import { settings } from '../state/settings.svelte.ts';

/** Reactive in templates. */
export function w(key: WhyKey, params?: Params): string {
  return fill((settings.language === 'de' ? de : en)[key], params);
}

/** For codes of the engine: their words, or the code itself. */
export function code(prefix: string, value: string): string {
  const key = `${prefix}.${value}`;
  return key in en ? w(key as WhyKey) : value;
}
