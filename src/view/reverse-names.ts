// Who is behind an address? Asked of the world's own DNS, by a host's stub resolver, on a throw-away copy: looking leaves no
// mark. RFC 1035 §3.5; whether the name leads back, RFC 8601 §3 (`iprev`).

import { runPolicy } from '../auth/policy-run.ts';
import { reverseNamePolicy, type ReverseState } from '../auth/reverse-name.ts';
import type { DnsAnswer } from '../dns/lookup.ts';
import { withoutDot } from '../dns/name.ts';
import { callFromOutside, runUntilQuiet } from '../host/kernel.ts';
import { probe, type World } from '../world/world.ts';

export interface ReverseName {
  readonly address: string;
  readonly state: ReverseState;
  readonly name?: string;
}

const PATIENCE_MS = 60_000;

/** In the order of `addresses`. Empty when no host of this world can ask. */
export function reverseNames(world: World, addresses: readonly string[]): readonly ReverseName[] {
  const asker = world.description.hosts.find((host) => host.owned === true && host.nameservers !== undefined);
  const host = asker ?? world.description.hosts.find((one) => one.nameservers !== undefined);
  if (host === undefined) return [];
  return probe(world, ({ machine }) =>
    addresses.map((address) => {
      const answers: DnsAnswer[] = [];
      for (;;) {
        const run = runPolicy(() => reverseNamePolicy(address), answers);
        if (run.kind === 'done') {
          const { state, name } = run.verdict;
          return { address, state, ...(name === undefined ? {} : { name: withoutDot(name) }) };
        }
        const from = machine.trace.length;
        const { question } = run;
        callFromOutside(
          machine,
          host.name,
          'libresolv',
          { type: 'lookup', question, token: 'reverse', asker: '' },
          undefined,
        );
        runUntilQuiet(machine, machine.state.net.now + PATIENCE_MS);
        const answer = machine.trace
          .slice(from)
          .findLast((event) => event.type === 'dns.lookup' && event.program === '');
        if (answer?.type !== 'dns.lookup') return { address, state: 'tempError' as const };
        answers.push(answer.answer);
      }
    }),
  );
}
