// TLS as a model: real records, hellos and certificates, a modelled protection (`tls-record.ts` says how). One end of a
// connection as a state machine: bytes from the wire go in, bytes for the wire and plain text come out. The certificate
// chain is real X.509 and is really checked, against the simulated clock. RFC 8446 §4 first; TLS 1.2 is RFC 5246 §7.

import { concat, fromLatin1, latin1, type Bytes } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { ed25519Sign, ed25519Verify } from '../crypto/ed25519.ts';
import { hash, sha256 } from '../crypto/hash.ts';
import { isKeyError, readPrivateKeyPem, type PrivateKey, type PublicKey } from '../crypto/keys.ts';
import { rsaSign, rsaVerify } from '../crypto/rsa.ts';
import {
  certificatesPem,
  nameText,
  readCertificate,
  readCertificatesPem,
  type Certificate,
} from '../crypto/x509.ts';
import { isSelfIssued, verifyChain, type ChainProblem, type VerifyCode } from '../crypto/x509-verify.ts';
import {
  handshake,
  printClientHello,
  printServerHello,
  readClientHello,
  readServerHello,
  VERSION_NAMES,
  type TlsVersion,
} from './tls-hello.ts';
import {
  printRecords,
  protect,
  protection,
  readRecord,
  RECORD,
  unprotect,
  type Protection,
  type RecordType,
} from './tls-record.ts';

export type { TlsVersion } from './tls-hello.ts';

/** A server's certificate chain, its own first, and the key to it. PEM. */
export interface TlsIdentity {
  readonly chain: string;
  readonly key: string;
}

export interface TlsServerConfig {
  readonly identity: TlsIdentity;
  /** Lowest version that it speaks. */
  readonly minimum?: TlsVersion;
  /** Session tickets that it hands out in TLS 1.3 (RFC 8446 §4.6.1); nobody here resumes. */
  readonly tickets?: number;
}

export interface TlsClientConfig {
  /** SNI. */
  readonly serverName?: string;
  /** Trusted roots, PEM. */
  readonly roots: string;
  /** The name to be checked; absent: names are not checked. */
  readonly hostname?: string;
  /** End the handshake when the chain does not hold. Otherwise go on and say so. */
  readonly enforce: boolean;
  readonly versions?: readonly TlsVersion[];
}

export type TlsConfig =
  | { readonly role: 'client'; readonly client: TlsClientConfig }
  | { readonly role: 'server'; readonly server: TlsServerConfig };

/** What both ends know once the handshake is over. */
export interface TlsSession {
  readonly version: TlsVersion;
  readonly cipher: string;
  readonly serverName?: string;
}

/** What a client saw of the server. Plain data without bytes. */
export interface TlsPeer {
  /** The chain as it was sent, PEM. */
  readonly chain: string;
  readonly problems: readonly ChainProblem[];
  /** OpenSSL's result: 0 is ok. */
  readonly code: VerifyCode;
  /** From the server's certificate up to the last that was found. */
  readonly path: readonly {
    readonly subject: string;
    readonly notBefore: Time;
    readonly notAfter: Time;
    readonly isSelfSigned: boolean;
  }[];
}

/** Alerts that this model sends, by their numbers (RFC 8446 §6). */
export const ALERTS = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  bad_certificate: 42,
  certificate_expired: 45,
  unknown_ca: 48,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
} as const;
export type AlertName = keyof typeof ALERTS;

/** Why a handshake or a connection failed. */
export type TlsFailure =
  /** The other side does not speak TLS: OpenSSL's "wrong version number". */
  | { readonly kind: 'noTls' }
  | { readonly kind: 'sentAlert'; readonly alert: AlertName; readonly code?: VerifyCode }
  | { readonly kind: 'gotAlert'; readonly alert: AlertName }
  /** The connection ended in the middle. */
  | { readonly kind: 'ended' };

export type TlsOutput =
  | { readonly kind: 'wire'; readonly bytes: string }
  | { readonly kind: 'plain'; readonly bytes: string }
  | { readonly kind: 'established'; readonly session: TlsSession }
  /** A session ticket came. */
  | { readonly kind: 'ticket'; readonly bytes: string }
  | { readonly kind: 'failed'; readonly failure: TlsFailure }
  /** The other side said goodbye (close_notify). */
  | { readonly kind: 'closed' };

type Phase = 'clientHello' | 'serverHello' | 'certificate' | 'finished' | 'open' | 'over';

