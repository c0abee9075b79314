// Datagrams and echo: one packet, perhaps an answer, perhaps nothing. RFC 768, RFC 792; address translation is RFC 3022.

import { nextFloat } from '../base/random.ts';
import type { DropReason, Endpoint } from './events.ts';
import { schedule } from './queue.ts';
import { need, stream, type IcmpInput, type Network, type Wires } from './state.ts';
import {
  findPath,
  hostAt,
  isLoopback,
  isPrivate,
  passage,
  pathQuality,
  sourceAddress,
  translatorOn,
  type NetHost,
  type Packet,
} from './topology.ts';

/** Sends a datagram from a bound port. */
export function sendDatagram(
  net: Network,
  wires: Wires,
  from: { readonly host: string; readonly program: string; readonly port: number },
  to: Endpoint,
  bytes: string,
): void {
  const host = need(net, from.host);
  const source = sourceAddress(host, to.address);
  let target = hostAt(net, from.host, to.address);
  let toPort = to.port;
  let path = target === undefined ? undefined : findPath(net, from.host, target.name);
  const translation = target?.translations.get(to.port);
  if (target !== undefined && path !== undefined && translation !== undefined && !isLoopback(to.address)) {
    const rest = findPath(net, target.name, translation.host);
    target = net.hosts.get(translation.host);
    toPort = translation.port;
    path = rest === undefined ? undefined : [...path, ...rest.slice(1)];
  }
  let seen: Endpoint = { address: source ?? '0.0.0.0', port: from.port };
  const router = path === undefined ? undefined : translatorOn(net, path);
  if (router !== undefined) seen = translate(router, from.host, from.port);
  const { latencyMs, delivery } = pathQuality(net, path ?? []);
  const arrives = net.now + latencyMs;
  const seq = wires.emit(from.host, {
    type: 'net.datagram',
    from: { address: source ?? '0.0.0.0', port: from.port },
    to,
    toHost: target?.name,
    path: path ?? [from.host],
    bytes,
    arrives,
  });
  const answer = (kind: IcmpInput['kind'], by: string, afterMs: number): void => {
    schedule(net.queue, net.now + afterMs, true, seq, {
      kind: 'icmp',
      toHost: from.host,
      program: from.program,
      icmp: { type: 'icmp', kind, from: by, about: to, sequence: from.port, ttl: 64, sentAt: net.now },
    });
  };
  const dropped = (reason: DropReason, by: string): void => {
    wires.emit(from.host, { type: 'net.drop', what: 'udp', to, reason, by });
  };
  if (source === undefined) return answer('networkUnreachable', from.host, 0);
  if (target === undefined || path === undefined)
    return dropped(target === undefined ? 'noHost' : 'noRoute', from.host);
  const packet: Packet = { protocol: 'udp', from: seen, to: { address: to.address, port: toPort } };
  const gate = passage(net, path, packet);
  if (!gate.passes) {
    dropped(gate.reason, gate.by);
    if (gate.action === 'reject') answer('prohibited', addressOf(net, gate.by), 2 * latencyMs);
    return;
  }
  if (delivery < 1 && nextFloat(stream(net, `loss:udp:${from.host}>${target.name}`)) >= delivery) {
    return dropped('loss', from.host);
  }
  if (!target.bound.has(toPort)) return answer('portUnreachable', to.address, 2 * latencyMs);
  schedule(net.queue, arrives, true, seq, {
    kind: 'datagram',
    toHost: target.name,
    from: seen,
    to: { address: to.address, port: toPort },
    bytes,
  });
}

/** The router's own port that stands for an inside end; the same one as long as the world lives. */
function translate(router: NetHost, host: string, port: number): Endpoint {
  const address = router.addresses.find((a) => !isPrivate(a)) ?? router.addresses[0] ?? '0.0.0.0';
  for (const [outside, end] of router.translations)
    if (end.host === host && end.port === port) return { address, port: outside };
  let outside = port;
  while (router.translations.has(outside) || router.bound.has(outside))
    outside = outside >= 60999 ? 32768 : outside + 1;
  router.translations.set(outside, { host, port });
  // Ports are reused round and round; what is oldest goes, as on a small router.
  if (router.translations.size > 512)
    router.translations.delete(router.translations.keys().next().value as number);
  return { address, port: outside };
}

function addressOf(net: Network, host: string): string {
  return net.hosts.get(host)?.addresses[0] ?? '0.0.0.0';
}

/** Sends an ICMP echo request (RFC 792); an answer, if any, comes as an `icmp` input. */
export function ping(
  net: Network,
  wires: Wires,
  from: { readonly host: string; readonly program: string },
  address: string,
  sequence: number,
): void {
  const host = need(net, from.host);
  const source = sourceAddress(host, address);
  const target = hostAt(net, from.host, address);
  const path = target === undefined ? undefined : findPath(net, from.host, target.name);
  const { latencyMs, delivery } = pathQuality(net, path ?? []);
  const to: Endpoint = { address, port: 0 };
  const seq = wires.emit(from.host, {
    type: 'net.icmp',
    kind: 'echo',
    toHost: target?.name,
    to: address,
    path: path ?? [from.host],
    arrives: net.now + latencyMs,
  });
  const answer = (kind: IcmpInput['kind'], by: string, afterMs: number): void => {
    const ttl = 64 - Math.max(0, (path?.length ?? 1) - 2);
    schedule(net.queue, net.now + afterMs, true, seq, {
      kind: 'icmp',
      toHost: from.host,
      program: from.program,
      icmp: { type: 'icmp', kind, from: by, about: to, sequence, ttl, sentAt: net.now },
    });
  };
  if (source === undefined) return answer('networkUnreachable', '', 0);
  const dropped = (reason: DropReason, by: string): void => {
    wires.emit(from.host, { type: 'net.drop', what: 'icmp', to, reason, by });
  };
  if (target === undefined || path === undefined) return dropped('noHost', from.host);
  const gate = passage(net, path, { protocol: 'icmp', from: { address: source, port: 0 }, to });
  if (!gate.passes) {
    dropped(gate.reason, gate.by);
    if (gate.action === 'reject') answer('prohibited', addressOf(net, gate.by), 2 * latencyMs);
    return;
  }
  if (delivery < 1 && nextFloat(stream(net, `loss:icmp:${from.host}`)) >= delivery * delivery)
    return dropped('loss', from.host);
  answer('echoReply', address, 2 * latencyMs);
}
