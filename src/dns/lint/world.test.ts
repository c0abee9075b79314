import { describe, expect, it } from 'vitest';
import { nameKey } from '../name.ts';
import type { Zone } from '../zone.ts';
import { parseZone } from '../zone-file.ts';
import {
  answerOfWorld,
  lintWorld,
  type DnsWorld,
  type DnsWorldId,
  type WorldFinding,
  type WorldHost,
} from './world.ts';

const HEAD = '$TTL 3600\n@ SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ NS ns1\nns1 A 192.0.2.10\n';
const zone = (origin: string, text: string): Zone => {
  const parsed = parseZone(HEAD + text, origin);
  expect(parsed.problems).toEqual([]);
  return parsed.zone;
};
const host = (name: string, addresses: string[], more: Partial<WorldHost> = {}): WorldHost => ({
  name,
  addresses,
  listens: [],
  finalFor: [],
  relaysFor: [],
  checks: [],
  serves: [],
  isTcp53Blocked: false,
  ...more,
});
const server = host('ns1.a.example', ['192.0.2.10'], { serves: ['a.example.'] });
const main = host('mx1.a.example', ['192.0.2.25'], {
  listens: ['192.0.2.25'],
  finalFor: ['a.example'],
  checks: ['recipients', 'dmarc'],
});
const backup = host('mx2.a.example', ['192.0.2.26'], {
  listens: ['192.0.2.26'],
  relaysFor: ['a.example'],
  checks: ['recipients', 'dmarc'],
});
const MAIL = '@ MX 10 mx1\n@ MX 20 mx2\nmx1 A 192.0.2.25\nmx2 A 192.0.2.26\n';

function lint(text: string, more: Partial<DnsWorld> = {}): WorldFinding[] {
  return lintWorld({
    zones: [zone('a.example.', text)],
    hosts: [server, main, backup],
    absences: [],
    ...more,
  });
}
const only = (findings: readonly WorldFinding[], id: DnsWorldId): object[] =>
  findings.filter((finding) => finding.id === id).map(({ params }) => params);

describe('a sound world', () => {
  it('has no findings [MX-PREF-INVERT] [MX-SELF-LOOP] [MX-BACKUP-SPAM] [NS-LAME]', () => {
    expect(lint(MAIL)).toEqual([]);
  });

  it('has none at the root either, and answers across its zones [NS-LAME]', () => {
    const root = parseZone(
      '$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns\nns A 192.0.2.10\nweg CNAME mx1.a.example.\n',
      '.',
    );
    const world: DnsWorld = {
      zones: [zone('a.example.', MAIL), root.zone],
      hosts: [{ ...server, serves: ['.', 'a.example.'] }, main, backup],
      absences: [],
    };
    expect(lintWorld(world)).toEqual([]);
    expect(answerOfWorld(world, { name: 'weg.', type: 'A' }).records.map(({ name }) => name)).toEqual([
      'weg.',
      'mx1.a.example.',
    ]);
    expect(answerOfWorld(world, { name: 'nirgends.', type: 'A' }).status).toBe('NXDOMAIN');
  });
});

describe('MX records and the hosts behind them', () => {
  it('[MX-PREF-INVERT] a backup that is tried first', () => {
    const text = MAIL.replace('10 mx1', '30 mx1');
    expect(lint(text)).toMatchObject([
      {
        id: 'MX-PREF-INVERT',
        name: 'a.example.',
        params: { target: 'mx2.a.example', preference: 20, other: 'mx1.a.example', otherPreference: 30 },
        rule: 'RFC 5321 §5.1',
      },
    ]);
    expect(lint(MAIL.replace('10 mx1', '20 mx1'))).toEqual([]);
  });

  it('[MX-SELF-LOOP] a best MX that does not take the mail', () => {
    const stranger = { ...main, finalFor: [] };
    expect(only(lint(MAIL, { hosts: [server, stranger, backup] }), 'MX-SELF-LOOP')).toEqual([
      { domain: 'a.example', host: 'mx1.a.example' },
    ]);
    const relay = { ...main, finalFor: [], relaysFor: ['A.EXAMPLE'] };
    expect(lint(MAIL, { hosts: [server, relay, backup] })).toEqual([]);
  });

  it('[MX-BACKUP-SPAM] a backup with fewer checks', () => {
    const lax = { ...backup, checks: ['recipients'] };
    expect(only(lint(MAIL, { hosts: [server, main, lax] }), 'MX-BACKUP-SPAM')).toEqual([
      { target: 'mx2.a.example', missing: 'dmarc' },
    ]);
    const strict = { ...backup, checks: ['dmarc', 'recipients', 'dnsbl'] };
    expect(lint(MAIL, { hosts: [server, main, strict] })).toEqual([]);
  });

  it('[CATCHALL] a server that takes every address [S5-004]', () => {
    const caught = { ...main, catchesAllOf: ['A.EXAMPLE'] };
    expect(only(lint(MAIL, { hosts: [server, caught, backup] }), 'CATCHALL')).toEqual([
      { domain: 'a.example', host: 'mx1.a.example' },
    ]);
    const other = { ...main, catchesAllOf: ['other.example'] };
    expect(lint(MAIL, { hosts: [server, other, backup] })).toEqual([]);
  });

  it('[AAAA-NO-LISTENER] an IPv6 address at which nobody listens', () => {
    const text = `${MAIL}mx1 AAAA 2001:db8::25\n`;
    const dual = { ...main, addresses: ['192.0.2.25', '2001:db8::25'] };
    expect(only(lint(text, { hosts: [server, dual, backup] }), 'AAAA-NO-LISTENER')).toEqual([
      { name: 'mx1.a.example', address: '2001:db8::25' },
    ]);
    const fine = { ...dual, listens: dual.addresses };
    expect(lint(text, { hosts: [server, fine, backup] })).toEqual([]);
  });
});

