// dig's command line: a list of look-ups, each with its server and its switches. What stands before the first name holds for
// all, what stands behind a name for that one. dig(1).

import { reverseName } from '../../../dns/address.ts';
import { parseName } from '../../../dns/name.ts';
import { TYPE_ANY, TYPE_CODES, typeCodeOf } from '../../../dns/records.ts';
import type { DigShow } from './dig-text.ts';

/** One query that dig is to make. Plain data. */
export interface DigLookup {
  /** Absolute. */
  name: string;
  shownName: string;
  type: number;
  typeGiven: boolean;
  /** @server as typed. */
  server: string | undefined;
  port: number;
  family: 4 | 6 | undefined;
  tcp: boolean;
  tries: number;
  timeMs: number;
  ignoreTruncation: boolean;
  recursion: boolean;
  edns: boolean;
  dnssecOk: boolean;
  checkingDisabled: boolean;
  cookie: boolean;
  udpSize: number;
  short: boolean;
  trace: boolean;
  /** +nssearch: the SOA as each of the zone's name servers has it. */
  nsSearch: boolean;
  /** +qr: the query is printed too. */
  showQuery: boolean;
  show: DigShow;
}

export type DigArguments =
  | { readonly ok: true; readonly lookups: readonly DigLookup[]; readonly warnings: string }
  | { readonly ok: false; readonly text: string; readonly code: number };

const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`;
export const AXFR = 252;
const CLASSES = ['IN', 'CH', 'HS'];

function defaults(): DigLookup {
  return {
    name: '.',
    shownName: '.',
    type: TYPE_CODES.A,
    typeGiven: false,
    server: undefined,
    port: 53,
    family: undefined,
    tcp: false,
    tries: 3,
    timeMs: 5000,
    ignoreTruncation: false,
    recursion: true,
    edns: true,
    dnssecOk: false,
    checkingDisabled: false,
    cookie: true,
    udpSize: 1232,
    short: false,
    trace: false,
    nsSearch: false,
    showQuery: false,
    show: shows(true),
  };
}

function shows(on: boolean): DigShow {
  return {
    cmd: on,
    comments: on,
    question: on,
    answer: on,
    authority: on,
    additional: on,
    stats: on,
    multiline: false,
  };
}

/** Options that dig has and that change nothing in this world. */
const WITHOUT_EFFECT = [
  'aaflag',
  'aaonly',
  'adflag',
  'badcookie',
  'besteffort',
  'class',
  'cl',
  'crypto',
  'defname',
  'domain',
  'expire',
  'fail',
  'identify',
  'idnin',
  'idnout',
  'keepalive',
  'keepopen',
  'ndots',
  'nsid',
  'onesoa',
  'padding',
  'raflag',
  'rrcomments',
  'search',
  'showsearch',
  'split',
  'subnet',
  'tcflag',
  'ttlid',
  'ttlunits',
  'unknownformat',
  'zflag',
];
const NOT_HERE = ['https', 'http-plain', 'mapped', 'tls', 'yaml'];

/** Applies `+option`; answers dig's complaint if there is one. */
function applyOption(lookup: DigLookup, option: string): { text: string; code: number } | undefined {
  const invalid = { text: `Invalid option: +${option}\n${USAGE}`, code: 1 };
  const [word = '', value] = option.split('=', 2);
  const lower = word.toLowerCase();
  const on = !lower.startsWith('no');
  const name = on ? lower : lower.slice(2);
  const number = (): number | undefined =>
    value !== undefined && /^[0-9]{1,6}$/.test(value) ? Number(value) : undefined;
  switch (name) {
    case 'all':
      Object.assign(lookup.show, { ...shows(on), multiline: lookup.show.multiline });
      return undefined;
    case 'short':
      lookup.short = on;
      return undefined;
    case 'cmd':
    case 'comments':
    case 'question':
    case 'answer':
    case 'authority':
    case 'additional':
    case 'stats':
    case 'multiline':
      lookup.show[name] = on;
      return undefined;
    case 'trace':
      lookup.trace = on;
      return undefined;
    case 'nssearch':
      lookup.nsSearch = on;
      return undefined;
    case 'tcp':
    case 'vc':
      lookup.tcp = on;
      return undefined;
    case 'rec':
    case 'recurse':
    case 'rdflag':
      lookup.recursion = on;
      return undefined;
    case 'edns':
      lookup.edns = on;
      return undefined;
    case 'do':
    case 'dnssec':
      lookup.dnssecOk = on;
      if (on) lookup.edns = true;
      return undefined;
    case 'cd':
    case 'cdflag':
      lookup.checkingDisabled = on;
      return undefined;
    case 'cookie':
      lookup.cookie = on;
      return undefined;
    case 'ignore':
      lookup.ignoreTruncation = on;
      return undefined;
    case 'qr':
      lookup.showQuery = on;
      return undefined;
    case 'bufsize': {
      const size = number();
      if (size === undefined) return { text: `dig: Couldn't parse buffer size\n`, code: 1 };
      lookup.udpSize = Math.min(65535, size);
      lookup.edns = true;
      return undefined;
    }
    case 'time':
    case 'timeout': {
      const seconds = number();
      if (seconds === undefined) return { text: `dig: Couldn't parse timeout\n`, code: 1 };
      lookup.timeMs = Math.max(1, seconds) * 1000;
      return undefined;
    }
    case 'tries':
    case 'retry':
    case 'retries': {
      const count = number();
      if (count === undefined) return { text: `dig: Couldn't parse ${name}\n`, code: 1 };
      lookup.tries = Math.max(1, Math.min(100, name === 'tries' ? count : count + 1));
      return undefined;
    }
    default:
      if (WITHOUT_EFFECT.includes(name)) return undefined;
      if (NOT_HERE.includes(name)) return { text: `dig: +${name} is not part of this simulation\n`, code: 1 };
      return invalid;
  }
}

