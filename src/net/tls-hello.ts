// The two hellos of a TLS handshake, as RFC 8446 §4.1 writes them: random values, versions, the name that the client asks
// for. What this model does not use (groups, signature algorithms) is left out; key shares are random bytes. All values are
// binary strings.

/** Protocol versions by their numbers on the wire. */
export const VERSIONS = { TLSv1: 0x0301, 'TLSv1.1': 0x0302, 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 } as const;
export type TlsVersion = keyof typeof VERSIONS;
export const VERSION_NAMES = Object.keys(VERSIONS) as TlsVersion[];

export interface ClientHello {
  /** 32 bytes. */
  readonly random: string;
  readonly versions: readonly TlsVersion[];
  /** SNI (RFC 6066 §3). */
  readonly serverName?: string;
}

export interface ServerHello {
  readonly random: string;
  readonly version: TlsVersion;
}

const HELLO = { client: 1, server: 2 } as const;
const EXTENSION = { serverName: 0, supportedVersions: 43, keyShare: 51 } as const;
/** TLS_AES_256_GCM_SHA384 and ECDHE-RSA-AES256-GCM-SHA384. */
const CIPHERS = { 'TLSv1.3': 0x1302, before: 0xc030 } as const;

const u8 = (n: number): string => String.fromCharCode(n & 0xff);
const u16 = (n: number): string => u8(n >> 8) + u8(n);
const vector8 = (text: string): string => u8(text.length) + text;
const vector16 = (text: string): string => u16(text.length) + text;

/** A handshake message: type and a length of three bytes. */
export function handshake(type: number, body: string): string {
  return u8(type) + u8(body.length >> 16) + u16(body.length) + body;
}

const extension = (type: number, body: string): string => u16(type) + vector16(body);

export function printClientHello(hello: ClientHello): string {
  const { random, versions, serverName } = hello;
  const highest = versions.includes('TLSv1.3') ? 'TLSv1.2' : (versions.at(-1) ?? 'TLSv1.2');
  const extensions = [
    ...(serverName === undefined
      ? []
      : [extension(EXTENSION.serverName, vector16(u8(0) + vector16(serverName)))]),
    extension(
      EXTENSION.supportedVersions,
      vector8(
        [...versions]
          .reverse()
          .map((version) => u16(VERSIONS[version]))
          .join(''),
      ),
    ),
    extension(EXTENSION.keyShare, vector16(u16(0x001d) + vector16(random))),
  ];
  return handshake(
    HELLO.client,
    u16(VERSIONS[highest]) +
      random +
      vector8(random) +
      vector16(u16(CIPHERS['TLSv1.3']) + u16(CIPHERS.before)) +
      vector8('\0') +
      vector16(extensions.join('')),
  );
}

export function printServerHello({ random, version }: ServerHello, sessionId: string): string {
  const isNew = version === 'TLSv1.3';
  return handshake(
    HELLO.server,
    u16(VERSIONS[isNew ? 'TLSv1.2' : version]) +
      random +
      vector8(sessionId) +
      u16(isNew ? CIPHERS['TLSv1.3'] : CIPHERS.before) +
      '\0' +
      vector16(
        isNew
          ? extension(EXTENSION.supportedVersions, u16(VERSIONS[version])) +
              extension(EXTENSION.keyShare, u16(0x001d) + vector16(random))
          : '',
      ),
  );
}

/** Reads fields of a binary string in order; undefined as soon as something is missing. */
class Fields {
  at = 0;
  constructor(readonly text: string) {}
  take(length: number): string | undefined {
    if (length > this.text.length - this.at) return undefined;
    return this.text.slice(this.at, (this.at += length));
  }
  number(bytes: 1 | 2): number | undefined {
    const text = this.take(bytes);
    if (text === undefined) return undefined;
    return bytes === 1 ? text.charCodeAt(0) : text.charCodeAt(0) * 256 + text.charCodeAt(1);
  }
  vector(bytes: 1 | 2): string | undefined {
    const length = this.number(bytes);
    return length === undefined ? undefined : this.take(length);
  }
}

function versionOf(number: number | undefined): TlsVersion | undefined {
  return VERSION_NAMES.find((name) => VERSIONS[name] === number);
}

function extensionsOf(text: string | undefined): Map<number, string> {
  const found = new Map<number, string>();
  const fields = new Fields(text ?? '');
  for (;;) {
    const type = fields.number(2);
    const body = fields.vector(2);
    if (type === undefined || body === undefined) return found;
    found.set(type, body);
  }
}

/** The body of a handshake message of type 1. */
export function readClientHello(body: string): (ClientHello & { readonly sessionId: string }) | undefined {
  const fields = new Fields(body);
  const legacy = versionOf(fields.number(2));
  const random = fields.take(32);
  const sessionId = fields.vector(1);
  const ciphers = fields.vector(2);
  const compression = fields.vector(1);
  if (random === undefined || sessionId === undefined || ciphers === undefined || compression === undefined)
    return undefined;
  const extensions = extensionsOf(fields.vector(2));
  const offered = new Fields(new Fields(extensions.get(EXTENSION.supportedVersions) ?? '').vector(1) ?? '');
  const versions: TlsVersion[] = [];
  for (let number = offered.number(2); number !== undefined; number = offered.number(2)) {
    const version = versionOf(number);
    if (version !== undefined) versions.push(version);
  }
  // Without the extension a client takes everything up to the version that it names (RFC 8446 §4.2.1).
  if (!extensions.has(EXTENSION.supportedVersions) && legacy !== undefined)
    versions.push(...VERSION_NAMES.slice(0, VERSION_NAMES.indexOf(legacy) + 1));
  const names = new Fields(new Fields(extensions.get(EXTENSION.serverName) ?? '').vector(2) ?? '');
  names.take(1);
  const serverName = names.vector(2);
  return { random, sessionId, versions, ...(serverName === undefined ? {} : { serverName }) };
}

/** The body of a handshake message of type 2. */
export function readServerHello(body: string): ServerHello | undefined {
  const fields = new Fields(body);
  const legacy = versionOf(fields.number(2));
  const random = fields.take(32);
  const sessionId = fields.vector(1);
  if (random === undefined || sessionId === undefined || fields.take(3) === undefined) return undefined;
  const chosen = extensionsOf(fields.vector(2)).get(EXTENSION.supportedVersions);
  const version = chosen === undefined ? legacy : versionOf(new Fields(chosen).number(2));
  return version === undefined ? undefined : { random, version };
}
