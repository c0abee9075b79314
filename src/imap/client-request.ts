// What a mail program asks for, as IMAP commands: names in modified UTF-7, strings quoted or as literals so that no text can
// become a command, MOVE where the server has it and COPY, STORE, EXPUNGE where not (RFC 6851 §3.3, RFC 4315).

import { fromLatin1, utf8 } from '../base/bytes.ts';
import type { ImapCommand, ImapRequest } from './client-session.ts';
import { toModifiedUtf7 } from '../mailbox/folder-name.ts';
import { printSet } from './syntax.ts';

/** The arguments as text and literals by turns, as `ImapCommand.parts` wants them. */
function command(...words: readonly (string | { readonly string: string })[]): ImapCommand {
  const parts = [''];
  for (const [index, word] of words.entries()) {
    if (index > 0) parts[parts.length - 1] += ' ';
    if (typeof word === 'string') parts[parts.length - 1] += word;
    else if (/^[\x20-\x7e]{0,1000}$/.test(word.string))
      parts[parts.length - 1] += `"${word.string.replace(/[\\"]/g, '\\$&')}"`;
    // NUL may not stand in a literal (RFC 9051 §4.3).
    else parts.push(word.string.replaceAll('\0', ''), '');
  }
  return { parts };
}

const mailbox = (name: string): { readonly string: string } => ({ string: toModifiedUtf7(name) });
const unicode = (text: string): { readonly string: string } => ({ string: fromLatin1(utf8(text)) });

/** LOGIN with what the trace may show of it. */
export function loginCommand(user: string, password: string): ImapCommand {
  return { ...command('LOGIN', unicode(user), unicode(password)), shown: `LOGIN ${user} ********` };
}

/** A flag or keyword is an atom, maybe behind a backslash: anything else would change the command. */
const isFlag = (flag: string): boolean => /^\\?[A-Za-z0-9$_.-]{1,100}$/.test(flag);

/**
 * The commands of a request, to be said one after the other until one fails. Empty when there is nothing to do: no
 * messages, or a flag that is none.
 */
export function commandsOf(request: ImapRequest, capabilities: readonly string[]): ImapCommand[] {
  if ('uids' in request && Array.isArray(request.uids) && request.uids.length === 0) return [];
  const has = (name: string): boolean => capabilities.includes(name) || capabilities.includes('IMAP4REV2');
  switch (request.kind) {
    case 'list':
      return [command('LIST', '""', '"*"')];
    case 'select':
      return [command('SELECT', mailbox(request.folder))];
    case 'fetch': {
      const set = 'from' in request.uids ? `${request.uids.from}:*` : printSet(request.uids);
      const items = {
        flags: '(UID FLAGS)',
        header: '(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER])',
        // Not PEEK: who opens a message has read it, and the server marks it (RFC 9051 §6.4.5).
        body: '(UID FLAGS RFC822.SIZE BODY[])',
        peek: '(UID FLAGS RFC822.SIZE BODY.PEEK[])',
      };
      return [command('UID FETCH', set, items[request.what])];
    }
    case 'flag':
      return isFlag(request.flag)
        ? [
            command(
              'UID STORE',
              printSet(request.uids),
              `${request.on ? '+' : '-'}FLAGS`,
              `(${request.flag})`,
            ),
          ]
        : [];
    case 'move': {
      const set = printSet(request.uids);
      return has('MOVE')
        ? [command('UID MOVE', set, mailbox(request.folder))]
        : [command('UID COPY', set, mailbox(request.folder)), ...removal(set, has('UIDPLUS'))];
    }
    case 'delete':
      return removal(printSet(request.uids), has('UIDPLUS'));
    case 'status':
      return [command('STATUS', mailbox(request.folder), '(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)')];
    case 'create':
      return [command('CREATE', mailbox(request.folder))];
    case 'expunge':
      return [command('EXPUNGE')];
    case 'search': {
      const ascii = /^[\x20-\x7e]*$/.test(request.text);
      return [
        ascii
          ? command('UID SEARCH', 'TEXT', { string: request.text })
          : command('UID SEARCH', 'CHARSET UTF-8', 'TEXT', unicode(request.text)),
      ];
    }
    case 'append': {
      const { parts } = command(
        'APPEND',
        mailbox(request.folder),
        `(${request.flags.filter(isFlag).join(' ')})`,
        '',
      );
      return [{ parts: [...parts, request.message.replaceAll('\0', ''), ''] }];
    }
    case 'noop':
      return [command('NOOP')];
    case 'idle':
      // RFC 2177: a server without it is asked again and again instead.
      return [command(has('IDLE') ? 'IDLE' : 'NOOP')];
    case 'logout':
      return [command('LOGOUT')];
  }
}

/** Without UIDPLUS, EXPUNGE takes what others marked as well: there is no other way (RFC 9051 §6.4.3). */
function removal(set: string, uidPlus: boolean): ImapCommand[] {
  return [
    command('UID STORE', set, '+FLAGS.SILENT', '(\\Deleted)'),
    uidPlus ? command('UID EXPUNGE', set) : command('EXPUNGE'),
  ];
}
