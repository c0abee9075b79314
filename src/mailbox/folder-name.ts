// Names of folders: what may be one, and modified UTF-7, in which IMAP and Maildir++ write what is not ASCII. `/` parts levels.
// RFC 3501 §5.1.3; RFC 9051 §5.1.

import { fromBase64, isBase64Error, latin1, toBase64 } from '../base/bytes.ts';

/** What is wrong with a name for a folder, in Dovecot's words; undefined when it may be one. */
export function folderNameFault(name: string): string | undefined {
  const fault = shapeFault(name);
  if (fault !== undefined) return `Invalid mailbox name: ${fault}`;
  // The dot parts levels in a Maildir++ on disk.
  return name.includes('.') ? "Character not allowed in mailbox name: '.'" : undefined;
}

function shapeFault(name: string): string | undefined {
  if (name === '') return 'Name is empty';
  if (name.includes('//')) return 'Has adjacent hierarchy separators';
  if (name.startsWith('/')) return 'Begins with hierarchy separator';
  if (name.endsWith('/')) return 'Ends with hierarchy separator';
  if (name.startsWith('~')) return "Begins with '~'";
  if (name.length > 255) return 'Name is too long';
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(name)) return 'Contains control characters';
  return undefined;
}

/** RFC 3501 §5.1.3: UTF-16 in base64 with a comma, between `&` and `-`. */
export function toModifiedUtf7(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    let units = '';
    for (let i = 0; i < run.length; i++)
      units += String.fromCharCode(run.charCodeAt(i) >> 8, run.charCodeAt(i) & 255);
    return `&${toBase64(latin1(units)).replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

/** The name, or undefined when it is not valid modified UTF-7. */
export function fromModifiedUtf7(wire: string): string | undefined {
  let out = '';
  for (let at = 0; at < wire.length; at++) {
    const char = wire.charAt(at);
    if (char !== '&') {
      if (char < ' ' || char > '~') return undefined;
      out += char;
      continue;
    }
    const end = wire.indexOf('-', at);
    if (end < 0) return undefined;
    const run = wire.slice(at + 1, end);
    if (run === '') out += '&';
    else {
      const bytes = /^[A-Za-z0-9+,]+$/.test(run) ? fromBase64(run.replaceAll(',', '/')) : undefined;
      if (bytes === undefined || isBase64Error(bytes) || bytes.length % 2 === 1) return undefined;
      let text = '';
      for (let i = 0; i < bytes.length; i += 2)
        text += String.fromCharCode(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
      // Only one way of writing a name is right.
      if (toModifiedUtf7(text) !== `&${run}-`) return undefined;
      out += text;
    }
    at = end;
  }
  return out;
}
