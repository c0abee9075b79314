// A minimal DER reader and writer for keys and certificates. An error names what was expected and the byte where it was
// not. ITU-T X.690; what a key looks like is in `keys.ts`, what a certificate looks like in `x509.ts`.

import { concat } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Context-specific, primitive: names and key identifiers of certificates. */
  context0: 0x80,
  context2: 0x82,
  context7: 0x87,
  /** Context-specific, constructed: version and extensions of a certificate. */
  explicit0: 0xa0,
  explicit3: 0xa3,
} as const;
export type TagName = keyof typeof TAG;

/** What is wrong with some DER, and at which byte. */
export interface DerError {
  readonly at: number;
  readonly reason: 'end' | 'length' | 'tag' | 'trailing' | 'integer' | 'bits' | 'oid' | 'version';
  readonly expected?: TagName;
}

/** Thrown inside this folder only; `readDer` turns it into a value. */
class DerProblem extends Error {
  constructor(readonly problem: DerError) {
    super(problem.reason);
  }
}

export function derProblem(problem: DerError): never {
  throw new DerProblem(problem);
}

/** Runs a reader over the bytes and returns its value or where it stopped. All bytes must be used up. */
export function readDer<T>(bytes: Uint8Array, read: (cursor: DerCursor) => T): T | DerError {
  try {
    const cursor = new DerCursor(bytes, 0, bytes.length);
    const value = read(cursor);
    cursor.end();
    return value;
  } catch (problem) {
    if (problem instanceof DerProblem) return problem.problem;
    throw problem;
  }
}

/** A place in some DER with an end that it may not cross. */
export class DerCursor {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly stop: number,
  ) {}

  get position(): number {
    return this.at;
  }
  get atEnd(): boolean {
    return this.at >= this.stop;
  }

  /** A second cursor at the same place, to look ahead with. */
  copy(): DerCursor {
    return new DerCursor(this.bytes, this.at, this.stop);
  }

  /** Fails unless everything was read. */
  end(): void {
    if (this.at !== this.stop) derProblem({ at: this.at, reason: 'trailing' });
  }

  peekTag(): number {
    return this.at < this.stop ? (this.bytes[this.at] ?? -1) : -1;
  }

  /** Steps over one value of that tag and returns a cursor over its content. */
  enter(expected: TagName): DerCursor {
    const start = this.at;
    if (this.stop - start < 2) derProblem({ at: start, reason: 'end', expected });
    if (this.bytes[start] !== TAG[expected]) derProblem({ at: start, reason: 'tag', expected });
    let length = this.bytes[start + 1] ?? 0;
    let body = start + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 3) derProblem({ at: start + 1, reason: 'length' });
      if (body + count > this.stop) derProblem({ at: this.stop, reason: 'end', expected });
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (this.bytes[body + i] ?? 0);
      body += count;
    }
    if (body + length > this.stop) derProblem({ at: this.stop, reason: 'end', expected });
    this.at = body + length;
    return new DerCursor(this.bytes, body, body + length);
  }

  /** Steps over one value of that tag and returns its bytes, tag and length included. */
  whole(expected: TagName): Bytes {
    const start = this.at;
    this.enter(expected);
    return this.bytes.slice(start, this.at) as Bytes;
  }

  /** Steps over any one value. */
  skip(): void {
    const tag = this.peekTag();
    const name = (Object.keys(TAG) as TagName[]).find((one) => TAG[one] === tag);
    if (name === undefined) derProblem({ at: this.at, reason: 'tag' });
    this.enter(name);
  }

  /** The content bytes that are left. */
  rest(): Bytes {
    const out = this.bytes.slice(this.at, this.stop) as Bytes;
    this.at = this.stop;
    return out;
  }

  /** A non-negative integer. */
  integer(): bigint {
    const content = this.enter('integer');
    const at = content.position;
    const bytes = content.rest();
    if (bytes.length === 0 || (bytes[0] ?? 0) >= 0x80) derProblem({ at, reason: 'integer' });
    return bytesToInteger(bytes);
  }

  octets(): Bytes {
    return this.enter('octetString').rest();
  }

  /** A bit string of whole bytes, as a cursor over them. */
  bits(): DerCursor {
    const content = this.enter('bitString');
    if (content.peekTag() !== 0) derProblem({ at: content.position, reason: 'bits' });
    content.at++;
    return content;
  }

  /** Dotted text of an object identifier. */
  oid(): string {
    const content = this.enter('oid');
    const at = content.position;
    const bytes = content.rest();
    const first = bytes[0];
    if (first === undefined) return derProblem({ at, reason: 'oid' });
    const arcs = [Math.min(2, Math.floor(first / 40)), first >= 80 ? first - 80 : first % 40];
    let arc = 0;
    for (const byte of bytes.subarray(1)) {
      arc = (arc * 128 + (byte & 0x7f)) % 2 ** 48;
      if (byte < 0x80) {
        arcs.push(arc);
        arc = 0;
      }
    }
    return arcs.join('.');
  }
}

export function bytesToInteger(bytes: Uint8Array): bigint {
  let hex = '0x0';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return BigInt(hex);
}

/** Big-endian, exactly `length` bytes (RFC 8017 §4.1). */
export function integerToBytes(value: bigint, length: number): Bytes {
  const hex = value.toString(16).padStart(length * 2, '0');
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return out;
}

/** One value with its tag and length. */
export function der(tag: TagName, ...content: readonly Uint8Array[]): Bytes {
  const body = concat(...content);
  const size: number[] = [];
  if (body.length < 0x80) size.push(body.length);
  else {
    for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
    size.unshift(0x80 | size.length);
  }
  return concat(Uint8Array.of(TAG[tag], ...size), body);
}

/** A non-negative integer. */
export function derInteger(value: bigint): Bytes {
  const hex = value.toString(16);
  const bytes = integerToBytes(value, Math.ceil(hex.length / 2));
  return (bytes[0] ?? 0) >= 0x80 ? der('integer', Uint8Array.of(0), bytes) : der('integer', bytes);
}

export function derOid(text: string): Bytes {
  const arcs = text.split('.').map(Number);
  const out = [(arcs[0] ?? 0) * 40 + (arcs[1] ?? 0)];
  for (const arc of arcs.slice(2)) {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
      digits.unshift(0x80 | (rest % 128));
    out.push(...digits);
  }
  return der('oid', Uint8Array.from(out));
}

/** A bit string of whole bytes. */
export function derBits(...content: readonly Uint8Array[]): Bytes {
  return der('bitString', Uint8Array.of(0), ...content);
}