/** One end. Plain data. */
export interface TlsEnd {
  readonly config: TlsConfig;
  /** Own random value, 32 bytes. */
  readonly random: string;
  phase: Phase;
  input: string;
  /** Handshake bytes of the peer that are no whole message yet. */
  messages: string;
  /** All handshake messages so far: what signatures and Finished are over. */
  transcript: string;
  outputs: TlsOutput[];
  version: TlsVersion | undefined;
  serverName: string | undefined;
  reading: Protection | undefined;
  writing: Protection | undefined;
  /** The keys are made, but the other side has not changed over yet (TLS 1.2). */
  waiting: Protection | undefined;
  /** The server's chain and what the client makes of it, once it came. */
  peer: TlsPeer | undefined;
  /** The key in the server's certificate. */
  peerKey: PublicKey | undefined;
  /** Handshake bytes in and out, as `openssl s_client` counts them. */
  handshakeRead: number;
  handshakeWritten: number;
}

const MESSAGE = {
  serverHello: 2,
  ticket: 4,
  certificate: 11,
  certificateVerify: 15,
  finished: 20,
  done: 14,
} as const;
/** Input that nobody reads is dropped with the connection. */
const INPUT_LIMIT = 1 << 20;

function newEnd(config: TlsConfig, random: Bytes): TlsEnd {
  return {
    config,
    random: fromLatin1(random),
    phase: config.role === 'client' ? 'serverHello' : 'clientHello',
    input: '',
    messages: '',
    transcript: '',
    outputs: [],
    version: undefined,
    serverName: config.role === 'client' ? config.client.serverName : undefined,
    reading: undefined,
    writing: undefined,
    waiting: undefined,
    peer: undefined,
    peerKey: undefined,
    handshakeRead: 0,
    handshakeWritten: 0,
  };
}

/** Begins as the client: the hello is the first output. `random` is 32 bytes of the world's own. */
export function openTlsClient(client: TlsClientConfig, random: Bytes): TlsEnd {
  const end = newEnd({ role: 'client', client }, random);
  const versions = client.versions ?? ['TLSv1.2', 'TLSv1.3'];
  const { serverName } = client;
  say(
    end,
    printClientHello({ random: end.random, versions, ...(serverName === undefined ? {} : { serverName }) }),
  );
  return end;
}

/** Waits for a client's hello. */
export function openTlsServer(server: TlsServerConfig, random: Bytes): TlsEnd {
  return newEnd({ role: 'server', server }, random);
}

/** What came of the last calls. */
export function tlsDrain(end: TlsEnd): TlsOutput[] {
  return end.outputs.splice(0);
}

/** Bytes from the wire, in any pieces. */
export function tlsReceive(end: TlsEnd, bytes: string, now: Time): void {
  if (end.phase === 'over') return;
  end.input += bytes;
  while (!isOver(end)) {
    const read = readRecord(end.input);
    if (read.kind === 'more') {
      if (end.input.length > INPUT_LIMIT) fail(end, 'decode_error');
      return;
    }
    if (read.kind === 'noTls') return over(end, { kind: 'noTls' });
    end.input = end.input.slice(read.length);
    if (end.phase !== 'open') end.handshakeRead += read.length;
    record(end, read.record.type, read.record.body, now);
  }
}

/** Plain text to be sent; nothing before the handshake is over. */
export function tlsWrite(end: TlsEnd, plain: string): void {
  if (end.phase !== 'open' || end.writing === undefined || plain === '') return;
  end.outputs.push({ kind: 'wire', bytes: protect(end.writing, RECORD.data, plain) });
}

/** Says goodbye (close_notify). */
export function tlsClose(end: TlsEnd): void {
  if (end.phase === 'over') return;
  alert(end, 'close_notify');
  end.phase = 'over';
}

/** The connection below ended. */
export function tlsEnded(end: TlsEnd): void {
  if (end.phase === 'over') return;
  if (end.phase === 'open') {
    end.outputs.push({ kind: 'closed' });
    end.phase = 'over';
  } else over(end, { kind: 'ended' });
}

const isOver = (end: TlsEnd): boolean => end.phase === 'over';

// ---- saying --------------------------------------------------------------------------------------------------------

/** A handshake message, protected once there are keys. */
function say(end: TlsEnd, message: string): void {
  end.transcript += message;
  wire(end, RECORD.handshake, message);
}

