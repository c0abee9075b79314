// One case to verify: what is to be checked, with what, and the verdict. Reads loose input (a JSON object, options of the
// command line) into a case, and runs a case against its zone. Knows no terminal.

import { verifyArc, type ArcVerdict } from '../auth/arc.ts';
import { verifyDkim } from '../auth/dkim.ts';
import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import { parseIp } from '../auth/ip.ts';
import { checkMessage, type MessageVerdict } from '../auth/message-check.ts';
import { finishPolicy } from '../auth/policy-run.ts';
import { checkSpf } from '../auth/spf.ts';
import type { SpfInput, SpfVerdict } from '../auth/spf-verdict.ts';
import { fromBase64, isBase64Error } from '../base/bytes.ts';
import { answerFromPieces, type ZonePieces } from '../dns/zone-pieces.ts';
import { readEml } from '../message/eml.ts';
import { BadInput, bytesOf, readZone, shown } from './verify-zone.ts';

export const CHECKS = ['spf', 'dkim', 'dmarc', 'arc'] as const;
export type Check = (typeof CHECKS)[number];

export interface Case {
  readonly check: Check;
  readonly zone: ZonePieces;
  /** Absent when no IP address was given; then SPF has nothing to check. */
  readonly envelope?: { readonly ip: string; readonly helo: string; readonly sender: string };
  /** Binary string with CRLF line ends. */
  readonly message?: string;
  readonly nowSeconds: number;
  /** Name of the verifying host, for `%{r}`. */
  readonly receiver?: string;
}

/** The verdict of one case, whole. */
export type CaseVerdict =
  | { readonly check: 'spf'; readonly result: string; readonly spf: SpfVerdict }
  | { readonly check: 'dkim'; readonly result: string; readonly dkim: readonly DkimVerdict[] }
  | ({ readonly check: 'dmarc'; readonly result: string } & MessageVerdict)
  | { readonly check: 'arc'; readonly result: string; readonly arc: ArcVerdict };

/** @throws BadInput when the case lacks something that its check needs */
export function runCase(one: Case): CaseVerdict {
  const answer = (question: Parameters<typeof answerFromPieces>[1]) => answerFromPieces(one.zone, question);
  const { check, nowSeconds } = one;
  const envelope: SpfInput = {
    ...(one.envelope ?? { ip: '0.0.0.0', helo: '', sender: '' }),
    nowSeconds,
    ...(one.receiver === undefined ? {} : { receiver: one.receiver }),
  };
  if (check === 'spf') {
    if (one.envelope === undefined)
      throw new BadInput('SPF is about an IP address: give "ip", and "helo" and "sender" with it.');
    const spf = finishPolicy(checkSpf(envelope), answer);
    return { check, result: spf.result, spf };
  }
  const { message } = one;
  if (message === undefined) throw new BadInput(`There is no message to check: ${check} needs "message".`);
  switch (check) {
    case 'dkim': {
      const dkim = finishPolicy(verifyDkim(message, { nowSeconds }), answer);
      return { check, result: dkimResult(dkim), dkim };
    }
    case 'arc': {
      const arc = finishPolicy(verifyArc(message, { nowSeconds }), answer);
      return { check, result: arc.result, arc };
    }
    case 'dmarc': {
      const verdict = finishPolicy(checkMessage(message, envelope, { nowSeconds }), answer);
      return { check, result: verdict.dmarc.result, ...verdict };
    }
  }
}

/** One word for all signatures: pass if one passes, else that of the first one, but a failed look-up may still turn. */
export function dkimResult(verdicts: readonly DkimVerdict[]): string {
  if (verdicts.some((one) => one.result === 'pass')) return 'pass';
  if (verdicts.some((one) => one.result === 'temperror')) return 'temperror';
  return verdicts[0]?.result ?? 'none';
}

export interface CaseDefaults {
  readonly check?: Check;
  readonly zone?: ZonePieces;
  readonly nowSeconds: number;
}

/** A case out of a JSON value: `{ id, check, ip, helo, sender, message, time, zone, origin, receiver }`. @throws BadInput */
export function readCase(value: Readonly<Record<string, unknown>>, defaults: CaseDefaults): Case {
  const text = (key: string): string | undefined => {
    const found = value[key];
    if (found === undefined || found === null) return undefined;
    if (typeof found !== 'string') throw new BadInput(`"${key}" must be a string, not ${shown(found)}.`);
    return found;
  };
  const check = CHECKS.find((one) => one === (value.check ?? defaults.check));
  if (check === undefined)
    throw new BadInput(
      `Say what to check: "check" must be one of ${CHECKS.join(', ')}, not ${shown(value.check)}.`,
    );
  const zone =
    value.zone === undefined || value.zone === null
      ? (defaults.zone ?? readZone({}))
      : readZone(value.zone, text('origin'));
  const ip = text('ip');
  const receiver = text('receiver');
  const base64 = text('message');
  return {
    check,
    zone,
    nowSeconds: readTime(text('time')) ?? defaults.nowSeconds,
    ...(ip === undefined ? {} : { envelope: readEnvelope(ip, text('helo'), text('sender')) }),
    ...(base64 === undefined ? {} : { message: readBase64(base64) }),
    ...(receiver === undefined ? {} : { receiver }),
  };
}

export function readEnvelope(ip: string, helo = '', sender = ''): NonNullable<Case['envelope']> {
  if (parseIp(ip) === undefined)
    throw new BadInput(`${shown(ip)} is no IP address; write one like 192.0.2.1 or 2001:db8::1.`);
  // As it stands in MAIL FROM or without its brackets.
  return { ip, helo: bytesOf(helo), sender: bytesOf(sender.replace(/^<(.*)>$/s, '$1')) };
}

function readBase64(text: string): string {
  const bytes = fromBase64(text);
  if (isBase64Error(bytes))
    throw new BadInput(`"message" is no base64: wrong at character ${bytes.at + 1} (${bytes.reason}).`);
  return readEml(bytes);
}

/** Seconds since 1970 of an RFC 3339 time. @throws BadInput */
export function readTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  const time =
    match === null ? Number.NaN : Date.parse(text.replace(' ', 'T').toUpperCase().replace(/:60/, ':59'));
  if (Number.isNaN(time))
    throw new BadInput(`${shown(text)} is no time; write it like 2026-11-23T09:00:00Z (RFC 3339).`);
  return Math.floor(time / 1000);
}
