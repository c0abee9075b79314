// MTA-STS: the record that says there is a policy, the policy file, and which hosts it allows. Reads text; fetching and
// remembering are the sender's. RFC 8461 §3.1 for the record, §3.2 for the policy, §4.1 for the names of hosts.

import { parseTagList, tagOf } from './tag-list.ts';

export const STS_MODES = ['enforce', 'testing', 'none'] as const;
export type StsMode = (typeof STS_MODES)[number];

/** A policy as its domain publishes it. */
export interface StsPolicy {
  readonly mode: StsMode;
  /** Host names; `*.` in front stands for one label. */
  readonly mx: readonly string[];
  readonly maxAgeSeconds: number;
}

/** RFC 8461 §3.2: about a year. */
export const STS_MAX_AGE_SECONDS = 31_557_600;
/** RFC 8461 §3.3 suggests 64 kB as the most that is read of a policy. */
export const STS_POLICY_LIMIT = 65_536;

/**
 * The id of the one valid record among the TXT records at `_mta-sts.`; undefined when there is none, or more than one: then
 * the domain has no policy (§3.1).
 */
export function stsRecordId(texts: readonly string[]): string | undefined {
  const records = texts.filter((text) => /^v=STSv1\s*;/.test(text));
  if (records.length !== 1) return undefined;
  const id = tagOf(parseTagList(records[0] ?? ''), 'id')?.value;
  return id !== undefined && /^[A-Za-z0-9]{1,32}$/.test(id) ? id : undefined;
}

/** What is wrong with a policy file. */
export type StsPolicyProblem = 'version' | 'mode' | 'mx' | 'max_age';

/** Reads a policy file. Unknown keys are left alone; of a key that comes twice the first counts, but for `mx`. */
export function parseStsPolicy(text: string): StsPolicy | StsPolicyProblem {
  const pairs = text
    .split(/\r?\n/)
    .map((line) => /^([A-Za-z0-9][\w.-]{0,31})[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line))
    .flatMap((found) => (found === null ? [] : [[found[1] ?? '', found[2] ?? ''] as const]));
  const first = (key: string): string | undefined => pairs.find(([name]) => name === key)?.[1];
  if (first('version') !== 'STSv1') return 'version';
  const mode = STS_MODES.find((one) => one === first('mode'));
  if (mode === undefined) return 'mode';
  const age = first('max_age') ?? '';
  if (!/^\d{1,10}$/.test(age) || Number(age) > STS_MAX_AGE_SECONDS) return 'max_age';
  const mx = pairs.filter(([name]) => name === 'mx').map(([, value]) => value.toLowerCase());
  const isHost = (name: string): boolean =>
    /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9-]+$/.test(name);
  // With mode none nobody is named.
  if (mode !== 'none' && (mx.length === 0 || !mx.every(isHost))) return 'mx';
  return { mode, mx, maxAgeSeconds: Number(age) };
}

/** Whether a host is one of these (§4.1): `*.mail.example` matches `a.mail.example`, but neither more labels nor fewer. */
export function isStsHost(patterns: readonly string[], host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return patterns.some((pattern) => {
    if (!pattern.startsWith('*.')) return pattern === name;
    const dot = name.indexOf('.');
    return dot > 0 && name.slice(dot) === pattern.slice(1);
  });
}
