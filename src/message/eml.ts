// A message out of a file, as people save and send them: any line ends, perhaps a byte order mark, perhaps the "From "
// line of a mailbox file. Gives the bytes that the wire would have carried. Knows nothing of its content. RFC 5322 §2.3.

import { binary } from './header.ts';

/** The message with CRLF everywhere. A file with CR only (old Macs) is understood; else a lone CR stays what it is. */
export function readEml(file: string | Uint8Array): string {
  let text = binary(file);
  if (text.startsWith('\xef\xbb\xbf')) text = text.slice(3);
  if (!text.includes('\n')) text = text.replaceAll('\r', '\r\n');
  else if (/(?:^|[^\r])\n/.test(text)) text = text.replace(/\r?\n/g, '\r\n');
  // RFC 4155 appendix A: the separator of mbox files, which is no field.
  return /^From [^\r\n]*\r\n/.test(text) ? text.slice(text.indexOf('\n') + 1) : text;
}