function wire(end: TlsEnd, type: RecordType, body: string): void {
  const bytes = end.writing === undefined ? printRecords(type, body) : protect(end.writing, type, body);
  if (end.phase !== 'open') end.handshakeWritten += bytes.length;
  end.outputs.push({ kind: 'wire', bytes });
}

function alert(end: TlsEnd, name: AlertName): void {
  wire(end, RECORD.alert, String.fromCharCode(name === 'close_notify' ? 1 : 2, ALERTS[name]));
}

function fail(end: TlsEnd, name: AlertName, code?: VerifyCode): void {
  alert(end, name);
  over(end, { kind: 'sentAlert', alert: name, ...(code === undefined ? {} : { code }) });
}

function over(end: TlsEnd, failure: TlsFailure): void {
  end.phase = 'over';
  end.outputs.push({ kind: 'failed', failure });
}

// ---- hearing -------------------------------------------------------------------------------------------------------

function record(end: TlsEnd, outerType: RecordType, outer: string, now: Time): void {
  if (outerType === RECORD.changeCipherSpec) {
    // In TLS 1.3 it is only there for old boxes on the way (RFC 8446 appendix D.4).
    end.reading = end.waiting ?? end.reading;
    end.waiting = undefined;
    return;
  }
  let type: RecordType = outerType;
  let body = outer;
  if (end.reading !== undefined && outerType === RECORD.data) {
    const inner = unprotect(end.reading, outer);
    if (inner === undefined) return fail(end, 'bad_record_mac');
    ({ type, body } = inner);
  }
  switch (type) {
    case RECORD.alert: {
      const number = body.charCodeAt(1);
      const name = (Object.keys(ALERTS) as AlertName[]).find((one) => ALERTS[one] === number);
      if (name !== 'close_notify')
        return over(end, { kind: 'gotAlert', alert: name ?? 'unexpected_message' });
      end.outputs.push({ kind: 'closed' });
      end.phase = 'over';
      return;
    }
    case RECORD.data:
      if (end.phase !== 'open') return fail(end, 'unexpected_message');
      end.outputs.push({ kind: 'plain', bytes: body });
      return;
    default:
      end.messages += body;
      for (let next = takeMessage(end); next !== undefined && !isOver(end); next = takeMessage(end))
        message(end, next.type, next.body, next.whole, now);
  }
}

function takeMessage(end: TlsEnd): { type: number; body: string; whole: string } | undefined {
  const { messages } = end;
  if (messages.length < 4) return undefined;
  const length = messages.charCodeAt(1) * 65_536 + messages.charCodeAt(2) * 256 + messages.charCodeAt(3);
  if (length > INPUT_LIMIT) {
    fail(end, 'decode_error');
    return undefined;
  }
  if (messages.length < 4 + length) return undefined;
  end.messages = messages.slice(4 + length);
  const whole = messages.slice(0, 4 + length);
  return { type: messages.charCodeAt(0), body: whole.slice(4), whole };
}

function message(end: TlsEnd, type: number, body: string, whole: string, now: Time): void {
  const before = end.transcript;
  end.transcript += whole;
  if (end.config.role === 'server') {
    if (end.phase === 'clientHello' && type === 1) return answerHello(end, end.config.server, body);
    if (end.phase === 'finished' && type === MESSAGE.finished) return clientFinished(end, before, body);
    return fail(end, 'unexpected_message');
  }
  const { client } = end.config;
  if (end.phase === 'open' && type === MESSAGE.ticket) {
    end.outputs.push({ kind: 'ticket', bytes: body });
    return;
  }
  if (end.phase === 'serverHello' && type === MESSAGE.serverHello) return serverHello(end, client, body);
  if (end.phase === 'certificate' && type === MESSAGE.certificate) return chain(end, client, body, now);
  if (end.phase === 'certificate' && type === MESSAGE.certificateVerify) {
    if (end.peerKey === undefined || !isSignedWith(end.peerKey, before, body)) fail(end, 'decrypt_error');
    return;
  }
  if (end.phase === 'certificate' && type === MESSAGE.done) return clientTurn(end);
  if (end.phase === 'certificate' && type === MESSAGE.finished && end.version === 'TLSv1.3') {
    if (body !== finished(before)) return fail(end, 'decrypt_error');
    wire13(end);
    say(end, handshake(MESSAGE.finished, finished(end.transcript)));
    return established(end);
  }
  if (end.phase === 'finished' && type === MESSAGE.finished) {
    if (body !== finished(before)) return fail(end, 'decrypt_error');
    return established(end);
  }
  fail(end, 'unexpected_message');
}

