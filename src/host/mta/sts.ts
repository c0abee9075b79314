// MTA-STS at the sender, as postfix-mta-sts-resolver does it beside Postfix: asks for the record, fetches the policy over
// HTTPS when its id is new, and remembers it for as long as the policy says. What is remembered holds even when the record
// is gone: that is what keeps an attacker from switching it off. RFC 8461 §3.3, §5.1.

import { parseStsPolicy, STS_POLICY_LIMIT, stsRecordId } from '../../auth/mta-sts.ts';
import type { Asking } from '../../dns/lookup.ts';
import type { NetInput } from '../../net/network.ts';
import { printRequest, readResponse } from '../http.ts';
import type { Os } from '../program.ts';
import { policyReady } from './delivery.ts';
import { startJob } from './jobs.ts';
import type { MtaState, StsFetch } from './state.ts';

const HTTPS = 443;
const FETCH_TIMEOUT_MS = 10_000;
const PATH = '/.well-known/mta-sts.txt';

export interface StsInput {
  readonly domain: string;
  /** The id of the policy that is remembered: that one need not be fetched again. */
  readonly knownId?: string;
}

/** What the DNS says of a domain's policy. */
export interface StsFinding {
  /** Of the record; absent: there is none, or the look-up failed. */
  readonly id?: string;
  /** Where the policy is; only looked up when it must be fetched. */
  readonly address?: string;
}

export function* findSts({ domain, knownId }: StsInput): Asking<StsFinding> {
  const answer = yield { name: `_mta-sts.${domain}.`, type: 'TXT' };
  const id = stsRecordId(
    answer.records.flatMap(({ data }) => (data.type === 'TXT' ? [data.strings.join('')] : [])),
  );
  if (id === undefined) return {};
  if (id === knownId) return { id };
  const host = yield { name: `mta-sts.${domain}.`, type: 'A' };
  const data = host.records.find((one) => one.data.type === 'A')?.data;
  return { id, ...(data?.type === 'A' ? { address: data.address } : {}) };
}

/** Finds out about the policy of a delivery's domain; `policyReady` is called with what is known, now or later. */
export function askSts(state: MtaState, delivery: number, domain: string, os: Os): void {
  const known = remembered(state, domain, os);
  const input: StsInput = { domain, ...(known === undefined ? {} : { knownId: known.id }) };
  startJob(state, { kind: 'sts', delivery, input }, os);
}

function remembered(state: MtaState, domain: string, os: Os) {
  const entry = state.sts.get(domain);
  return entry !== undefined && entry.expiresAt > os.now ? entry : undefined;
}

/** The DNS has answered. */
export function stsFound(
  state: MtaState,
  delivery: number,
  { domain }: StsInput,
  { id, address }: StsFinding,
  os: Os,
): void {
  const known = remembered(state, domain, os);
  if (id === undefined) {
    if (known !== undefined) tell(state, delivery, domain, 'kept', os);
    return policyReady(state, delivery, known, os);
  }
  if (id === known?.id) {
    tell(state, delivery, domain, 'remembered', os);
    return policyReady(state, delivery, known, os);
  }
  const fetch: StsFetch = { delivery, domain, id, received: '' };
  if (address === undefined) return fetched(state, fetch, 'noHost', os);
  const socket = os.connect({ address, port: HTTPS }, FETCH_TIMEOUT_MS);
  state.stsFetches.set(socket, fetch);
}

/** Something on the socket of a fetch. False when it is none of these. */
export function stsInput(
  state: MtaState,
  input: Extract<
    NetInput,
    { type: 'connected' | 'connectFailed' | 'data' | 'ended' | 'reset' | 'secured' | 'tlsFailed' }
  >,
  os: Os,
): boolean {
  const fetch = state.stsFetches.get(input.socket);
  if (fetch === undefined) return false;
  const host = `mta-sts.${fetch.domain}`;
  const over = (result: string | undefined): void => {
    state.stsFetches.delete(input.socket);
    if (input.type !== 'connectFailed') os.close(input.socket);
    os.cancelTimer(`sts:${input.socket}`);
    fetched(state, fetch, result, os);
  };
  switch (input.type) {
    case 'connected':
      os.timer(`sts:${input.socket}`, os.now + FETCH_TIMEOUT_MS, 'busy');
      os.startTls(input.socket, {
        role: 'client',
        client: { serverName: host, hostname: host, roots: os.host.roots, enforce: true },
      });
      return true;
    case 'connectFailed':
      over('unreachable');
      return true;
    case 'tlsFailed':
      over(input.failure.kind === 'sentAlert' && input.failure.code !== undefined ? 'certificate' : 'tls');
      return true;
    case 'secured':
      os.send(input.socket, printRequest(host, PATH));
      return true;
    case 'data':
    case 'ended':
    case 'reset': {
      if (input.type === 'data') fetch.received += input.bytes;
      const response = readResponse(fetch.received, input.type !== 'data');
      if (response === undefined && fetch.received.length <= STS_POLICY_LIMIT) return true;
      if (response === undefined || response === 'bad') {
        over('noHttp');
        return true;
      }
      // RFC 8461 §3.3: a redirect is not followed, and the file is text/plain.
      if (response.status !== 200) over(`status${response.status}`);
      else if (response.contentType !== 'text/plain') over('type');
      else over(take(state, fetch, response.body, os));
      return true;
    }
  }
}

/** The fetch takes too long. */
export function stsWake(state: MtaState, socket: number, os: Os): void {
  const fetch = state.stsFetches.get(socket);
  if (fetch === undefined) return;
  state.stsFetches.delete(socket);
  os.close(socket);
  fetched(state, fetch, 'timeout', os);
}

/** Remembers a policy; answers what is wrong with it. */
function take(state: MtaState, { domain, id }: StsFetch, body: string, os: Os): string | undefined {
  const policy = parseStsPolicy(body);
  if (typeof policy === 'string') return `policy.${policy}`;
  state.sts.set(domain, { id, policy, expiresAt: os.now + policy.maxAgeSeconds * 1000 });
  return undefined;
}

function fetched(state: MtaState, fetch: StsFetch, problem: string | undefined, os: Os): void {
  tell(state, fetch.delivery, fetch.domain, problem === undefined ? 'fetched' : 'failed', os, problem);
  policyReady(state, fetch.delivery, remembered(state, fetch.domain, os), os);
}

function tell(
  state: MtaState,
  id: number,
  domain: string,
  result: 'fetched' | 'remembered' | 'kept' | 'failed',
  os: Os,
  problem?: string,
): void {
  const delivery = state.deliveries.get(id);
  if (delivery === undefined) return;
  const entry = remembered(state, domain, os);
  delivery.cause = os.emit(
    {
      type: 'smtp.sts',
      queueId: delivery.queueId,
      domain,
      result,
      ...(problem === undefined ? {} : { problem }),
      ...(entry === undefined
        ? {}
        : { mode: entry.policy.mode, mx: entry.policy.mx, id: entry.id, expiresAt: entry.expiresAt }),
    },
    result === 'fetched' || result === 'failed' ? 'RFC 8461 §3.3' : 'RFC 8461 §5.1',
  );
}
