// What a learner may change in the configuration of a running program: a closed table, so that every value that reaches a
// program was checked here. A setting is named by its path in the program's configuration (`verify.onReject`). Knows no
// page and no dictionary; the words for settings are in `src/text`.

import { isKeyError, readPrivateKeyPem } from '../crypto/keys.ts';
import { DMARC_REFUSALS } from '../smtp/auth-replies.ts';
import { MAIL_SECURITIES } from './mail-client/config.ts';
import { MITIGATIONS } from './list/config.ts';
import { sieveService } from './mda/sieve-service.ts';
import { TLS_LEVELS } from './mta/tls-levels.ts';
import type { ProgramConfig, ProgramKind } from './programs.ts';

/** What a value may be. */
export type SettingShape =
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'text'; readonly pattern: RegExp; readonly optional?: true }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly optional?: true }
  /** `isLines`: entries may hold commas, and only line ends part them. */
  | { readonly kind: 'list'; readonly pattern: RegExp; readonly max: number; readonly isLines?: true }
  /** A Sieve script; '' and null: none. What does not compile is refused. */
  | { readonly kind: 'script'; readonly max: number }
  /** DKIM keys, see `SigningKey`. */
  | { readonly kind: 'signers' };

/** A JSON value. */
export type SettingValue =
  string | number | boolean | null | readonly SettingValue[] | { readonly [key: string]: SettingValue };

/** Why a change is refused. */
export type SettingProblem =
  | { readonly id: 'unknownSetting'; readonly setting: string }
  | { readonly id: 'badValue'; readonly setting: string; readonly why: string }
  | {
      readonly id: 'badScript';
      readonly setting: string;
      readonly line: number;
      readonly column: number;
      /** In Pigeonhole's words. */
      readonly text: string;
    };

export const DOMAIN_PATTERN =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** A server's name or address. */
const SERVER_PATTERN = /^[a-z0-9.:-]{1,253}$/i;
/** An address, or a network in CIDR. */
const NETWORK_PATTERN = /^[0-9a-f.:]{2,45}(\/\d{1,3})?$/i;
/** `address target, target`, a line of virtual(5). */
const ALIAS_PATTERN = /^\s*[^\s,@]*@[^\s,@]+\s+[^\s,@]+@[^\s,@]+(\s*,?\s*[^\s,@]+@[^\s,@]+){0,20}\s*$/;
/** `name: target, target`, a line of aliases(5). Targets: names, `\\name`, addresses. */
const LOCAL_ALIAS_PATTERN =
  /^\s*[\w.+-]{1,64}\s*:\s*\\?[\w.+-]+(@[\w.-]+)?(\s*[\s,]\s*\\?[\w.+-]+(@[\w.-]+)?){0,50}\s*$/;
/** Longest Sieve script, in characters: ManageSieve servers allow about as much. */
const MAX_SCRIPT = 65_536;

/** Every setting that any program has, by program and path. `*` stands for a user's name. */
export const SETTINGS: Readonly<Partial<Record<ProgramKind, Readonly<Record<string, SettingShape>>>>> = {
  mta: {
    myhostname: { kind: 'text', pattern: DOMAIN_PATTERN },
    virtualMailboxDomains: { kind: 'list', pattern: DOMAIN_PATTERN, max: 20 },
    signing: { kind: 'signers' },
    'verify.onReject': { kind: 'choice', of: ['reject', 'quarantine'] },
    'verify.rejectText': { kind: 'choice', of: DMARC_REFUSALS },
    'verify.onDmarcTempError': { kind: 'choice', of: ['accept', 'defer'] },
    'verify.spf': { kind: 'choice', of: ['header', 'reject'] },
    'verify.spfPermErrorReject': { kind: 'switch' },
    'verify.spfTempErrorDefer': { kind: 'switch' },
    'verify.arc': { kind: 'switch' },
    'verify.trustedSealers': { kind: 'list', pattern: DOMAIN_PATTERN, max: 10 },
    'verify.trustedForwarders': { kind: 'list', pattern: NETWORK_PATTERN, max: 10 },
    'verify.knownLists': { kind: 'list', pattern: DOMAIN_PATTERN, max: 10 },
    rejectUnknownReverseClientHostname: { kind: 'switch' },
    rejectUnknownClientHostname: { kind: 'switch' },
    rblClients: { kind: 'list', pattern: DOMAIN_PATTERN, max: 5 },
    virtualAliasMaps: { kind: 'list', pattern: ALIAS_PATTERN, max: 50, isLines: true },
    aliasMaps: { kind: 'list', pattern: LOCAL_ALIAS_PATTERN, max: 50, isLines: true },
    'srs.isOn': { kind: 'switch' },
    'arcSeal.isOn': { kind: 'switch' },
    smtpTlsSecurityLevel: { kind: 'choice', of: TLS_LEVELS },
    'mtaSts.isOn': { kind: 'switch' },
    'greylist.isOn': { kind: 'switch' },
    contentChecks: { kind: 'switch' },
  },
  router: {
    blockSmtp: { kind: 'switch' },
    stripStarttls: { kind: 'switch' },
  },
  mailingList: {
    subjectTag: { kind: 'switch' },
    footer: { kind: 'switch' },
    verp: { kind: 'switch' },
    mitigation: { kind: 'choice', of: MITIGATIONS },
    mitigateAlways: { kind: 'switch' },
    'arcSeal.isOn': { kind: 'switch' },
    bounceScoreThreshold: { kind: 'number', min: 1, max: 20 },
  },
  mda: {
    'scripts.*': { kind: 'script', max: MAX_SCRIPT },
    'quota.*.bytes': { kind: 'number', min: 0, max: 1e9, optional: true },
    'quota.*.messages': { kind: 'number', min: 0, max: 1e6, optional: true },
    quotaFullTempfail: { kind: 'switch' },
    recipientDelimiter: { kind: 'choice', of: ['+', '-', ''] },
  },
  mailClient: {
    leaveOnServer: { kind: 'switch' },
    download: { kind: 'choice', of: ['headers', 'all'] },
    'server.host': { kind: 'text', pattern: SERVER_PATTERN },
    'server.port': { kind: 'number', min: 1, max: 65535 },
    'server.security': { kind: 'choice', of: MAIL_SECURITIES },
    user: { kind: 'text', pattern: /^[^\s\0]{1,200}$/ },
    password: { kind: 'text', pattern: /^[^\r\n\0]{1,200}$/ },
    'submission.host': { kind: 'text', pattern: SERVER_PATTERN },
    'submission.port': { kind: 'number', min: 1, max: 65535 },
    'submission.security': { kind: 'choice', of: MAIL_SECURITIES },
  },
  reporter: {
    failureReports: { kind: 'switch' },
  },
  sender: {
    signing: { kind: 'signers' },
    dkimDomain: { kind: 'text', pattern: DOMAIN_PATTERN, optional: true },
    returnPath: { kind: 'text', pattern: DOMAIN_PATTERN, optional: true },
    author: { kind: 'text', pattern: /^[\w.+-]{1,64}@[\w.-]{1,253}$/, optional: true },
  },
};