/** The client's own turn in TLS 1.3: from here its records are protected. */
function wire13(end: TlsEnd): void {
  const bytes = printRecords(RECORD.changeCipherSpec, '\x01');
  end.handshakeWritten += bytes.length;
  end.outputs.push({ kind: 'wire', bytes });
  end.writing = end.writing ?? secretOf(end, 'client');
}

function clientTurn(end: TlsEnd): void {
  end.outputs.push({ kind: 'wire', bytes: printRecords(RECORD.changeCipherSpec, '\x01') });
  end.writing = secretOf(end, 'client');
  end.waiting = secretOf(end, 'server');
  end.phase = 'finished';
  say(end, handshake(MESSAGE.finished, finished(end.transcript)));
}

function established(end: TlsEnd): void {
  end.phase = 'open';
  const version = end.version ?? 'TLSv1.3';
  end.outputs.push({
    kind: 'established',
    session: {
      version,
      cipher: version === 'TLSv1.3' ? 'TLS_AES_256_GCM_SHA384' : 'ECDHE-RSA-AES256-GCM-SHA384',
      ...(end.serverName === undefined ? {} : { serverName: end.serverName }),
    },
  });
}

/** The keys of this connection: a model, see `tls-record.ts`. Both hellos stand at the front of the transcript. */
function secretOf(end: TlsEnd, direction: 'client' | 'server'): Protection {
  const hellos = helloPart(end.transcript);
  return protection(sha256(latin1(`TLS model ${hellos}`)), direction);
}

function helloPart(transcript: string): string {
  let at = 0;
  for (let i = 0; i < 2; i++)
    at +=
      4 +
      transcript.charCodeAt(at + 1) * 65_536 +
      transcript.charCodeAt(at + 2) * 256 +
      transcript.charCodeAt(at + 3);
  return transcript.slice(0, at);
}

const finished = (transcript: string): string => fromLatin1(hash('sha256', latin1(transcript)));

// ---- the server's part ---------------------------------------------------------------------------------------------

function answerHello(end: TlsEnd, config: TlsServerConfig, body: string): void {
  const hello = readClientHello(body);
  if (hello === undefined) return fail(end, 'decode_error');
  const lowest = VERSION_NAMES.indexOf(config.minimum ?? 'TLSv1.2');
  const version = VERSION_NAMES.slice(lowest)
    .reverse()
    .find((one) => hello.versions.includes(one));
  if (version === undefined) return fail(end, 'protocol_version');
  end.version = version;
  end.serverName = hello.serverName;
  say(end, printServerHello({ random: end.random, version }, hello.sessionId));
  const isNew = version === 'TLSv1.3';
  if (isNew) {
    const bytes = printRecords(RECORD.changeCipherSpec, '\x01');
    end.handshakeWritten += bytes.length;
    end.outputs.push({ kind: 'wire', bytes });
    end.writing = secretOf(end, 'server');
    end.reading = secretOf(end, 'client');
  } else end.waiting = secretOf(end, 'client');
  const { certificates, key } = identityOf(config.identity);
  say(end, handshake(MESSAGE.certificate, certificates.map((one) => field(fromLatin1(one.der))).join('')));
  say(end, handshake(MESSAGE.certificateVerify, signatureOver(key, end.transcript)));
  say(end, isNew ? handshake(MESSAGE.finished, finished(end.transcript)) : handshake(MESSAGE.done, ''));
  end.phase = 'finished';
}

function clientFinished(end: TlsEnd, before: string, body: string): void {
  if (body !== finished(before)) return fail(end, 'decrypt_error');
  if (end.version !== 'TLSv1.3') {
    end.outputs.push({ kind: 'wire', bytes: printRecords(RECORD.changeCipherSpec, '\x01') });
    end.writing = secretOf(end, 'server');
    say(end, handshake(MESSAGE.finished, finished(end.transcript)));
  }
  established(end);
  if (end.version !== 'TLSv1.3' || end.config.role !== 'server') return;
  for (let number = 1; number <= (end.config.server.tickets ?? 1); number++)
    say(end, handshake(MESSAGE.ticket, finished(`${end.transcript}${number}`).repeat(6)));
}

