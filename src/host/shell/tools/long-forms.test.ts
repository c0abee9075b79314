// Forms of output of which there is no recording: `dig +multiline` and `host -v`, as BIND 9.18's source has them.

import { describe, expect, it } from 'vitest';
import { normal, withoutTtls } from '../../testing/normal.ts';
import { LEARNER, recordedWorld } from '../../testing/recorded-world.ts';
import { TestTerminal } from '../../testing/machine.ts';

const run = (command: string): string =>
  normal(new TestTerminal(recordedWorld().machine, LEARNER).run(command));

describe('dig +multiline', () => {
  it('says what the numbers of an SOA mean [S3-030]', () => {
    expect(run('dig +multiline +noall +answer hafen.example SOA @192.0.2.10')).toBe(
      'hafen.example.\t\t3600 IN\tSOA ns1.hafen.example. hostmaster.hafen.example. (\n' +
        '\t\t\t\t2026112301 ; serial\n' +
        '\t\t\t\t7200       ; refresh (2 hours)\n' +
        '\t\t\t\t3600       ; retry (1 hour)\n' +
        '\t\t\t\t1209600    ; expire (2 weeks)\n' +
        '\t\t\t\t300        ; minimum (5 minutes)\n' +
        '\t\t\t\t)\n',
    );
  });

  it('narrows the columns of everything else, and of the question', () => {
    const text = run('dig +multiline hafen.example MX @192.0.2.10');
    expect(text).toContain('\n;hafen.example.\t\tIN MX\n');
    expect(text).toMatch(/\nhafen\.example\.\t\t3600 IN\tMX \d+ mx1\.hafen\.example\.\n/);
    expect(run('dig +multiline +nomultiline +noall +answer hafen.example MX @192.0.2.10')).toMatch(
      /\t3600\tIN\tMX\t/,
    );
  });
});

describe('host -v', () => {
  it('shows each message, and where it came from [S3-031]', () => {
    const text = withoutTtls(run('host -v -t MX wolke.example'));
    expect(text.split('\n').slice(0, 6)).toEqual([
      'Trying "wolke.example"',
      ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: ⟨id⟩',
      expect.stringMatching(
        /^;; flags: qr rd ra; QUERY: 1, ANSWER: [1-9]\d*, AUTHORITY: 0, ADDITIONAL: \d+$/,
      ),
      '',
      ';; QUESTION SECTION:',
      ';wolke.example.\t\t\tIN\tMX',
    ]);
    expect(text).toMatch(/\n\nReceived \d+ bytes from 198\.51\.100\.53#53 in ⟨ms⟩ ms\n$/);
    expect(text).not.toContain('mail is handled by');
  });

  it('asks for addresses and mail servers one after the other, and -a for everything', () => {
    const plain = run('host -d hafen.example');
    expect(plain.match(/^Trying "hafen\.example"$/gm)).toHaveLength(3);
    expect([...plain.matchAll(/^;hafen\.example\.\t\t\tIN\t(\S+)$/gm)].map((match) => match[1])).toEqual([
      'A',
      'AAAA',
      'MX',
    ]);
    expect(run('host -a wolke.example')).toContain('\tIN\tANY\n');
  });

  it('says what was not found in a sentence [S3-032]', () => {
    const terminal = new TestTerminal(recordedWorld().machine, LEARNER);
    const text = normal(terminal.run('host -v fehlt.hafen.example'));
    expect(text).toMatch(
      /^Trying "fehlt\.hafen\.example"\nHost fehlt\.hafen\.example not found: 3\(NXDOMAIN\)\nReceived \d+ bytes from /,
    );
    expect(terminal.exit).toBe(1);
  });
});