/** The name that `-x` asks for: of an address, or of what was typed, label by label backwards. */
function reverseOf(text: string): string {
  return reverseName(text) ?? `${text.replace(/\.$/, '').split('.').reverse().join('.')}.in-addr.arpa.`;
}

export function parseDigArguments(args: readonly string[]): DigArguments {
  const common = defaults();
  const lookups: DigLookup[] = [];
  let warnings = '';
  let current = common;
  const fail = (text: string, code = 1): DigArguments => ({ ok: false, text, code });
  const ask = (text: string): DigArguments | undefined => {
    const parsed = parseName(text);
    if (!parsed.ok) return fail(`dig: '${text}' is not a legal name (${parsed.error})\n`, 10);
    current = { ...common, show: { ...common.show }, name: parsed.value, shownName: text };
    lookups.push(current);
    return undefined;
  };
  const setType = (code: number): void => {
    current.type = code;
    current.typeGiven = true;
    if (code === TYPE_ANY || code === AXFR) current.tcp = true;
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg.startsWith('@')) current.server = arg.slice(1);
    else if (arg.startsWith('+') && arg.length > 1) {
      const problem = applyOption(current, arg.slice(1));
      if (problem !== undefined) return fail(problem.text, problem.code);
    } else if (/^-./.test(arg)) {
      const letter = arg.charAt(1);
      if (letter === '4' || letter === '6') {
        current.family = letter === '4' ? 4 : 6;
        continue;
      }
      if ('hv'.includes(letter)) return fail(letter === 'h' ? USAGE : 'DiG 9.18.49-1~deb12u3-Debian\n', 0);
      if ('iumr'.includes(letter)) continue;
      if (!'bcfkpqtxy'.includes(letter)) return fail(`Invalid option: ${arg}\n${USAGE}`);
      const value = arg.slice(2) || args[++i];
      if (value === undefined) return fail(`Invalid option: ${arg}\n${USAGE}`);
      if (letter === 'p') {
        if (!/^[0-9]{1,5}$/.test(value)) return fail("dig: Couldn't parse port number\n");
        current.port = Number(value) & 0xffff;
      } else if (letter === 'q') {
        const problem = ask(value);
        if (problem !== undefined) return problem;
      } else if (letter === 't') {
        const code = typeCodeOf(value);
        if (code === undefined) warnings += `;; Warning, ignoring invalid type ${value}\n`;
        else setType(code);
      } else if (letter === 'x') {
        const problem = ask(reverseOf(value));
        if (problem !== undefined) return problem;
        current.shownName = reverseOf(value).replace(/\.$/, '');
        if (!current.typeGiven) current.type = TYPE_CODES.PTR;
      } else if (letter === 'c') {
        if (value.toUpperCase() !== 'IN') warnings += `;; Warning, ignoring invalid class ${value}\n`;
      } else return fail(`dig: -${letter} is not part of this simulation\n`);
    } else {
      const code = typeCodeOf(arg);
      if (code !== undefined && !current.typeGiven) setType(code);
      else if (CLASSES.includes(arg.toUpperCase()) && lookups.length > 0) continue;
      else {
        const problem = ask(arg);
        if (problem !== undefined) return problem;
      }
    }
  }
  if (lookups.length === 0) {
    if (!common.typeGiven) common.type = TYPE_CODES.NS;
    lookups.push(common);
  }
  return { ok: true, lookups, warnings };
}