const field = (bytes: string): string =>
  String.fromCharCode(bytes.length >> 16, (bytes.length >> 8) & 0xff, bytes.length & 0xff) + bytes;

interface Identity {
  readonly certificates: readonly Certificate[];
  readonly key: PrivateKey;
}

// Reading PEM costs more than a handshake; the text is the identity, so remembering it changes nothing.
const identities = new Map<string, Identity>();
const rootSets = new Map<string, readonly Certificate[]>();

/** Why an identity cannot be used, as a server finds out when it starts; undefined when it can. */
export function identityProblem(identity: TlsIdentity): 'certificate' | 'key' | 'mismatch' | undefined {
  const certificates = readCertificatesPem(identity.chain);
  if ('reason' in certificates || certificates.length === 0) return 'certificate';
  const key = readPrivateKeyPem(identity.key);
  if (isKeyError(key)) return 'key';
  const proof = 'proof';
  const own = certificates[0]?.key;
  return own !== undefined && isSignedWith(own, proof, signatureOver(key, proof)) ? undefined : 'mismatch';
}

function identityOf(identity: TlsIdentity): Identity {
  const name = `${identity.chain}${identity.key}`;
  let found = identities.get(name);
  if (found === undefined) {
    const certificates = readCertificatesPem(identity.chain);
    const key = readPrivateKeyPem(identity.key);
    if ('reason' in certificates || isKeyError(key))
      throw new Error('a certificate or its key cannot be read');
    found = { certificates, key };
    identities.set(name, found);
  }
  return found;
}

function rootsOf(pem: string): readonly Certificate[] {
  let found = rootSets.get(pem);
  if (found === undefined) {
    const read = pem.trim() === '' ? [] : readCertificatesPem(pem);
    found = 'reason' in read ? [] : read;
    rootSets.set(pem, found);
  }
  return found;
}

function signatureOver(key: PrivateKey, transcript: string): string {
  const bytes = concat(latin1('TLS 1.3, server CertificateVerify\0'), sha256(latin1(transcript)));
  return fromLatin1(key.type === 'rsa' ? rsaSign('sha256', key.rsa, bytes) : ed25519Sign(key.seed, bytes));
}

function isSignedWith(key: PublicKey, transcript: string, signature: string): boolean {
  const bytes = concat(latin1('TLS 1.3, server CertificateVerify\0'), sha256(latin1(transcript)));
  return key.type === 'rsa'
    ? rsaVerify('sha256', key.rsa, bytes, latin1(signature))
    : ed25519Verify(key.raw, bytes, latin1(signature));
}

// ---- the client's part ---------------------------------------------------------------------------------------------

function serverHello(end: TlsEnd, config: TlsClientConfig, body: string): void {
  const hello = readServerHello(body);
  if (hello === undefined) return fail(end, 'decode_error');
  if (!(config.versions ?? ['TLSv1.2', 'TLSv1.3']).includes(hello.version))
    return fail(end, 'protocol_version');
  end.version = hello.version;
  if (hello.version === 'TLSv1.3') end.reading = secretOf(end, 'server');
  end.phase = 'certificate';
}

function chain(end: TlsEnd, config: TlsClientConfig, body: string, now: Time): void {
  const sent: Certificate[] = [];
  for (let at = 0; at + 3 <= body.length;) {
    const length = body.charCodeAt(at) * 65_536 + body.charCodeAt(at + 1) * 256 + body.charCodeAt(at + 2);
    const certificate = readCertificate(latin1(body.slice(at + 3, at + 3 + length)));
    if ('reason' in certificate) return fail(end, 'bad_certificate');
    sent.push(certificate);
    at += 3 + length;
  }
  const verdict = verifyChain(sent, rootsOf(config.roots), now, config.hostname);
  end.peerKey = sent[0]?.key;
  end.peer = {
    chain: certificatesPem(...sent.map((one) => one.der)),
    problems: verdict.problems,
    code: verdict.code,
    path: verdict.path.map((one) => ({
      subject: nameText(one.subject),
      notBefore: one.notBefore,
      notAfter: one.notAfter,
      isSelfSigned: isSelfIssued(one),
    })),
  };
  if (!config.enforce || verdict.code === 0) return;
  const { code } = verdict.problems[0] ?? verdict;
  fail(
    end,
    code === 10 || code === 9 ? 'certificate_expired' : code === 62 ? 'bad_certificate' : 'unknown_ca',
    code,
  );
}