const MAX_SIGNERS = 8;

/** The setting's name in the table and in dictionaries: `scripts.bob` is `scripts.*`. */
export function settingKey(kind: ProgramKind, setting: string): string {
  const table = SETTINGS[kind] ?? {};
  const parts = setting.split('.');
  if (Object.hasOwn(table, setting)) return setting;
  const general = parts.map((part, i) => (i === 1 ? '*' : part)).join('.');
  return parts.length > 1 && /^[a-z0-9_-]+$/.test(parts[1] ?? '') ? general : setting;
}

/** What a setting's value may be; undefined when the program has no such setting. */
export function shapeOf(kind: ProgramKind, setting: string): SettingShape | undefined {
  const table = SETTINGS[kind] ?? {};
  const key = settingKey(kind, setting);
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The problem with a value, or undefined when it may be used. */
export function settingProblem(
  kind: ProgramKind,
  setting: string,
  value: SettingValue,
): SettingProblem | undefined {
  const shape = shapeOf(kind, setting);
  if (shape === undefined) return { id: 'unknownSetting', setting };
  if (shape.kind === 'script' && typeof value === 'string' && value.length <= shape.max) {
    const fault = sieveService().check(value);
    return fault && { id: 'badScript', setting, ...fault };
  }
  const why = mismatch(shape, value);
  return why === undefined ? undefined : { id: 'badValue', setting, why };
}

function mismatch(shape: SettingShape, value: SettingValue): string | undefined {
  switch (shape.kind) {
    case 'switch':
      return typeof value === 'boolean' ? undefined : 'notASwitch';
    case 'choice':
      return typeof value === 'string' && shape.of.includes(value) ? undefined : 'notAChoice';
    case 'text':
      if (value === null || value === '') return shape.optional === true ? undefined : 'empty';
      return typeof value === 'string' && shape.pattern.test(value) ? undefined : 'badText';
    case 'number':
      if (value === null && shape.optional === true) return undefined;
      return typeof value === 'number' && value >= shape.min && value <= shape.max ? undefined : 'outOfRange';
    case 'list':
      if (!Array.isArray(value)) return 'notAList';
      if (value.length > shape.max) return 'tooMany';
      return value.every((one) => typeof one === 'string' && shape.pattern.test(one)) ? undefined : 'badText';
    case 'script':
      if (value === null) return undefined;
      return typeof value === 'string' ? 'tooLong' : 'badText';
    case 'signers':
      if (!Array.isArray(value)) return 'notAList';
      if (value.length > MAX_SIGNERS) return 'tooMany';
      return value.map(signerProblem).find((why) => why !== undefined);
  }
}

function signerProblem(value: SettingValue): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'notASigner';
  const { domain, selector, algorithm, privateKey } = value as Readonly<Record<string, SettingValue>>;
  if (typeof domain !== 'string' || !DOMAIN_PATTERN.test(domain)) return 'badDomain';
  if (typeof selector !== 'string' || !DOMAIN_PATTERN.test(selector)) return 'badSelector';
  if (algorithm !== 'rsa-sha256' && algorithm !== 'ed25519-sha256') return 'badAlgorithm';
  if (typeof privateKey !== 'string') return 'badKey';
  const key = readPrivateKeyPem(privateKey);
  if (isKeyError(key)) return 'badKey';
  return (key.type === 'rsa') === (algorithm === 'rsa-sha256') ? undefined : 'keyOfOtherKind';
}

/** A configuration with one setting changed; the old one is left as it is. */
export function withSetting(config: ProgramConfig, setting: string, value: SettingValue): ProgramConfig {
  return put(config, setting.split('.'), value) as ProgramConfig;
}

function put(at: unknown, path: readonly string[], value: SettingValue): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const object = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>) : {};
  return { ...object, [key]: put(object[key], rest, value) };
}

/** The value of a setting, null when the configuration does not say. */
export function settingOf(config: unknown, setting: string): SettingValue {
  let at: unknown = config;
  for (const key of setting.split('.')) {
    if (typeof at !== 'object' || at === null) return null;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return (at ?? null) as SettingValue;
}
