// Files for the reader: a message with its exact bytes, and a zip of message, records and the command that verifies them.

import { strToU8, zipSync } from 'fflate';
import { latin1 } from '../../base/bytes.ts';
import { readEml } from '../../message/eml.ts';
import { timeText } from './time-text.ts';

/** Hands a file to the browser's downloads. */
export function saveFile(name: string, bytes: Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Letters, digits and hyphens of a subject. */
export function fileName(subject: string): string {
  return (
    subject
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'message'
  );
}

export interface Bundle {
  readonly message: string;
  readonly records: string;
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
  readonly nowSeconds: number;
}

/** The three files. The message has the line ends of the wire; quotes in the command are those of a POSIX shell. */
export function bundleFiles(bundle: Bundle): Record<string, Uint8Array> {
  const word = (text: string): string =>
    /^[\w@.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  const envelope =
    bundle.ip === ''
      ? ''
      : ` --ip ${word(bundle.ip)} --helo ${word(bundle.helo)} --sender ${word(bundle.sender)}`;
  const command = `npm run verify -- dmarc --zone records.zone --message message.eml${envelope} --time ${timeText(bundle.nowSeconds)}\n`;
  return {
    'message.eml': latin1(readEml(bundle.message)),
    'records.zone': latin1(bundle.records.endsWith('\n') ? bundle.records : `${bundle.records}\n`),
    'verify.txt': strToU8(command),
  };
}

export function saveBundle(name: string, bundle: Bundle): void {
  saveFile(
    `${fileName(name)}.zip`,
    zipSync(bundleFiles(bundle)) as Uint8Array<ArrayBuffer>,
    'application/zip',
  );
}
