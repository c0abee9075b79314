import { describe, expect, it } from 'vitest';
import { testMachine, TestTerminal } from './testing/machine.ts';

const ROOT =
  '$TTL 600\n@ SOA ns. h. 1 1 1 1 60\n@ NS ns.\nns. A 192.0.2.1\ngood TXT x\nbad TXT y\nloop CNAME loop2\nloop2 CNAME loop\n';

function laptop(): TestTerminal {
  const settings = { dnssec: { '.': 'secure', 'bad.': 'bogus' }, extendedErrors: true } as const;
  const machine = testMachine([
    {
      name: 'ns',
      addresses: ['192.0.2.1'],
      programs: [['named', 'nameServer', { zones: [{ zone: '.', text: ROOT }] }]],
    },
    {
      name: 'resolver',
      addresses: ['192.0.2.53'],
      programs: [['unbound', 'resolver', { roots: [{ name: 'ns.', address: '192.0.2.1' }], settings }]],
    },
    {
      name: 'laptop',
      addresses: ['192.0.2.20'],
      programs: [['libresolv', 'libresolv', { nameservers: ['192.0.2.53'] }]],
    },
  ]);
  return new TestTerminal(machine, 'laptop');
}

describe('modelled DNSSEC, as dig shows it', () => {
  const dig = (command: string): string => laptop().run(command);

  it('sets AD in secure answers and echoes DO [S3-001] [S3-030]', () => {
    const said = dig('dig +dnssec good TXT');
    expect(said).toContain(';; flags: qr rd ra ad; QUERY: 1, ANSWER: 1');
    expect(said).toContain('; EDNS: version: 0, flags: do; udp: 1232\n');
    expect(dig('dig good TXT')).toContain('; EDNS: version: 0, flags:; udp: 1232\n');
  });

  it('answers SERVFAIL with a reason for bogus zones, and the data with +cd [S3-001] [S3-011]', () => {
    const said = dig('dig bad TXT');
    expect(said).toContain('status: SERVFAIL');
    expect(said).toContain('; EDE: 6 (DNSSEC Bogus)\n');
    const unchecked = dig('dig +cd bad TXT');
    expect(unchecked).toContain(';; flags: qr rd ra cd; QUERY: 1, ANSWER: 1');
    expect(unchecked).toContain('"y"');
  });

  it('names a loop of aliases [S3-024]', () => {
    expect(dig('dig loop A')).toContain('; EDE: 0 (Other): (CNAME loop)\n');
  });
});
