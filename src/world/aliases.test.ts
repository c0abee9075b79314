// Aliases of both kinds and the loops that they make: virtual(5), aliases(5), and two servers that forward to each other.

import { describe, expect, it } from 'vitest';
import { checkTrace } from './invariants.ts';
import { settingProblem } from '../host/settings.ts';
import { eventsOf, pass } from '../host/testing/machine.ts';
import { expandAliases } from '../host/mta/alias.ts';
import type { MtaConfig } from '../host/mta/config.ts';
import { expandLocal } from '../host/mta/local-aliases.ts';
import {
  Client,
  CLIENT,
  HAFEN,
  inject,
  LETTER,
  mailbox,
  mailLog,
  mailWorld,
  MX,
  neighbour,
  queueOf,
  results,
} from '../host/mta/testing.ts';

const virtual = (...virtualAliasMaps: string[]): MtaConfig => ({ ...HAFEN, virtualAliasMaps });
const local = (...aliasMaps: string[]): MtaConfig => ({
  ...HAFEN,
  aliasMaps,
  localRecipientMaps: ['bob', 'anna'],
});

describe('virtual aliases', () => {
  const to = (config: MtaConfig, address: string): readonly string[] =>
    expandAliases(config, address).addresses;

  it('nest, and each address comes once [S2-051]', () => {
    const config = virtual(
      'all@hafen.example team@hafen.example, bob@hafen.example',
      'team@hafen.example bob@hafen.example anna@hafen.example, carl@other.example',
    );
    expect(to(config, 'ALL@hafen.example').toSorted()).toEqual([
      'anna@hafen.example',
      'bob@hafen.example',
      'carl@other.example',
    ]);
    expect(to(config, 'bob@hafen.example')).toEqual(['bob@hafen.example']);
  });

  it('that name themselves keep a copy [S2-051]', () => {
    const config = virtual('bob@hafen.example bob@hafen.example, carl@other.example');
    expect(to(config, 'bob@hafen.example')).toEqual(['bob@hafen.example', 'carl@other.example']);
    expect(
      to(virtual('bob@hafen.example carl@other.example, bob@hafen.example'), 'bob@hafen.example'),
    ).toEqual(['carl@other.example', 'bob@hafen.example']);
  });

  it('carry the extension on, and catch what nobody has [S2-051] [S5-003]', () => {
    const config = virtual(
      'b@hafen.example bob@hafen.example',
      '@hafen.example anna@hafen.example',
      'bob@hafen.example bob@hafen.example',
    );
    expect(to(config, 'b+news@hafen.example')).toEqual(['bob+news@hafen.example']);
    expect(to(config, 'nobody@hafen.example')).toEqual(['anna@hafen.example']);
    expect(to(config, 'bob@hafen.example')).toEqual(['bob@hafen.example']);
  });

  it('end at a thousand, and in circles [S2-051]', () => {
    const wide = Array.from({ length: 1001 }, (_, i) => `u${i}@other.example`).join(' ');
    expect(expandAliases(virtual(`all@hafen.example ${wide}`), 'all@hafen.example').problem).toBe('size');
    const many = Array.from({ length: 900 }, (_, i) => `u${i}@other.example`).join(' ');
    expect(to(virtual(`all@hafen.example ${many}`), 'all@hafen.example')).toHaveLength(900);
    const round = virtual(
      'a@hafen.example b@hafen.example',
      'b@hafen.example c@hafen.example',
      'c@hafen.example a@hafen.example',
    );
    expect(expandAliases(round, 'b@hafen.example')).toMatchObject({ addresses: [], problem: 'nesting' });
  });
});

