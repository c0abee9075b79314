// A DNS answer in one line, as evidence.

import type { DnsEvidence } from '../../auth/evidence.ts';
import type { RecordData } from '../../dns/records.ts';

/** `192.0.2.10, 192.0.2.11`, `2 records` (from `most` on), or the status when there is nothing. */
export function answerText({ question, answer }: DnsEvidence, most = 4): string {
  if (answer.status !== 'NOERROR') return answer.status;
  const records = answer.records.filter((record) => record.data.type === question.type);
  if (records.length === 0) return 'NODATA';
  if (most === 1) return records.length === 1 ? `1 TXT` : `${records.length} TXT`;
  const shown = records.slice(0, most).map((record) => dataText(record.data));
  return shown.join(', ') + (records.length > most ? ', …' : '');
}

function dataText(data: RecordData): string {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return data.address;
    case 'MX':
      return `${data.preference} ${data.exchange.replace(/\.$/, '')}`;
    case 'TXT':
      return `"${data.strings.join('')}"`;
    case 'CNAME':
    case 'PTR':
      return data.target;
    case 'NS':
      return data.host;
    case 'SOA':
      return `${data.mname} ${data.serial}`;
    case 'OTHER':
      return `TYPE${data.code}`;
  }
}
