// The public RFC 7208 test suite (203 cases, explanations included). The suite is no part of this project; without it
// the test is skipped and says so.

import * as fs from 'node:fs';
import { loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import type { RecordData, ResourceRecord } from '../dns/records.ts';
import { logSuite } from '../testing/suite-log.ts';
import { checkSpf } from './spf.ts';
import { answerAll, conformanceFile } from './testing.ts';

type Entry = string | Readonly<Record<string, unknown>>;
interface Scenario {
  readonly description: string;
  readonly tests: Readonly<
    Record<
      string,
      { helo: string; host: string; mailfrom: string; result: string | string[]; explanation?: string }
    >
  >;
  readonly zonedata: Readonly<Record<string, readonly Entry[]>>;
}

const text = conformanceFile(fs, 'spf/rfc7208-tests.yml');

const unescape = (name: string): string =>
  name.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number(code))).replace(/\\\\/g, '\\');
const absolute = (name: unknown): string => `${String(name).replace(/\.$/, '')}.`;
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

/** Record data of one zone entry. */
function dataOf(type: string, value: unknown): RecordData | undefined {
  if (type === 'A') return { type, address: String(value) };
  if (type === 'AAAA') return { type, address: String(value) };
  if (type === 'CNAME') return { type, target: absolute(value) };
  if (type === 'PTR') return { type, target: absolute(value) };
  if (type === 'TXT' || type === 'SPF') return { type: 'TXT', strings: strings(value) };
  if (type === 'MX' && Array.isArray(value))
    return { type, preference: Number(value[0]), exchange: absolute(value[1]) };
  return undefined;
}

function answerer(zone: Map<string, readonly Entry[]>) {
  const find = (name: string, type: string, depth: number): DnsAnswer => {
    const entries = zone.get(unescape(name).toLowerCase().slice(0, -1));
    if (entries === undefined) return { status: 'NXDOMAIN', records: [] };
    const hasTxt = entries.some((entry) => typeof entry === 'object' && 'TXT' in entry);
    const records: ResourceRecord[] = [];
    for (const entry of entries) {
      if (entry === 'TIMEOUT') {
        if (records.length === 0) return { status: 'TIMEOUT', records: [] };
        break;
      }
      if (typeof entry !== 'object') continue;
      for (const [kind, value] of Object.entries(entry)) {
        const wanted = kind === type || (type === 'TXT' && kind === 'SPF' && !hasTxt);
        if (wanted && value === 'TIMEOUT') return { status: 'TIMEOUT', records: [] };
        if (value === 'NONE') continue;
        const data = wanted || kind === 'CNAME' ? dataOf(kind, value) : undefined;
        if (data === undefined) continue;
        if (data.type === 'CNAME' && type !== 'CNAME') {
          if (depth > 8) return { status: 'SERVFAIL', records: [] };
          const rest = find(data.target, type, depth + 1);
          return { status: rest.status, records: [{ name, ttl: 300, data }, ...rest.records] };
        }
        records.push({ name, ttl: 300, data });
      }
    }
    return { status: 'NOERROR', records, server: '192.0.2.53' };
  };
  return (question: DnsQuestion): DnsAnswer => find(question.name, question.type, 0);
}

it.skipIf(text === undefined)('passes all 203 cases of the RFC 7208 suite [S4-001] [S4-006]', () => {
  const failures: string[] = [];
  let passed = 0;
  for (const scenario of loadAll(text ?? '') as Scenario[]) {
    const zone = new Map(Object.entries(scenario.zonedata).map(([name, list]) => [name.toLowerCase(), list]));
    for (const [name, test] of Object.entries(scenario.tests)) {
      const { verdict } = answerAll(
        checkSpf({ ip: test.host, helo: test.helo, sender: test.mailfrom, receiver: 'receiver' }),
        answerer(zone),
      );
      const wanted = Array.isArray(test.result) ? test.result : [test.result];
      const explanation = verdict.explanation ?? 'DEFAULT';
      const isRight =
        wanted.includes(verdict.result) &&
        (test.explanation === undefined || test.explanation === explanation);
      if (isRight) passed++;
      else
        failures.push(
          `${scenario.description} / ${name}: ${verdict.result} (${verdict.reason}), "${explanation}"; wanted ${wanted.join()} "${test.explanation ?? ''}"`,
        );
      structuredClone(verdict);
    }
  }
  logSuite('RFC 7208', passed + failures.length);
  expect(failures).toEqual([]);
  expect(passed).toBe(203);
});
