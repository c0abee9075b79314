// What BIND checks once a whole zone is read, and with it named-checkzone: SOA and NS present, targets with addresses,
// glue. Addresses outside the zone are asked of the caller, since only the host that runs the tool can look them up.

import type { TextSpan } from '../base/text-scanner.ts';
import { compareNames, isSubdomain, nameKey, parentName, sameName, withoutDot } from './name.ts';
import { TYPE_CODES } from './records.ts';
import { findNode, findSet, type HostedZone, type Zone, type ZoneNode } from './zone.ts';
import { parseZone, type ParsedZone } from './zone-file.ts';
import type { ZoneProblem, ZoneProblemCode } from './zone-problem.ts';

/** What getaddrinfo says of a name outside the zone. */
export type OutsideAnswer = 'found' | 'none' | 'failed';

type Found = 'address' | 'cname' | 'delegated' | 'none';

const hasAddress = (node: ZoneNode | undefined): boolean =>
  findSet(node, TYPE_CODES.A) !== undefined || findSet(node, TYPE_CODES.AAAA) !== undefined;

/** The delegation that a name of the zone lies at or below, if any: the highest one counts. */
function cutAbove(zone: Zone, name: string): ZoneNode | undefined {
  const top = nameKey(zone.origin);
  let cut: ZoneNode | undefined;
  for (let at = name; nameKey(at) !== top; at = parentName(at)) {
    const node = findNode(zone, at);
    if (findSet(node, TYPE_CODES.NS)) cut = node;
    if (at === '.') break;
  }
  return cut;
}

/** What the zone itself knows about the addresses of a name in it, wildcards included. */
function lookUp(zone: Zone, name: string): Found {
  if (cutAbove(zone, name)) return 'delegated';
  const exact = findNode(zone, name);
  if (exact) {
    if (hasAddress(exact)) return 'address';
    return findSet(exact, TYPE_CODES.CNAME) ? 'cname' : 'none';
  }
  let encloser = parentName(name);
  while (!findNode(zone, encloser) && encloser !== '.') encloser = parentName(encloser);
  const wildcard = findNode(zone, encloser === '.' ? '*.' : `*.${encloser}`);
  if (!wildcard) return 'none';
  if (hasAddress(wildcard)) return 'address';
  return findSet(wildcard, TYPE_CODES.CNAME) ? 'cname' : 'none';
}

class Checker {
  readonly problems: ZoneProblem[] = [];
  private readonly zone: Zone;

  constructor(
    readonly parsed: ParsedZone,
    readonly outside: (name: string) => OutsideAnswer,
  ) {
    this.zone = parsed.zone;
  }

  private say(
    code: ZoneProblemCode,
    severity: 'error' | 'warning',
    text: string,
    span: TextSpan,
    params: ZoneProblem['params'] = {},
  ): void {
    this.problems.push({
      code,
      severity,
      serverRefuses: severity === 'error',
      params,
      span,
      toolText: `zone ${withoutDot(this.zone.origin)}/IN: ${text}`,
    });
  }

  /** Where the target of a record stands in the file. */
  private place(owner: string, type: 'NS' | 'MX', target: string): TextSpan {
    for (const record of this.parsed.records) {
      const { data } = record;
      const found = data.type === 'NS' ? data.host : data.type === 'MX' ? data.exchange : undefined;
      if (
        data.type === type &&
        sameName(record.name, owner) &&
        found !== undefined &&
        sameName(found, target)
      )
        return record.spans.data.at(-1) ?? record.spans.type;
    }
    return { offset: 0, length: 0, line: 1, column: 1 };
  }

  private checkOutside(owner: string, type: 'NS' | 'MX', target: string, span: TextSpan): void {
    const answer = this.outside(target);
    const params = { owner, type, target };
    if (answer === 'none')
      this.say(
        'target-no-address',
        'warning',
        `${withoutDot(owner)}/${type} '${withoutDot(target)}' (out of zone) has no addresses records (A or AAAA)`,
        span,
        params,
      );
    if (answer === 'failed')
      this.say(
        'target-unknown',
        'warning',
        `getaddrinfo(${withoutDot(target)}) failed: Temporary failure in name resolution`,
        span,
        params,
      );
  }

  run(): void {
    const { zone } = this;
    const start: TextSpan = { offset: 0, length: 0, line: 1, column: 1 };
    const apex = findNode(zone, zone.origin);
    const ns = findSet(apex, TYPE_CODES.NS);
    for (const data of ns?.data ?? []) {
      if (data.type !== 'NS' || !isSubdomain(data.host, zone.origin)) continue;
      const found = lookUp(zone, data.host);
      const span = this.place(zone.origin, 'NS', data.host);
      const shown = withoutDot(data.host);
      const params = { target: data.host };
      if (found === 'none')
        this.say('ns-no-address', 'error', `NS '${shown}' has no address records (A or AAAA)`, span, params);
      if (found === 'cname')
        this.say('ns-is-cname', 'error', `NS '${shown}' is a CNAME (illegal)`, span, params);
    }
    if (!findSet(apex, TYPE_CODES.SOA))
      this.say('soa-count', 'error', 'has 0 SOA records', start, { count: 0 });
    if (!ns) this.say('no-ns', 'error', 'has no NS records', start);
    if (this.problems.some((problem) => problem.severity === 'error')) return;
    const nodes = [...zone.nodes.values()].sort((a, b) => compareNames(a.name, b.name));
    for (const node of nodes) {
      if (node.sets.length > 0) this.checkNode(node);
    }
  }