describe('delegations', () => {
  const child = (text: string): Zone => {
    const parsed = parseZone(`$TTL 60\n@ SOA ns hostmaster 1 1 1 1 1\n${text}`, 'kid.a.example.');
    return parsed.zone;
  };
  const kidServer = host('ns.kid.a.example', ['192.0.2.12'], { serves: ['kid.a.example.'] });
  const world = (parent: string, below: string, kid = kidServer): WorldFinding[] =>
    lintWorld({ zones: [zone('a.example.', parent), child(below)], hosts: [server, kid], absences: [] });
  const GOOD = '@ NS ns\nns A 192.0.2.12\n';

  it('that are sound have no findings [NS-LAME] [GLUE-MISSING] [S3-006]', () => {
    expect(world('kid NS ns.kid\nns.kid A 192.0.2.12\n', GOOD)).toEqual([]);
  });

  it('[NS-LAME] a server that does not know the zone [S3-006]', () => {
    const lame = { ...kidServer, serves: [] };
    const findings = world('kid NS ns.kid\nns.kid A 192.0.2.12\n', GOOD, lame);
    expect(only(findings, 'NS-LAME')).toContainEqual({ server: 'ns.kid.a.example', zone: 'kid.a.example' });
    // Named at the parent and by the zone itself: both have to be put right.
    expect(new Set(findings.map((finding) => finding.zone))).toEqual(
      new Set(['a.example.', 'kid.a.example.']),
    );
    const gone = world('kid NS ns.kid\nns.kid A 192.0.2.99\n', GOOD);
    expect(gone).toMatchObject([{ id: 'NS-LAME', zone: 'a.example.' }]);
  });

  it('[GLUE-MISSING] a server inside the zone whose address the parent does not tell [S3-006]', () => {
    expect(only(world('kid NS ns.kid\n', GOOD), 'GLUE-MISSING')).toEqual([
      { zone: 'kid.a.example', server: 'ns.kid.a.example' },
    ]);
    expect(only(world('kid NS ns1\n', GOOD), 'GLUE-MISSING')).toEqual([]);
  });

  it('[NS-MISMATCH] parent and child that name different servers [S3-006]', () => {
    const findings = world(
      'kid NS ns.kid\nns.kid A 192.0.2.12\n',
      '@ NS ns\n@ NS ns2\nns A 192.0.2.12\nns2 A 192.0.2.12\n',
    );
    expect(findings).toMatchObject([
      {
        id: 'NS-MISMATCH',
        params: {
          zone: 'kid.a.example',
          parent: 'ns.kid.a.example',
          child: 'ns.kid.a.example, ns2.kid.a.example',
        },
      },
    ]);
  });
});

describe('look-ups that fail although the record is there', () => {
  it('[TCP53-BLOCKED] answers too large for a datagram', () => {
    const big = `gross TXT ${Array.from({ length: 8 }, () => `"${'x'.repeat(200)}"`).join(' ')}\nklein TXT x\n`;
    const blocked = { ...server, isTcp53Blocked: true };
    expect(only(lint(MAIL + big, { hosts: [blocked, main, backup] }), 'TCP53-BLOCKED')).toEqual([
      { name: 'gross.a.example', type: 'TXT', server: 'ns1.a.example' },
    ]);
    expect(lint(MAIL + big)).toEqual([]);
    expect(lint(MAIL, { hosts: [blocked, main, backup] })).toEqual([]);
  });

  it('[NEG-CACHED] absences that a resolver still remembers', () => {
    const absence = { resolver: 'ISP-A', name: 's1._domainkey.a.example.', type: '', secondsLeft: 2580 };
    const text = `${MAIL}s1._domainkey TXT "v=DKIM1"\n`;
    expect(only(lint(text, { absences: [absence] }), 'NEG-CACHED')).toEqual([
      { resolver: 'ISP-A', status: 'NXDOMAIN', name: 's1._domainkey.a.example', minutes: 43 },
    ]);
    expect(lint(MAIL, { absences: [absence] })).toEqual([]);
    const nodata = { ...absence, name: 'a.example.', type: 'TXT' };
    expect(lint(MAIL, { absences: [nodata] })).toEqual([]);
    expect(only(lint(`${MAIL}@ TXT "v=spf1 -all"\n`, { absences: [nodata] }), 'NEG-CACHED')).toMatchObject([
      { status: 'NODATA' },
    ]);
  });

  it('concern the zone that was asked about, or all', () => {
    const absence = { resolver: 'ISP-A', name: 'x.a.example.', type: '', secondsLeft: 60 };
    const world: DnsWorld = {
      zones: [zone('a.example.', `${MAIL}x A 192.0.2.1\n`)],
      hosts: [server, main, backup],
      absences: [absence],
    };
    expect(lintWorld(world, 'b.example.')).toEqual([]);
    expect(lintWorld(world, 'a.example.').map(({ name }) => nameKey(name))).toEqual(['x.a.example.']);
  });
});
