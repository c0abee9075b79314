// Writes mail records from what a person chose, and reads the choices back out of a record that is there. What it writes raises no
// error and no warning of lint.ts (S4-071); what could not is refused with the field that is wrong. Knows no zone and no DNS.

import { isHostDomain, plainDomain } from './domain.ts';
import { parseDmarcRecord, type DmarcPolicy } from './dmarc-record.ts';
import { parseIp4, parseIp6 } from './ip.ts';
import { SPF_LOOKUP_LIMIT } from './spf-mechanisms.ts';
import { isSpfRecord, parseSpfRecord } from './spf-record.ts';

/** Which field is wrong, and what in it. */
export interface BuildProblem {
  readonly field: string;
  readonly id:
    'network' | 'bigNetwork' | 'domain' | 'tooManyLookups' | 'address' | 'noReports' | 'url' | 'id';
  readonly text: string;
}
export type Built =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly BuildProblem[] };

const built = (text: string, problems: readonly BuildProblem[]): Built =>
  problems.length === 0 ? { ok: true, text } : { ok: false, problems };

export interface SpfChoice {
  /** The hosts that receive the domain's mail send, too. */
  readonly mx: boolean;
  /** The domain's own address sends. */
  readonly a: boolean;
  /** Further hosts by name. */
  readonly hosts: readonly string[];
  /** `192.0.2.1`, `198.51.100.0/24`, `2001:db8::/48`. */
  readonly networks: readonly string[];
  /** Services whose own records are taken in. */
  readonly includes: readonly string[];
  readonly all: '-' | '~' | '?';
}

export const NO_SPF: SpfChoice = { mx: false, a: false, hosts: [], networks: [], includes: [], all: '-' };

