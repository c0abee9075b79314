// The words of a message's views; they come with the first message that is opened.

import { messageViews as de } from '../../text/de/message-views.ts';
import { messageViews as en, type MessageViewsKey } from '../../text/en/message-views.ts';
import { fill, type Params } from '../../text/fill.ts';
import { settings } from '../state/settings.svelte.ts';

/** Reactive in templates. */
export function m(key: MessageViewsKey, params?: Params): string {
  return fill((settings.language === 'de' ? de : en)[key], params);
}
