import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsOf, pass, ScriptedServer, testMachine, TestTerminal, START } from '../testing/machine.ts';
import { callFromOutside, isBusy, runUntil } from '../kernel.ts';
import { complete, completionContext } from './complete.ts';

const LAPTOP = 'laptop.home.example';
const SERVER = 'mail.wolke.example';

function lab() {
  const machine = testMachine([
    {
      name: LAPTOP,
      addresses: ['198.51.100.20'],
      files: { '/etc/hosts': ['192.0.2.10 mail.wolke.example mail', '127.0.0.1 localhost'] },
    },
    { name: SERVER, addresses: ['192.0.2.10'] },
  ]);
  const server = new ScriptedServer(machine, SERVER, [25]);
  return { machine, server, terminal: new TestTerminal(machine, LAPTOP) };
}

describe('the shell', () => {
  it('prompts, and answers unknown commands as bash does', () => {
    const { terminal, machine } = lab();
    expect(terminal.prompt).toBe('alice@laptop:~$ ');
    const before = machine.trace.length;
    expect(terminal.run('EHLO laptop')).toBe('bash: EHLO: command not found\n');
    expect(terminal.run('telent mail')).toBe('bash: telent: command not found\n');
    expect(terminal.exit).toBe(127);
    expect(terminal.run('MAIL FROM:<alice@wolke.example>')).toBe(
      "bash: syntax error near unexpected token `newline'\n",
    );
    expect(machine.trace.slice(before).filter((e) => e.type.startsWith('net.'))).toEqual([]);
  });

  it('says plainly what it does not have', () => {
    const { terminal } = lab();
    for (const line of ['cat /etc/hosts | tail', 'ls > x', 'date; date', 'date &']) {
      const said = terminal.run(line);
      expect(said.split('\n')).toHaveLength(2);
      expect(said).toMatch(/^bash: .*one simple command/);
    }
  });

  it('knows who, where and when', () => {
    const { terminal } = lab();
    expect(terminal.run('whoami')).toBe('alice\n');
    expect(terminal.run('hostname')).toBe('laptop\n');
    expect(terminal.run('hostname -f')).toBe('laptop.home.example\n');
    expect(terminal.run('date')).toBe('Mon Nov 23 09:00:00 CET 2026\n');
    expect(terminal.run('echo "a  b" $USER $?')).toBe('a  b alice 0\n');
    expect(terminal.run('mailq')).toBe('bash: mailq: command not found\n');
  });

  it('shows files, and says what is none', () => {
    const { terminal } = lab();
    expect(terminal.run('cat /etc/hosts')).toBe('192.0.2.10 mail.wolke.example mail\n127.0.0.1 localhost\n');
    expect(terminal.run('cat /etc')).toBe('cat: /etc: Is a directory\n');
    expect(terminal.run('cat nothing')).toBe('cat: nothing: No such file or directory\n');
    expect(terminal.run('ls /nothing')).toBe("ls: cannot access '/nothing': No such file or directory\n");
    expect(terminal.run('ls /etc')).toBe('hostname\nhosts\n');
    expect(terminal.run('ls')).toBe('README\n');
    expect(terminal.run('tail -n 1 /etc/hosts')).toBe('127.0.0.1 localhost\n');
  });

  it('sends pasted lines to a peer in one write, with CR LF [S11-031]', () => {
    const { terminal, server, machine } = lab();
    terminal.type('telnet mail 25');
    server.say('220 ready\r\n');
    terminal.type('EHLO laptop\nMAIL FROM:<ü@wolke.example>');
    const sent = eventsOf(machine, 'net.data').filter((e) => e.side === 'client');
    expect(sent.map((e) => e.bytes)).toEqual(['EHLO laptop\r\nMAIL FROM:<\xc3\xbc@wolke.example>\r\n']);
  });

  it('marks what a peer sent with its connection, and every step with its cause', () => {
    const { terminal, server, machine } = lab();
    terminal.type('telnet mail 25');
    server.say('220 ready\r\n');
    const connection = eventsOf(machine, 'net.connect')[0]?.connection;
    const output = eventsOf(machine, 'shell.output').filter((e) => e.connection === connection);
    expect(output.map((e) => e.text).join('')).toBe('220 ready\n');
    expect(output.every((e) => e.cause !== undefined)).toBe(true);
    const state = eventsOf(machine, 'shell.state').at(-1);
    expect(state).toMatchObject({ program: 'telnet', connectedTo: 'mail:25', connection, prompt: '' });
  });

  it.each(['interrupt', 'endOfInput', 'hangUp'] as const)(
    '%s closes the connection, and the prompt is back',
    (how) => {
      const { terminal, machine } = lab();
      terminal.type('telnet mail 25');
      if (how === 'hangUp') terminal.hangUp();
      else terminal.key(how);
      expect(terminal.program).toBe('');
      expect(eventsOf(machine, 'net.close').map((e) => [e.side, e.how])).toEqual([['client', 'fin']]);
    },
  );

  it('keeps what is typed ahead for the next command', () => {
    const { terminal, machine } = lab();
    callFromOutside(machine, LAPTOP, terminal.id, { type: 'line', text: 'ping -c 2 mail' }, undefined);
    callFromOutside(machine, LAPTOP, terminal.id, { type: 'line', text: 'whoami' }, undefined);
    runUntil(machine, START + 10_000);
    expect(terminal.take()).toMatch(/ping statistics ---\n2 packets[^]*\nalice\n$/);
  });

  it('ping is watched for four intervals, then waits until time passes [S11-031]', () => {
    const { terminal, machine } = lab();
    terminal.type('ping mail');
    expect(terminal.take().match(/icmp_seq=/g)).toHaveLength(5);
    expect(isBusy(machine)).toBe(false);
    expect(eventsOf(machine, 'shell.state').at(-1)?.waitsUntil).toBe(START + 5000);
    pass(machine, 3000);
    expect(terminal.take().match(/icmp_seq=/g)).toHaveLength(3);
    terminal.key('interrupt');
    expect(terminal.take()).toBe(
      '^C\n--- mail ping statistics ---\n8 packets transmitted, 8 received, 0% packet loss, time 7000ms\n' +
        'rtt min/avg/max/mdev = 20.000/20.000/20.000/0.000 ms\n',
    );
    pass(machine, 5000);
    expect(terminal.take()).toBe('');
  });

  it('tail -f shows lines as they are logged, until Ctrl-C', () => {
    const { terminal, machine } = lab();
    const log = '/var/log/mail.log';
    const host = machine.state.hosts.get(LAPTOP);
    host?.files.set(log, ['one', 'two', 'three']);
    terminal.type(`tail -n 2 -f ${log}`);
    expect(terminal.take()).toBe('two\nthree\n');
    expect([...(host?.followers ?? [])]).toEqual([[terminal.id, log]]);
    callFromOutside(machine, LAPTOP, terminal.id, { type: 'logged', file: log, line: 'four' }, undefined);
    pass(machine, 1000);
    expect(terminal.take()).toBe('four\n');
    terminal.key('interrupt');
    expect(host?.followers.size).toBe(0);
    expect(terminal.exit).toBe(130);
  });

  it('nc with -w gives up in its own words [S11-031]', () => {
    const { terminal, machine } = lab();
    machine.state.net.hosts.get(SERVER)?.firewall.push({ chain: 'in', protocol: 'tcp', action: 'drop' });
    expect(terminal.run('nc -vz -w 2 mail 25')).toBe(
      'nc: connect to mail (192.0.2.10) port 25 (tcp) timed out: Operation now in progress\n',
    );
    expect(terminal.run('telnet mail 25')).toBe(
      'Trying 192.0.2.10...\ntelnet: Unable to connect to remote host: Connection timed out\n',
    );
    expect(terminal.exit).toBe(1);
  });

  it('nc without -C sends bare line feeds', () => {
    const { terminal, server } = lab();
    terminal.type('nc mail 25').type('HELO a').type('QUIT');
    expect(server.heard()).toBe('HELO a\nQUIT\n');
  });

  it('completes commands, names, options and files', () => {
    const { machine } = lab();
    const host = machine.state.hosts.get(LAPTOP);
    const net = machine.state.net.hosts.get(LAPTOP);
    if (host === undefined || net === undefined) throw new Error('no laptop');
    const context = completionContext(host, net, '/home/alice', [
      'dig mx.hafen.example',
      'RCPT TO:<bob@hafen.example>',
    ]);
    expect(complete('te', context)).toEqual(['telnet']);
    expect(complete('telnet ma', context)).toEqual(['mail', 'mail.wolke.example']);
    expect(complete('dig @mx', context)).toEqual(['@mx.hafen.example']);
    expect(complete('dig +no', context)).toEqual(['+noall', '+noedns', '+norecurse']);
    expect(complete('host -t m', context)).toEqual(['mail', 'mail.wolke.example', 'mx.hafen.example', 'MX']);
    expect(complete('cat /e', context)).toEqual(['/etc/']);
    expect(complete('cat /etc/host', context)).toEqual(['/etc/hostname', '/etc/hosts']);
    expect(complete('cat R', context)).toEqual(['README']);
    expect(complete('date ', context)).toEqual([]);
  });

  it('survives anything typed, pressed or received; its state stays plain data [G-13]', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'telnet',
        'nc',
        'dig',
        'host',
        'ping',
        'tail',
        'cat',
        'ls',
        'mail',
        '25',
        '-v',
        '-z',
        '-C',
        '-u',
        '-c',
        '3',
        '-x',
        '+trace',
        '+short',
        '@mail',
        '-f',
        'open',
        'quit',
        'help',
        '/etc/hosts',
        '192.0.2.10',
        '::1',
        'a..b',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    const line = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '));
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('line' as const), text: line }) },
      {
        weight: 2,
        arbitrary: fc.record({
          type: fc.constant('key' as const),
          key: fc.constantFrom('interrupt' as const, 'endOfInput' as const, 'escape' as const),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ type: 'hangUp' as const }) },
      {
        weight: 2,
        arbitrary: fc.record({
          type: fc.constant('bytes' as const),
          bytes: fc.string({ unit: 'binary', maxLength: 30 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ type: 'pass' as const }) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 12 }), (steps) => {
        const { machine, server, terminal } = lab();
        for (const one of steps) {
          if (one.type === 'bytes') server.say(one.bytes.replace(/[^\x00-\xff]/g, ''));
          else if (one.type === 'pass') pass(machine, 60_000);
          else {
            callFromOutside(machine, LAPTOP, terminal.id, one, undefined);
            runUntil(machine, machine.state.net.now + 20_000);
          }
        }
        structuredClone(machine.state);
        terminal.hangUp();
        terminal.read();
        expect(terminal.program).toBe('');
      }),
      { numRuns: 80 },
    );
  });
});
