import { describe, expect, it } from 'vitest';
import { zoneMeaning } from './zone-meaning.ts';

const zone = 'a.example.';
const text = `$TTL 300
@ SOA ns host 1 2 3 4 5
@ NS ns
@ TXT "v=spf1 mx ip4:192.0.2.1 -all"
@ MX 10 mail
ns A 192.0.2.53
mail A 192.0.2.25
s1._domainkey TXT "v=DKIM1; p=AAAA"
_dmarc TXT "v=DMARC1; p=none; rua=mailto:d@a.example"
`;
const meaning = (from: string, to: string): string[] =>
  zoneMeaning(zone, text, text.replace(from, to)).map(
    ({ sign, key, params }) => `${sign} ${key} ${Object.values(params).join(' | ')}`,
  );

describe('what a change means', () => {
  it('says who may send now', () => {
    expect(meaning('ip4:192.0.2.1', 'ip4:203.0.113.9')).toEqual([
      '+ spfAllows a.example | 203.0.113.9',
      '− spfForbids a.example | 192.0.2.1',
    ]);
    expect(meaning('-all', '~all')).toEqual(['± spfEnd a.example | -all | ~all']);
  });

  it('says policies, keys, serials and addresses', () => {
    expect(meaning('p=none', 'p=reject; sp=none')).toEqual([
      '± dmarcPolicy a.example | p | none | reject',
      '± dmarcPolicy a.example | sp | – | none',
    ]);
    expect(meaning('p=AAAA', 'p=BBBB')).toEqual(['± dkimChanged s1._domainkey.a.example']);
    expect(meaning('s1._domainkey', 's2._domainkey')).toEqual([
      '+ dkimAdded s2._domainkey.a.example',
      '− dkimRemoved s1._domainkey.a.example',
    ]);
    expect(meaning('host 1', 'host 2')).toEqual(['± serial 1 | 2']);
    expect(meaning('mail A 192.0.2.25', 'mail A 192.0.2.26')).toEqual([
      '± changed mail | A | 192.0.2.26 | 192.0.2.25 | 192.0.2.26',
    ]);
    expect(meaning('@ MX 10 mail\n', '')).toEqual(['− removed @ | MX | 10 mail.a.example.']);
    expect(meaning('mail A', 'mail 60 A')).toEqual(['± ttl mail | A | 192.0.2.25 | 300 | 60']);
  });

  it('has nothing to say about blanks, comments and order', () => {
    expect(meaning('@ NS ns\n', '@    IN NS ns ; here\n\n')).toEqual([]);
    expect(zoneMeaning(zone, text, text)).toEqual([]);
  });
});
