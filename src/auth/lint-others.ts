// What is wrong with the smaller records beside SPF, DKIM and DMARC: MTA-STS (RFC 8461 §3.1), TLS reporting (RFC 8460 §3) and BIMI
// (draft-brand-indicators-for-message-identification), by reading them and their zone alone.

import { isDmarcRecord, parseDmarcRecord } from './dmarc-record.ts';
import type { LintRecord, Report } from './lint.ts';
import { parseTagList, tagOf } from './tag-list.ts';

const whole = (record: LintRecord) => ({ start: 0, end: record.text.length });

export function lintOthers(records: readonly LintRecord[], report: Report): void {
  for (const record of records) {
    if (record.name.startsWith('_mta-sts.')) lintSts(record, report);
    else if (record.name.startsWith('_smtp._tls.')) lintTlsReport(record, report);
    else if (/^[^.]+\._bimi\./.test(record.name)) lintBimi(record, records, report);
  }
}

function lintSts(record: LintRecord, report: Report): void {
  const tags = parseTagList(record.text);
  if (!/^v=STSv1;/.test(record.text))
    return report('STS-SYNTAX', 'error', record, whole(record), { detail: 'v=STSv1;' });
  const id = tagOf(tags, 'id');
  if (id === undefined || !/^[A-Za-z0-9]{1,32}$/.test(id.value))
    report('STS-SYNTAX', 'error', record, id?.span ?? whole(record), { detail: 'id=' });
}

function lintTlsReport(record: LintRecord, report: Report): void {
  const tags = parseTagList(record.text);
  if (!/^v=TLSRPTv1;/.test(record.text))
    return report('TLSRPT-SYNTAX', 'error', record, whole(record), { detail: 'v=TLSRPTv1;' });
  const rua = tagOf(tags, 'rua');
  const isUri = (uri: string): boolean => /^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/i.test(uri.trim());
  if (rua === undefined || !rua.value.split(',').every(isUri))
    report('TLSRPT-SYNTAX', 'error', record, rua?.span ?? whole(record), { detail: 'rua=' });
}

function lintBimi(record: LintRecord, records: readonly LintRecord[], report: Report): void {
  const tags = parseTagList(record.text);
  if (!/^v=BIMI1;/.test(record.text))
    return report('BIMI-SYNTAX', 'error', record, whole(record), { detail: 'v=BIMI1;' });
  for (const [name, end] of [
    ['l', '.svg'],
    ['a', '.pem'],
  ] as const) {
    const tag = tagOf(tags, name);
    const isMissing = tag === undefined && name === 'l';
    const isWrong =
      tag !== undefined && tag.value !== '' && !new RegExp(`^https://\\S+\\${end}$`, 'i').test(tag.value);
    if (isMissing || isWrong)
      report('BIMI-SYNTAX', 'error', record, tag?.span ?? whole(record), {
        detail: `${name}=https://…${end}`,
      });
  }
  // An empty l= says that there is to be no logo.
  if (tagOf(tags, 'l')?.value === '') return;
  const domain = record.name.replace(/^[^.]+\._bimi\./, '');
  const dmarc = records.find((one) => one.name === `_dmarc.${domain}` && isDmarcRecord(one.text));
  if (dmarc === undefined) return;
  const { p, sp, isTest } = parseDmarcRecord(dmarc.text);
  if (p === undefined || p === 'none' || isTest || sp === 'none')
    report('BIMI-POLICY', 'warning', record, whole(record), {
      policy: isTest
        ? `${p ?? 'none'}; t=y`
        : p !== 'none' && sp === 'none'
          ? `${p ?? 'none'}; sp=none`
          : 'none',
    });
}
