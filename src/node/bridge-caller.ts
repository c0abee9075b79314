// One real client: its socket, real TLS on it, and how much it may leave unread. What it says and what it hears is the
// business of the world behind the bridge; only the TLS of the real wire ends here.

import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { TlsVersion } from '../net/tls.ts';

/** What one client may leave unread before it is dropped: as much as two full mailboxes. */
const UNREAD_LIMIT = 64_000_000;
/** With as much unread, nothing more is taken from the client. */
const UNREAD_PAUSE = 250_000;
/** A client that reads nothing of what waits for it for so long is dropped. */
const STALL_MS = 60_000;
/** A handshake that takes longer is given up. */
const HANDSHAKE_MS = 30_000;
/** A client that keeps its half open after the server has closed is cut off. */
const LINGER_MS = 5000;

export interface CallerEvents {
  /** Bytes for the world. */
  heard(bytes: Buffer): void;
  /** Real TLS stands. */
  secured(version: TlsVersion, serverName: string | undefined): void;
  /** It says no more, and may still listen. */
  ended(): void;
  /** It is gone. */
  gone(failed: boolean): void;
}

export class Caller {
  private stream: Socket;
  private waits = false;
  private unread = { bytes: 0, since: performance.now() };
  private handshake: NodeJS.Timeout | undefined;
  private over = false;
  /** `plain` until a handshake begins. */
  tls: 'plain' | 'handshake' | 'secured' = 'plain';

  constructor(
    socket: Socket,
    private readonly events: CallerEvents,
    /** Absent: there is no TLS. */
    private readonly context: SecureContext | undefined,
  ) {
    this.stream = socket;
    socket.setNoDelay(true);
    // A reset may come at any time; `close` follows it.
    socket.on('error', () => undefined);
    socket.on('close', (failed) => this.end(failed));
    this.listen(socket);
  }

  private listen(stream: Socket): void {
    stream.on('data', (bytes: Buffer) => {
      // One client's flood waits until the world has dealt with what is there; the others go on.
      stream.pause();
      this.waits = true;
      this.events.heard(bytes);
    });
    stream.on('end', () => this.events.ended());
  }

  /** Puts real TLS on the socket, behind everything that has been written so far. What came in clear is not heard any more. */
  secure(): void {
    const { stream: plain, context } = this;
    if (context === undefined || this.tls !== 'plain') return;
    this.tls = 'handshake';
    this.waits = false;
    plain.pause();
    plain.removeAllListeners('data');
    plain.removeAllListeners('end');
    this.handshake = setTimeout(() => this.reset(), HANDSHAKE_MS);
    this.handshake.unref();
    const begin = (): void => {
      if (this.over) return;
      const secure = new TLSSocket(plain, { isServer: true, secureContext: context });
      this.stream = secure;
      secure.on('error', () => plain.destroy());
      secure.on('close', (failed) => this.end(failed));
      secure.once('secure', () => {
        clearTimeout(this.handshake);
        this.tls = 'secured';
        const { servername } = secure as unknown as { servername?: string | false | null };
        this.events.secured(
          (secure.getProtocol() ?? 'TLSv1.3') as TlsVersion,
          typeof servername === 'string' && servername !== '' ? servername : undefined,
        );
      });
      this.listen(secure);
    };
    if (plain.writableLength === 0) begin();
    else plain.write('', () => begin());
  }

  write(bytes: Uint8Array): void {
    this.stream.write(bytes);
    if (this.stream.writableLength > UNREAD_LIMIT) this.reset();
  }

  /** Much waits for it to be read. */
  get isFull(): boolean {
    return this.stream.writableLength > UNREAD_PAUSE;
  }

  /** The world has dealt with what this client said: it may say more, unless it does not listen. */
  goOn(): void {
    const now = performance.now();
    const { writableLength } = this.stream;
    if (writableLength === 0 || writableLength < this.unread.bytes || this.unread.bytes === 0)
      this.unread = { bytes: writableLength, since: now };
    else if (now - this.unread.since > STALL_MS) return this.reset();
    if (!this.waits || this.isFull) return;
    this.waits = false;
    this.stream.resume();
  }

  /** The server has closed. */
  finish(): void {
    this.stream.end();
    setTimeout(() => this.stream.destroy(), LINGER_MS).unref();
  }

  reset(): void {
    if (this.stream instanceof TLSSocket) this.stream.destroy();
    else this.stream.resetAndDestroy();
  }

  private end(failed: boolean): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.handshake);
    this.events.gone(failed);
  }
}
