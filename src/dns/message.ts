// A DNS message as a plain value: header, questions, records, and the OPT record with its cookie. Knows no octets; those are
// in wire.ts. RFC 1035 §4.1, RFC 6891, RFC 7873, RFC 8914.

import type { ResourceRecord } from './records.ts';

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const;

/** `NXDOMAIN`, or `RESERVED11` as dig prints what has no name. */
export function rcodeName(rcode: number): string {
  for (const [name, code] of Object.entries(RCODE)) if (code === rcode) return name;
  return `RESERVED${rcode}`;
}

export const CLASS_IN = 1;

export interface HeaderFlags {
  readonly qr: boolean;
  readonly aa: boolean;
  readonly tc: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
}

/** One question. `type` is the code, because ANY and unknown types are asked for too. */
export interface WireQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** The OPT pseudo-record (RFC 6891 §6.1.2). `cookie` is hexadecimal: 16 digits of the client, then the server's. */
export interface Edns {
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  readonly cookie?: string;
  readonly extendedError?: { readonly code: number; readonly text: string };
}

/** A whole message. `rcode` has 12 bits when there is an OPT record. Records are of class IN. */
export interface DnsMessage {
  readonly id: number;
  readonly opcode: number;
  readonly rcode: number;
  readonly flags: HeaderFlags;
  readonly questions: readonly WireQuestion[];
  readonly answers: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
  readonly edns?: Edns;
}

export const NO_FLAGS: HeaderFlags = {
  qr: false,
  aa: false,
  tc: false,
  rd: false,
  ra: false,
  ad: false,
  cd: false,
};

/** The type code of the OPT pseudo-record and the codes of the options in it that we know. */
export const OPT = 41;
export const OPTION_COOKIE = 10;
export const OPTION_EXTENDED_ERROR = 15;
