import { describe, expect, it } from 'vitest';
import { lintWorld, type DnsWorldId } from '../dns/lint/world.ts';
import { dnsWorldOf } from './dns-world.ts';
import { callFromOutside, type Machine } from './kernel.ts';
import { settle, TestTerminal } from './testing/machine.ts';
import { LEARNER, recordedWorld } from './testing/recorded-world.ts';
import { recordingText } from './testing/recording.ts';

const lint = (machine: Machine, zone?: string): readonly (readonly [DnsWorldId, string])[] =>
  lintWorld(dnsWorldOf(machine.state, LEARNER), zone).map(({ id, name }) => [id, name] as const);

describe('the recorded world under the lint', () => {
  it('has a lame delegation, a dead one and one without glue [NS-LAME] [GLUE-MISSING] [S3-006]', () => {
    const { machine } = recordedWorld();
    const found = lint(machine);
    expect(found).toContainEqual(['NS-LAME', 'lahm.example.']);
    expect(found).toContainEqual(['NS-LAME', 'tot.example.']);
    expect(found).toContainEqual(['GLUE-MISSING', 'leim.example.']);
    expect(found).not.toContainEqual(['NS-LAME', 'wolke.example.']);
    expect(found).not.toContainEqual(['NS-LAME', 'hafen.example.']);
  });

  it('has a set too large for UDP at a server that TCP does not reach [TCP53-BLOCKED] [S3-010]', () => {
    const { machine } = recordedWorld();
    expect(lint(machine, 'hafen.example.')).toContainEqual(['TCP53-BLOCKED', 'gross.hafen.example.']);
    const server = machine.state.net.hosts.get('ns2.hafen.example');
    if (server) server.firewall = [];
    expect(lint(machine, 'hafen.example.').map(([id]) => id)).not.toContain('TCP53-BLOCKED');
  });

  it('shows who asked too early, until the absence is forgotten [NEG-CACHED] [S3-022]', () => {
    const { machine } = recordedWorld();
    const terminal = new TestTerminal(machine, LEARNER);
    terminal.run('dig s9._domainkey.hafen.example TXT');
    expect(lint(machine).map(([id]) => id)).not.toContain('NEG-CACHED');
    const text = `${recordingText('tools/world/hafen')}s9._domainkey TXT "v=DKIM1"\n`;
    for (const host of ['ns1.hafen.example', 'ns2.hafen.example'])
      callFromOutside(machine, host, 'named', { type: 'reload', zone: 'hafen.example.', text }, undefined);
    settle(machine);
    const [finding] = lintWorld(dnsWorldOf(machine.state, LEARNER)).filter(({ id }) => id === 'NEG-CACHED');
    expect(finding).toMatchObject({
      name: 's9._domainkey.hafen.example.',
      params: { resolver: 'dns.lern.example', status: 'NXDOMAIN', minutes: 5 },
    });
    expect(terminal.run('dig +short s9._domainkey.hafen.example TXT')).toBe('');
  });

  it('is not changed by being looked at', () => {
    const { machine } = recordedWorld();
    const before = structuredClone(machine.state);
    lint(machine);
    expect(machine.state).toEqual(before);
  });
});
