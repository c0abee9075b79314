// mailauth as a second opinion: its resolver over the answers that our policies get, and its verdicts as one word. Used by
// tests only.

import { authenticate, dkimVerify, spf } from 'mailauth';
import { dmarc } from 'mailauth/lib/dmarc/index.js';
import { latin1 } from '../../base/bytes.ts';
import type { DnsAnswer, DnsQuestion } from '../../dns/lookup.ts';

export type Answerer = (question: DnsQuestion) => DnsAnswer;

/** mailauth's resolver: rows as node:dns gives them, failures as its codes. */
export function resolverOf(answer: Answerer): (name: string, type: string) => Promise<unknown[]> {
  const failed = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));
  return (name, type) => {
    const found = answer({ name: `${name}.`, type: type as DnsQuestion['type'] });
    if (found.status === 'NXDOMAIN') return failed('ENOTFOUND');
    if (found.status === 'TIMEOUT') return failed('ETIMEOUT');
    if (found.status !== 'NOERROR') return failed('ESERVFAIL');
    const rows: unknown[] = [];
    for (const { data } of found.records) {
      if (data.type !== type) continue;
      if (data.type === 'TXT') rows.push(data.strings);
      else if (data.type === 'A' || data.type === 'AAAA') rows.push(data.address);
      else if (data.type === 'MX')
        rows.push({ priority: data.preference, exchange: data.exchange.replace(/\.$/, '') });
      else if (data.type === 'PTR') rows.push(data.target.replace(/\.$/, ''));
    }
    return rows.length === 0 ? failed('ENODATA') : Promise.resolve(rows);
  };
}

/** `result comment` of each DKIM signature, top one first. */
export async function mailauthDkim(raw: string, answer: Answerer, nowSeconds: number): Promise<string[]> {
  const checked = (await dkimVerify(Buffer.from(latin1(raw)), {
    resolver: resolverOf(answer),
    curTime: new Date(nowSeconds * 1000),
    minBitLength: 1024,
  } as unknown as Parameters<typeof dkimVerify>[1])) as unknown as {
    results: { status: { result: string } }[];
  };
  return checked.results.map((one) => one.status.result);
}

/** The status of the ARC chain, or undefined where mailauth found none to report. */
export async function mailauthArc(raw: string, answer: Answerer): Promise<string | undefined> {
  const { arc } = (await authenticate(Buffer.from(latin1(raw)), {
    ip: '192.0.2.1',
    helo: 'h.example',
    sender: '',
    resolver: resolverOf(answer),
    minBitLength: 1024,
    disableBimi: true,
    disableDmarc: true,
  } as unknown as Parameters<typeof authenticate>[1])) as unknown as { arc: { status: { result: string } } };
  return arc.status.result;
}

export async function mailauthSpf(
  input: { readonly ip: string; readonly helo: string; readonly sender: string },
  answer: Answerer,
): Promise<string> {
  const found = (await spf({
    ...input,
    mta: 'mx.b.example',
    resolver: resolverOf(answer),
  } as unknown as Parameters<typeof spf>[0])) as unknown as { status: { result: string } };
  return found.status.result;
}

/** `result policy` of DMARC. */
export async function mailauthDmarc(
  input: {
    readonly from: string;
    readonly spf: readonly string[];
    readonly dkim: readonly string[];
  },
  answer: Answerer,
): Promise<{ readonly result: string; readonly policy: string | undefined }> {
  const found = (await (dmarc as unknown as (options: object) => Promise<unknown>)({
    headerFrom: [`ana@${input.from}`],
    spfDomains: input.spf.map((domain) => ({ domain })),
    dkimDomains: input.dkim.map((domain) => ({ domain })),
    resolver: resolverOf(answer),
  })) as false | { status: { result: string }; policy?: string };
  return found === false
    ? { result: 'permerror', policy: undefined }
    : { result: found.status.result, policy: found.policy };
}