export function buildSpf(choice: SpfChoice): Built {
  const problems: BuildProblem[] = [];
  const terms: string[] = [];
  if (choice.mx) terms.push('mx');
  if (choice.a) terms.push('a');
  const domains = (field: string, mechanism: string, list: readonly string[]): void => {
    for (const text of list) {
      const domain = plainDomain(text.trim());
      if (isHostDomain(domain) && !/[%"\s]/.test(domain)) terms.push(`${mechanism}:${domain}`);
      else problems.push({ field, id: 'domain', text });
    }
  };
  domains('hosts', 'a', choice.hosts);
  for (const text of choice.networks) {
    const found = network(text.trim());
    if (typeof found === 'string') terms.push(found);
    else problems.push({ field: 'networks', id: found.id, text });
  }
  domains('includes', 'include', choice.includes);
  const distinct = [...new Set(terms)];
  const lookups = distinct.filter((term) => !term.startsWith('ip')).length;
  if (lookups > SPF_LOOKUP_LIMIT)
    problems.push({ field: 'includes', id: 'tooManyLookups', text: String(lookups) });
  return built(['v=spf1', ...distinct, `${choice.all}all`].join(' '), problems);
}

/** `ip4:…` or `ip6:…` of an address or network. So wide that others send from it is no way to say who may. */
function network(text: string): string | { readonly id: 'network' | 'bigNetwork' } {
  const [, address = '', prefix] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text.replace(/^ip[46]:/i, '')) ?? [];
  const version = parseIp4(address) !== undefined ? 4 : parseIp6(address) !== undefined ? 6 : undefined;
  const bits = prefix === undefined ? undefined : Number(prefix);
  if (version === undefined || (bits ?? 0) > (version === 4 ? 32 : 128)) return { id: 'network' };
  if (prefix !== undefined && String(bits) !== prefix) return { id: 'network' };
  if (bits !== undefined && (version === 4 ? bits <= 16 : bits < 32)) return { id: 'bigNetwork' };
  return `ip${version}:${address}${prefix === undefined ? '' : `/${prefix}`}`;
}

/** The choices that a record stands for, and the terms that no choice can express. */
export function readSpf(text: string): { readonly choice: SpfChoice; readonly lost: readonly string[] } {
  const lost: string[] = [];
  const hosts: string[] = [];
  const networks: string[] = [];
  const includes: string[] = [];
  let { mx, a, all } = { mx: false, a: false, all: '~' as SpfChoice['all'] };
  for (const term of isSpfRecord(text) ? parseSpfRecord(text).terms : []) {
    const plain =
      term.kind === 'mechanism' && (term.qualifier === '+' || term.name === 'all') ? term : undefined;
    const spec = plain?.domainSpec;
    const isFixed = spec === undefined || !spec.text.includes('%');
    const isBare = plain?.prefixSpan === undefined;
    if (plain?.name === 'all' && plain.qualifier !== '+') all = plain.qualifier;
    else if (plain?.name === 'ip4' || plain?.name === 'ip6')
      networks.push(term.text.slice(term.text.indexOf(':') + 1));
    else if (plain?.name === 'mx' && spec === undefined && isBare) mx = true;
    else if (plain?.name === 'a' && isBare && isFixed) {
      if (spec === undefined) a = true;
      else hosts.push(spec.text);
    } else if (plain?.name === 'include' && isFixed && spec !== undefined) includes.push(spec.text);
    else lost.push(term.text);
  }
  return { choice: { mx, a, hosts, networks, includes, all }, lost };
}

export interface DmarcChoice {
  readonly p: DmarcPolicy;
  /** Absent: as `p`. */
  readonly sp?: DmarcPolicy;
  /** Absent: as `sp`. */
  readonly np?: DmarcPolicy;
  readonly test: boolean;
  readonly rua: readonly string[];
  readonly ruf: readonly string[];
  readonly adkim: 'r' | 's';
  readonly aspf: 'r' | 's';
  /** When failure reports are wanted; said only where they go somewhere. */
  readonly fo: '0' | '1' | 'd' | 's';
}

export const NEW_DMARC: DmarcChoice = {
  p: 'none',
  test: false,
  rua: [],
  ruf: [],
  adkim: 'r',
  aspf: 'r',
  fo: '0',
};

export function buildDmarc(choice: DmarcChoice): Built {
  const problems: BuildProblem[] = [];
  const uris = (field: 'rua' | 'ruf'): string => {
    const list = choice[field].map((text) => text.trim().replace(/^mailto:/i, ''));
    for (const text of list) if (!isMailAddress(text)) problems.push({ field, id: 'address', text });
    return list.map((address) => `mailto:${uriText(address)}`).join(',');
  };
  const rua = uris('rua');
  const ruf = uris('ruf');
  if (rua === '') problems.push({ field: 'rua', id: 'noReports', text: '' });
  // Weaker for subdomains than for the domain is a hole, not a choice.
  const atLeast = (policy: DmarcPolicy | undefined): DmarcPolicy | undefined =>
    policy === 'none' && choice.p !== 'none' ? undefined : policy;
  const tags = [
    'v=DMARC1',
    `p=${choice.p}`,
    ...(atLeast(choice.sp) === undefined ? [] : [`sp=${choice.sp}`]),
    ...(atLeast(choice.np) === undefined ? [] : [`np=${choice.np}`]),
    ...(choice.test ? ['t=y'] : []),
    `rua=${rua}`,
    ...(ruf === '' ? [] : [`ruf=${ruf}`, ...(choice.fo === '0' ? [] : [`fo=${choice.fo}`])]),
    ...(choice.adkim === 's' ? ['adkim=s'] : []),
    ...(choice.aspf === 's' ? ['aspf=s'] : []),
  ];
  return built(tags.join('; '), problems);
}

export function readDmarc(text: string): DmarcChoice {
  const { p, sp, np, isTest, rua, ruf, adkim, aspf, fo } = parseDmarcRecord(text);
  const addresses = (uris: typeof rua): string[] => uris.flatMap(({ address }) => address ?? []);
  const [first = '0'] = fo;
  return {
    p: p ?? 'none',
    ...(sp === undefined ? {} : { sp }),
    ...(np === undefined ? {} : { np }),
    test: isTest,
    rua: addresses(rua),
    ruf: addresses(ruf),
    adkim: adkim === 'strict' ? 's' : 'r',
    aspf: aspf === 'strict' ? 's' : 'r',
    fo: first === '1' || first === 'd' || first === 's' ? first : '0',
  };
}

const isMailAddress = (text: string): boolean => {
  const at = text.lastIndexOf('@');
  return (
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/.test(text.slice(0, at)) &&
    at > 0 &&
    isHostDomain(text.slice(at + 1))
  );
};

/** What has a meaning in the list of URIs or in an URI is written as `%XX` (RFC 9989 §4.7, RFC 6068 §2). */
function uriText(address: string): string {
  return address.replace(/[!,;%?#&/`{|}^]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `id` changes with every change of the policy file. */
export function buildSts({ id }: { readonly id: string }): Built {
  const ok = /^[A-Za-z0-9]{1,32}$/.test(id);
  return built(`v=STSv1; id=${id}`, ok ? [] : [{ field: 'id', id: 'id', text: id }]);
}

/** The policy file that belongs to it, served at `https://mta-sts.⟨domain⟩/.well-known/mta-sts.txt` (RFC 8461 §3.2). */
export function stsPolicy(mode: 'testing' | 'enforce', mx: readonly string[]): string {
  const lines = ['version: STSv1', `mode: ${mode}`, ...mx.map((host) => `mx: ${host}`), 'max_age: 604800'];
  return lines.map((line) => `${line}\r\n`).join('');
}

export function buildTlsReport({ rua }: { readonly rua: readonly string[] }): Built {
  const problems: BuildProblem[] = [];
  const uris = rua.map((text) => {
    const plain = text.trim().replace(/^mailto:/i, '');
    if (/^https:\/\/[^\s;,"\\]+$/i.test(plain)) return plain;
    if (!isMailAddress(plain)) problems.push({ field: 'rua', id: 'address', text });
    return `mailto:${uriText(plain)}`;
  });
  if (uris.length === 0) problems.push({ field: 'rua', id: 'noReports', text: '' });
  return built(`v=TLSRPTv1; rua=${uris.join(',')}`, problems);
}

export function buildBimi({
  logo,
  certificate,
}: {
  readonly logo: string;
  readonly certificate: string;
}): Built {
  const problems: BuildProblem[] = [];
  const check = (field: string, text: string, end: RegExp): void => {
    if (!/^https:\/\/[\x21-\x7e]+$/i.test(text) || /[;"\\]/.test(text) || !end.test(text))
      problems.push({ field, id: 'url', text });
  };
  check('logo', logo, /\.svg$/i);
  if (certificate !== '') check('certificate', certificate, /\.pem$/i);
  return built(`v=BIMI1; l=${logo}; a=${certificate}`, problems);
}