  private checkNode(node: ZoneNode): void {
    const { zone } = this;
    const isApex = sameName(node.name, zone.origin);
    const cut = isApex ? undefined : cutAbove(zone, node.name);
    if (cut && cut !== node) return;
    if (cut) {
      for (const data of findSet(cut, TYPE_CODES.NS)?.data ?? [])
        if (data.type === 'NS') this.checkDelegation(cut.name, data.host);
      return;
    }
    for (const data of findSet(node, TYPE_CODES.MX)?.data ?? [])
      if (data.type === 'MX' && data.exchange !== '.') this.checkMx(node.name, data.exchange);
    // The obsolete type 99 without its TXT twin (RFC 7208 §3.1).
    if (findSet(node, 99)) {
      const isSpf = (text: string): boolean => /^v=spf1( |$)/i.test(text);
      const txt = findSet(node, TYPE_CODES.TXT);
      if (!txt?.data.some((data) => data.type === 'TXT' && isSpf(data.strings.join(''))))
        this.say(
          'spf-type',
          'warning',
          `'${withoutDot(node.name)}' found type SPF record but no SPF TXT record found, add matching type TXT record`,
          { offset: 0, length: 0, line: 1, column: 1 },
          { name: node.name },
        );
    }
  }

  private checkMx(owner: string, target: string): void {
    const span = this.place(owner, 'MX', target);
    if (!isSubdomain(target, this.zone.origin)) return this.checkOutside(owner, 'MX', target, span);
    const found = lookUp(this.zone, target);
    const head = `${withoutDot(owner)}/MX '${withoutDot(target)}'`;
    const params = { owner, target };
    if (found === 'none')
      this.say('mx-no-address', 'warning', `${head} has no address records (A or AAAA)`, span, params);
    if (found === 'cname') this.say('mx-is-cname', 'warning', `${head} is a CNAME (illegal)`, span, params);
  }

  private checkDelegation(owner: string, target: string): void {
    const span = this.place(owner, 'NS', target);
    if (!isSubdomain(target, this.zone.origin)) return this.checkOutside(owner, 'NS', target, span);
    const head = `${withoutDot(owner)}/NS '${withoutDot(target)}'`;
    const params = { owner, target };
    const found = lookUp(this.zone, target);
    if (found === 'cname') this.say('glue-is-cname', 'warning', `${head} is a CNAME (illegal)`, span, params);
    else if (found === 'none')
      this.say('ns-no-address', 'warning', `${head} has no address records (A or AAAA)`, span, params);
    else if (found === 'delegated' && !hasAddress(findNode(this.zone, target))) {
      const what = isSubdomain(target, owner) ? 'REQUIRED' : 'SIBLING';
      this.say('no-glue', 'warning', `${head} has no ${what} GLUE address records (A or AAAA)`, span, params);
      this.checkOutside(owner, 'NS', target, span);
    }
  }
}

/** The checks on a zone that could be read. Without `outside` every name elsewhere counts as found. */
export function zoneChecks(
  parsed: ParsedZone,
  outside: (name: string) => OutsideAnswer = () => 'found',
): readonly ZoneProblem[] {
  if (parsed.failure !== undefined) return [];
  const checker = new Checker(parsed, outside);
  checker.run();
  return checker.problems;
}

/** A file as the server would load it: what it serves, and every problem in order. */
export interface LoadedZone {
  readonly hosted: HostedZone;
  readonly parsed: ParsedZone;
  readonly problems: readonly ZoneProblem[];
}

/**
 * Loads a zone as named loads a primary: any error, and any bad host name (S3-009), leaves it unloaded, and the server
 * then answers SERVFAIL for it.
 */
export function loadZone(text: string, origin: string, fileName?: string): LoadedZone {
  const parsed = parseZone(text, origin, fileName);
  const problems = [...parsed.problems, ...zoneChecks(parsed)];
  const refused = parsed.failure !== undefined || problems.some((problem) => problem.serverRefuses);
  return {
    hosted: refused ? { state: 'failed', origin } : { state: 'loaded', zone: parsed.zone },
    parsed,
    problems,
  };
}

export interface CheckzoneOutput {
  readonly lines: readonly string[];
  readonly exit: 0 | 1;
}

/** The whole output of `named-checkzone ZONE FILE`. `zoneName` as typed, without need of a final dot. */
export function checkzoneOutput(
  zoneName: string,
  fileName: string,
  text: string,
  outside?: (name: string) => OutsideAnswer,
): CheckzoneOutput {
  const origin = zoneName.endsWith('.') ? zoneName : `${zoneName}.`;
  const parsed = parseZone(text, origin, fileName);
  const checks = zoneChecks(parsed, outside);
  const lines: string[] = [];
  for (const problem of [...parsed.problems, ...checks])
    if (problem.toolText !== undefined) lines.push(problem.toolText);
  const head = `zone ${withoutDot(origin)}/IN:`;
  if (parsed.failure !== undefined)
    lines.push(`${head} loading from master file ${fileName} failed: ${parsed.failure}`);
  if (parsed.failure !== undefined || checks.some((problem) => problem.severity === 'error')) {
    lines.push(`${head} not loaded due to errors.`);
    return { lines, exit: 1 };
  }
  const soa = findSet(findNode(parsed.zone, origin), TYPE_CODES.SOA)?.data[0];
  lines.push(`${head} loaded serial ${soa?.type === 'SOA' ? soa.serial : 0}`, 'OK');
  return { lines, exit: 0 };
}