describe('local aliases', () => {
  it('stand for boxes here, for others elsewhere, and for each other [S2-051]', () => {
    const config = local('sales: bob, anna, carl@other.example', 'team: sales, \\bob', 'root: nobody');
    expect(expandLocal(config, `sales@${MX}`)).toMatchObject({
      mailboxes: [`bob@${MX}`, `anna@${MX}`],
      forwards: ['carl@other.example'],
    });
    expect(expandLocal(config, `TEAM@${MX}`).mailboxes).toEqual([`bob@${MX}`, `anna@${MX}`]);
    expect(expandLocal(config, `root@${MX}`).unknown).toEqual([`nobody@${MX}`]);
  });

  it('that name themselves keep a copy, over others they are a circle [S2-051]', () => {
    expect(expandLocal(local('bob: bob, carl@other.example'), `bob@${MX}`)).toMatchObject({
      mailboxes: [`bob@${MX}`],
      forwards: ['carl@other.example'],
    });
    expect(expandLocal(local('bob: anna', 'anna: bob'), `bob@${MX}`).circle).toBe('bob');
  });

  const OTHER = 'other.example. IN MX 10 mx.other.example.\nmx.other.example. IN A 192.0.2.60\n';
  const MDA_USERS = ['bob', 'anna'];
  function world(...aliasMaps: string[]) {
    const machine = mailWorld({
      hafen: { aliasMaps, localRecipientMaps: MDA_USERS },
      hosts: [neighbour('other.example', '192.0.2.60', {}, ['carl'])],
      zone: OTHER,
      localBoxes: MDA_USERS,
    });
    return machine;
  }

  it('reach everybody exactly once, over new messages and LMTP [S2-051]', () => {
    const machine = world(
      'sales: bob, anna, carl@other.example, bob, team',
      'team: anna, carl@other.example',
    );
    inject(machine, 'anna@hafen.example', [`sales@${MX}`]);
    expect(mailbox(machine, 'bob')).toHaveLength(1);
    expect(mailbox(machine, 'anna')).toHaveLength(1);
    expect(mailbox(machine, 'carl', 'mx.other.example')).toHaveLength(1);
    expect(mailbox(machine, 'carl', 'mx.other.example')[0]).toContain(`\r\nDelivered-To: sales@${MX}\r\n`);
    expect(mailLog(machine).join('\n')).toMatch(
      /postfix\/local\[\d+\]: \w+: to=<sales@mx\.hafen\.example>, relay=local, .*, dsn=2\.0\.0, status=sent \(forwarded as \w+\)/,
    );
    expect(mailLog(machine).join('\n')).toMatch(
      /postfix\/lmtp\[\d+\]: \w+: to=<bob@mx\.hafen\.example>, orig_to=<sales@mx\.hafen\.example>, /,
    );
    expect(checkTrace(machine.trace)).toEqual([]);
  });

  it('refuse a name that nobody has, and bounce one that an alias invents [S2-051]', () => {
    const machine = world('sales: bob, ghost');
    const client = new Client(machine);
    client.lines(`EHLO ${CLIENT}`, 'MAIL FROM:<anna@hafen.example>');
    expect(client.lines(`RCPT TO:<nobody@${MX}>`)).toBe(
      `550 5.1.1 <nobody@${MX}>: Recipient address rejected: User unknown in local recipient table\r\n`,
    );
    inject(machine, 'anna@hafen.example', [`sales@${MX}`]);
    expect(mailbox(machine, 'bob')).toHaveLength(1);
    expect(results(machine)).toContain(`ghost@${MX}: bounced 5.1.1 unknown user: "ghost"`);
    expect(mailbox(machine, 'anna')[0]).toContain(`Final-Recipient: rfc822; ghost@${MX}`);
    expect(checkTrace(machine.trace)).toEqual([]);
  });

  it('that lead in a circle are bounced in Postfix’s words [S2-051]', () => {
    const machine = world('a: b', 'b: a');
    inject(machine, 'anna@hafen.example', [`a@${MX}`]);
    expect(results(machine)[0]).toBe(`a@${MX}: bounced 5.4.6 alias database loop for a`);
    expect(mailLog(machine).join('\n')).toContain('warning: alias database loop for a');
    expect(eventsOf(machine, 'queue.alias')).toMatchObject([{ loop: 'aliases' }]);
    expect(checkTrace(machine.trace)).toEqual([]);
  });
});

