import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { callFromOutside } from '../../kernel.ts';
import { settle, testMachine, TestTerminal } from '../../testing/machine.ts';
import type { Machine } from '../../kernel.ts';

const folder = new URL('../../../dns/recordings/named-checkzone/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const HOST = 'ns1.wolke.example';
const GOOD = '$TTL 60\n@ SOA ns1 hostmaster 7 1 1 1 1\n@ NS ns1\nns1 A 192.0.2.10\n';

/** A name server that also has the recorded zone files, and a resolver that knows every name but some. */
function lab(): Machine {
  const names = readdirSync(new URL('zones/', folder)).filter((name) => name.startsWith('db.'));
  const files = Object.fromEntries(
    names.map((name) => [`/etc/bind/${name}`, read(`zones/${name}`).replace(/\n$/, '').split('\n')]),
  );
  const root = '$TTL 60\n@ SOA a. b. 1 1 1 1 1\n@ NS a.\na. A 192.0.2.53\n* A 192.0.2.1\n25 TXT x\n';
  const zones = [
    { zone: '.', text: root },
    { zone: 'leim.example.', text: 'broken' },
  ];
  return testMachine([
    {
      name: HOST,
      addresses: ['192.0.2.10'],
      files,
      programs: [
        ['libresolv', 'libresolv', { nameservers: ['192.0.2.53'] }],
        ['named', 'nameServer', { zones: [{ zone: 'wolke.example.', text: GOOD }] }],
      ],
    },
    { name: 'resolver', addresses: ['192.0.2.53'], programs: [['named', 'nameServer', { zones }]] },
    { name: 'laptop', addresses: ['192.0.2.20'] },
  ]);
}

describe('recorded runs of named-checkzone', () => {
  const terminal = new TestTerminal(lab(), HOST);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt')))
    it(`${file} [S3-002] [S3-032]`, () => {
      const runs = [...read(file).matchAll(/^\$ (named-checkzone.*)\n((?:(?!@ exit).*\n)*)@ exit (\d+)$/gm)];
      expect(runs.length).toBe(1);
      for (const [, command = '', output, exit] of runs)
        expect(`${terminal.run(command)}@ exit ${terminal.exit}`).toBe(`${output}@ exit ${exit}`);
    });
});

describe('named-checkzone', () => {
  it('reads the zone file as last written, even when the server did not take it', () => {
    const machine = lab();
    const terminal = new TestTerminal(machine, HOST);
    const check = 'named-checkzone wolke.example /etc/bind/db.wolke.example';
    expect(terminal.run(check)).toBe('zone wolke.example/IN: loaded serial 7\nOK\n');
    expect(terminal.run('cat /etc/bind/db.wolke.example')).toBe(GOOD);
    const text = `${GOOD}www A 192.0.2.300\n`;
    callFromOutside(machine, HOST, 'named', { type: 'reload', zone: 'wolke.example.', text }, undefined);
    settle(machine);
    expect(terminal.run(check)).toContain("db.wolke.example:5: near '192.0.2.300': bad dotted quad\n");
    expect(terminal.exit).toBe(1);
  });

  it('is where the name server is, and nowhere else', () => {
    const terminal = new TestTerminal(lab(), 'laptop');
    expect(terminal.run('named-checkzone')).toBe('bash: named-checkzone: command not found\n');
    expect(terminal.run('help')).not.toContain('named-checkzone');
    expect(terminal.run('help')).toContain(' nslookup ');
  });
});
