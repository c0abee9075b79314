// The world in which the tools were recorded: its zones (recordings/tools/world), name servers, firewalls and addresses.
// What our network does not model stands in the list of exceptions of the tests, not here. Tests only.

import { testMachine, ScriptedServer, type TestHost, type TestMiddle, type TestProgram } from './machine.ts';
import { recordingText } from './recording.ts';
import type { Machine } from '../kernel.ts';

const zone = (name: string, file: string): { zone: string; text: string } => ({
  zone: name,
  text: recordingText(`tools/world/${file}`),
});

const named = (...zones: { zone: string; text: string }[]): TestProgram => ['named', 'nameServer', { zones }];

const HAFEN = [
  zone('hafen.example.', 'hafen'),
  zone('2.0.192.in-addr.arpa.', 'r192'),
  zone('2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.', 'r6'),
];
const ROOT = [zone('.', 'root'), zone('test.', 'test')];
const EXAMPLE = [zone('example.', 'example')];
const WOLKE = [zone('wolke.example.', 'wolke'), zone('113.0.203.in-addr.arpa.', 'r203')];

/** The learner's host of the recordings. */
export const LEARNER = 'lern.hafen.example';
export const MAIL = 'mail.hafen.example';
export const RESOLVER = '198.51.100.53';

const HOSTS: readonly TestHost[] = [
  { name: 'router.lern.example', addresses: ['198.51.100.1', '2001:db8:1::1'] },
  {
    name: LEARNER,
    addresses: ['198.51.100.20', '2001:db8:1::20'],
    behind: 'router.lern.example',
    programs: [['libresolv', 'libresolv', { nameservers: [RESOLVER] }]],
  },
  {
    name: 'dns.lern.example',
    addresses: [RESOLVER],
    behind: 'router.lern.example',
    programs: [
      [
        'resolver',
        'resolver',
        {
          roots: [
            { name: 'a.root.test.', address: '198.18.53.1' },
            { name: 'b.root.test.', address: '198.18.53.2' },
          ],
        },
      ],
    ],
  },
  { name: 'a.root.test', addresses: ['198.18.53.1'], programs: [named(...ROOT)] },
  { name: 'b.root.test', addresses: ['198.18.53.2'], programs: [named(...ROOT)] },
  { name: 'a.nic.example', addresses: ['198.18.54.1', '2001:db8:54::1'], programs: [named(...EXAMPLE)] },
  { name: 'b.nic.example', addresses: ['198.18.54.2'], programs: [named(...EXAMPLE)] },
  {
    name: 'a.rev.test',
    addresses: ['198.18.55.1'],
    programs: [named(zone('in-addr.arpa.', 'rev'), zone('ip6.arpa.', 'rev6'))],
  },
  { name: 'ns1.hafen.example', addresses: ['192.0.2.10', '2001:db8:2::10'], programs: [named(...HAFEN)] },
  {
    name: 'ns2.hafen.example',
    addresses: ['192.0.2.11'],
    programs: [named(...HAFEN)],
    firewall: [{ chain: 'in', protocol: 'tcp', port: 53, action: 'drop' }],
  },
  {
    name: 'ns1.sub.hafen.example',
    addresses: ['192.0.2.12'],
    programs: [named(zone('sub.hafen.example.', 'sub'))],
  },
  { name: 'ns1.wolke.example', addresses: ['203.0.113.7'], programs: [named(...WOLKE)] },
  // The lame server answers, but knows no zone.
  { name: 'ns.lahm.example', addresses: ['203.0.113.9'], programs: [named()] },
  { name: MAIL, addresses: ['192.0.2.25', '2001:db8:2::25'] },
  { name: 'dual.hafen.example', addresses: ['2001:db8:2::99'] },
  {
    name: 'mx2.wolke.example',
    addresses: ['203.0.113.26'],
    firewall: [{ chain: 'in', protocol: 'icmp', action: 'drop' }],
  },
  { name: 'ns.tot.example', addresses: ['203.0.113.66'] },
  { name: 'r67', addresses: ['203.0.113.67'] },
  { name: 'r68', addresses: ['203.0.113.68'] },
  { name: 'r70', addresses: ['203.0.113.70'] },
];

/** The router in the middle, which swallows or refuses what goes to some addresses. */
const CORE: TestMiddle = {
  addresses: ['198.18.0.2'],
  firewall: [
    { chain: 'forward', to: '203.0.113.66', action: 'drop' },
    { chain: 'forward', to: '203.0.113.67', action: 'reject' },
    { chain: 'forward', to: '203.0.113.68', action: 'reject' },
    { chain: 'forward', to: '203.0.113.70', action: 'reject' },
  ],
};

export const MAIL_PORTS = [
  25,
  26,
  110,
  143,
  465,
  587,
  993,
  2525,
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => 13600 + n),
];

export function recordedWorld(): { machine: Machine; mail: ScriptedServer } {
  const machine = testMachine(HOSTS, '1', CORE);
  return { machine, mail: new ScriptedServer(machine, MAIL, MAIL_PORTS) };
}