describe('two servers that forward to each other', () => {
  const ZONE =
    'one.example. IN MX 10 mx.one.example.\nmx.one.example. IN A 192.0.2.61\n' +
    'two.example. IN MX 10 mx.two.example.\nmx.two.example. IN A 192.0.2.62\n';

  it('stop after fifty hops, and the sender learns of it [S2-050] [S1-066]', () => {
    const machine = mailWorld({
      zone: ZONE,
      hosts: [
        neighbour('one.example', '192.0.2.61', { virtualAliasMaps: ['bob@one.example bob@two.example'] }, [
          'bob',
        ]),
        neighbour('two.example', '192.0.2.62', { virtualAliasMaps: ['bob@two.example bob@one.example'] }, [
          'bob',
        ]),
      ],
    });
    inject(machine, 'anna@hafen.example', ['bob@one.example']);
    pass(machine, 60_000);
    const accepted = eventsOf(machine, 'queue.accept').filter((e) => e.reversePath !== '');
    // Hafen, and then as often as 49 Received lines let it.
    expect(accepted).toHaveLength(49);
    const [bounce = ''] = mailbox(machine, 'anna');
    expect(bounce).toContain('Diagnostic-Code: smtp; 554 5.4.0 Error: too many hops');
    for (const host of [MX, 'mx.one.example', 'mx.two.example']) expect(queueOf(machine, host).size).toBe(0);
    expect(checkTrace(machine.trace)).toEqual([]);
  });

  it('stop at the first return where Delivered-To is written [S2-050]', () => {
    const aliases = (other: string): Partial<MtaConfig> => ({ aliasMaps: [`bob: bob@mx.${other}.example`] });
    const machine = mailWorld({
      zone: 'mx.one.example. IN A 192.0.2.61\nmx.two.example. IN A 192.0.2.62\n',
      hosts: [
        neighbour('one.example', '192.0.2.61', aliases('two')),
        neighbour('two.example', '192.0.2.62', aliases('one')),
      ],
    });
    inject(machine, 'anna@hafen.example', ['bob@mx.one.example']);
    pass(machine, 60_000);
    expect(results(machine, 'mx.one.example')).toContain(
      'bob@mx.one.example: bounced 5.4.6 mail forwarding loop for bob@mx.one.example',
    );
    expect(mailbox(machine, 'anna')[0]).toContain(
      'Diagnostic-Code: X-Postfix; mail forwarding loop for bob@mx.one.example',
    );
    expect(eventsOf(machine, 'queue.alias').at(-1)).toMatchObject({ loop: 'deliveredTo' });
    expect(checkTrace(machine.trace)).toEqual([]);
  });

  it('cannot turn for ever even if somebody wipes the marks: the message is held [S2-050]', () => {
    const machine = mailWorld();
    for (let i = 0; i < 101; i++) inject(machine, 'anna@hafen.example', ['bob@hafen.example'], LETTER);
    expect(mailbox(machine, 'bob')).toHaveLength(100);
    expect(eventsOf(machine, 'queue.bound')).toMatchObject([{ bound: 'hops', limit: 100 }]);
    expect([...queueOf(machine).values()].map((message) => message.place)).toEqual(['hold']);
    expect(checkTrace(machine.trace)).toEqual([]);
  });
});

it('the settings take lines as they are written, commas and all [S2-051]', () => {
  const problem = (setting: string, line: string): unknown => settingProblem('mta', setting, [line]);
  expect(problem('aliasMaps', 'sales: bob, anna, carl@other.example')).toBeUndefined();
  expect(problem('aliasMaps', 'bob: \\bob, x@y.example')).toBeUndefined();
  expect(problem('virtualAliasMaps', 'a@b.example c@d.example, e@f.example')).toBeUndefined();
  for (const line of ['sales bob', 'sales:', 'a b: c', '@x: y'])
    expect(problem('aliasMaps', line)).toBeDefined();
});
