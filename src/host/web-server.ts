// A small web server: files over HTTPS, for what mail publishes on the web (the MTA-STS policy, RFC 8461 §3.3). One request a
// connection. It has one certificate, whatever name a client asks for: a wrong one is a mistake that can be made.

import type { TlsIdentity } from '../net/tls.ts';
import { printResponse, readRequest } from './http.ts';
import type { Input, Os, ProgramDefinition } from './program.ts';

export interface WebServerConfig {
  readonly tls: TlsIdentity;
  /** What it answers for, lower case, each with its files by path. */
  readonly sites: Readonly<Record<string, Readonly<Record<string, WebFile>>>>;
}

export interface WebFile {
  /** Lines are sent with CRLF. */
  readonly text: string;
  /** text/plain when absent. */
  readonly type?: string;
  /** Instead of the file: it is elsewhere. */
  readonly location?: string;
}

export interface WebServerState {
  readonly config: WebServerConfig;
  /** What has come of a request, by socket. */
  readonly clients: Map<number, string>;
}

const HTTPS = 443;

export const webServer: ProgramDefinition<WebServerConfig, WebServerState> = {
  start(config, os) {
    os.listen(HTTPS);
    return { config, clients: new Map() };
  },

  handle(state: WebServerState, input: Input, os: Os): void {
    switch (input.type) {
      case 'accepted':
        state.clients.set(input.socket, '');
        return os.startTls(input.socket, { role: 'server', server: { identity: state.config.tls } });
      case 'data': {
        const came = (state.clients.get(input.socket) ?? '') + input.bytes;
        const request = readRequest(came);
        if (request === undefined) return void state.clients.set(input.socket, came);
        os.send(input.socket, request === 'bad' ? plain(400, 'Bad Request') : answer(state.config, request));
        return leave(state, input.socket, os);
      }
      case 'tlsFailed':
      case 'ended':
      case 'reset':
        if (state.clients.has(input.socket)) leave(state, input.socket, os);
        return;
      default:
        return;
    }
  },
};

function leave(state: WebServerState, socket: number, os: Os): void {
  state.clients.delete(socket);
  os.close(socket);
}

function plain(status: number, text: string): string {
  return printResponse(status, `${text}\r\n`, 'text/plain');
}

function answer(
  { sites }: WebServerConfig,
  { method, target, host }: { readonly method: string; readonly target: string; readonly host: string },
): string {
  if (method !== 'GET') return plain(405, 'Method Not Allowed');
  const site = Object.hasOwn(sites, host) ? sites[host] : undefined;
  if (site === undefined) return plain(421, 'Misdirected Request');
  const file = Object.hasOwn(site, target) ? site[target] : undefined;
  if (file === undefined) return plain(404, 'Not Found');
  if (file.location !== undefined) return printResponse(301, '', 'text/plain', file.location);
  return printResponse(200, file.text.replace(/\r?\n/g, '\r\n'), file.type ?? 'text/plain');
}
