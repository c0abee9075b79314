// The words of the mail programs' panel; they come with it.

import { mailClient as clientDe } from '../../text/de/mail-client.ts';
import { mailPanel as panelDe } from '../../text/de/mail-panel.ts';
import { mailClient as clientEn, type MailClientKey } from '../../text/en/mail-client.ts';
import { mailPanel as panelEn, type MailPanelKey } from '../../text/en/mail-panel.ts';
import { fill, type Params } from '../../text/fill.ts';
import type { MailConflict, MailFailure } from '../../view/mail-client-types.ts';
import type { Problem } from '../../view/types.ts';
import { settings } from '../state/settings.svelte.ts';

/** Words of the panel. Reactive in templates. */
export function p(key: MailPanelKey, params?: Params): string {
  return fill((settings.language === 'de' ? panelDe : panelEn)[key], params);
}

/** Words for what a program does and suffers. */
export function c(key: MailClientKey, params?: Params): string {
  return fill((settings.language === 'de' ? clientDe : clientEn)[key], params);
}

/** A folder as its owner calls it. */
export function folderName(name: string, role?: string): string {
  const key = `folder.${role ?? (/^inbox$/i.test(name) ? 'inbox' : '')}`;
  return key in panelEn ? p(key as MailPanelKey) : name;
}

/** In plain words, and the server's own behind them. */
export function failureText({ code, server, port, text, maybeSent }: MailFailure): string {
  const plain = c(`mail.failure.${code}`, { server, port, text: text ?? '' });
  const own = text === undefined || plain.includes(text) ? '' : ` “${text}”`;
  return `${plain}${own}${maybeSent === true ? ` ${c('mail.maybeSent')}` : ''}`;
}

export function conflictText({ kind, folder, text }: MailConflict): string {
  return c(`mail.conflict.${kind}`, { folder: folderName(folder), text: text ?? '' });
}

/** Why an ask was refused. */
export function problemText({ id, params }: Problem): string {
  const key = `mail.problem.${id}`;
  const folder = params?.['folder'];
  const said = typeof folder === 'string' ? { ...params, folder: folderName(folder) } : params;
  return key in clientEn ? c(key as MailClientKey, said) : id;
}
