// Files dropped on the dock: reports go to the reports, mail to the mailboxes. What a file is, its content says; a message or an
// archive may be either.

import { imported } from '../reports/imported.svelte.ts';
import { bring } from '../mailbox/bring.svelte.ts';
import { engine } from '../state/engine.svelte.ts';

/** A bigger file is no report. */
const MOST_REPORT = 10_000_000;

async function isReport(file: File): Promise<boolean> {
  if (/\.(?:xml|gz)$/i.test(file.name)) return true;
  if (file.size > MOST_REPORT || /\.(?:mbox|mbx)$/i.test(file.name)) return false;
  const bytes = new Uint8Array(await file.arrayBuffer());
  // `From `: a mailbox file under another name.
  if (/^From /.test(String.fromCharCode(...bytes.subarray(0, 5)))) return false;
  const view = await engine.ask((api) => api.readReport('', file.name, bytes));
  return view.problem === undefined;
}

/** Takes them in; answers where they went. */
export async function takeDropped(files: readonly File[]): Promise<'reports' | 'mail'> {
  const reports: File[] = [];
  const mail: File[] = [];
  for (const file of files) ((await isReport(file).catch(() => false)) ? reports : mail).push(file);
  if (mail.length > 0) void bring.add(mail);
  if (reports.length > 0) void imported.add(reports);
  return mail.length > 0 ? 'mail' : 'reports';
}
