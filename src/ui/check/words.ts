// The words of the check page and of "what if"; they come with those parts, not with the page.

import { check as de } from '../../text/de/check.ts';
import { check as en, type CheckKey } from '../../text/en/check.ts';
import { fill, type Params } from '../../text/fill.ts';
import { settings } from '../state/settings.svelte.ts';

/** Reactive in templates. */
export function c(key: CheckKey, params?: Params): string {
  return fill((settings.language === 'de' ? de : en)[key], params);
}

/** For ids of the engine: their words, or the id itself. */
export function coded(prefix: string, id: string, params?: Params): string {
  const key = `${prefix}.${id}`;
  return key in en ? c(key as CheckKey, params) : id;
}
