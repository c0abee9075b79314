import { describe, expect, it } from 'vitest';
import { hover as germanHover } from '../../text/de/hover.ts';
import { zone as german } from '../../text/de/zone.ts';
import { hover } from '../../text/en/hover.ts';
import { zone as english } from '../../text/en/zone.ts';
import { hoverRules } from '../../text/hover-rules.ts';
import { suggestionsAt } from './completions.ts';
import { explainAt } from './explain.ts';

const glossary = { words: english.words, hover, rules: hoverRules };
const inGerman = { words: german.words, hover: germanHover, rules: hoverRules };
const file = `$ORIGIN wolke.example.
$TTL 1h
@ IN SOA ns1 hostmaster ( 7 3600 900 1w 300 )
@ IN MX 10 mail
mail 1h30m IN A 203.0.113.7
www IN CNAME mail.wolke.example
@ IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"
_dmarc IN TXT "v=DMARC1; p=quarantine; xx=1"
_mta-sts IN TXT "v=STSv1; id=7; zz=1"
_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@wolke.example"
default._bimi IN TXT "v=BIMI1; l=https://wolke.example/logo.svg; a="
`;

/** The explanation of the first place where `piece` stands. */
function explained(piece: string, texts = glossary): string {
  const offset = file.indexOf(piece);
  const line = file.slice(0, offset).split('\n').length;
  const column = offset - file.lastIndexOf('\n', offset - 1) - 1;
  return explainAt(file, line, column, 'wolke.example.', texts)?.paragraphs.join(' ') ?? '';
}

describe('the word under the cursor', () => {
  it('is explained by what it is in its place', () => {
    expect(explained('$TTL')).toBe(hover['directive.$TTL']);
    expect(explained('MX')).toBe(hover['type.MX']);
    expect(explained('10 mail')).toBe(hover['mx.preference']);
    expect(explained('1w 300')).toContain('7 d (604800 seconds)');
    expect(explained('1h30m')).toContain('1 h 30 min (5400 seconds)');
    expect(explained('ip4:')).toContain('256 addresses');
    expect(explained('~all')).toContain(hover['spf.qualifier.~']);
    expect(explained('quarantine')).toContain(english.words.value.quarantine);
    expect(explained('xx=')).toBe(hover['dmarc.unknown']);
  });

  it('is explained in the records about encryption and logos too', () => {
    expect(explained('v=STSv1')).toBe(hover['sts.v']);
    expect(explained('id=7')).toBe(hover['sts.id']);
    expect(explained('zz=')).toBe(hover['sts.unknown']);
    expect(explained('v=TLSRPTv1')).toBe(hover['tlsrpt.v']);
    expect(explained('mailto:tls')).toBe(hover['tlsrpt.rua']);
    expect(explained('v=BIMI1')).toBe(hover['bimi.v']);
    expect(explained('l=https')).toBe(hover['bimi.l']);
    expect(explained('a="')).toBe(hover['bimi.a']);
  });

  it('says what a relative name means, and warns of the one that doubles [S3-003]', () => {
    expect(explained('mail\nmail')).toBe('Means `mail.wolke.example.`');
    expect(explained('mail.wolke.example\n')).toBe(
      'Means `mail.wolke.example.wolke.example.` Without a final dot the zone’s name is appended. Did you mean `mail.wolke.example.`?',
    );
  });

  it('is explained in German too', () => {
    expect(explained('MX', inGerman)).toBe(germanHover['type.MX']);
    expect(explained('1h30m', inGerman)).toContain('1 h 30 min (5400 Sekunden)');
  });
});

/** What is offered at `|` in a line added to the file. */
function offered(line: string): readonly string[] {
  const [before = '', after = ''] = line.split('|');
  const text = `${file}${before}${after}`;
  const lines = text.split('\n').length;
  return suggestionsAt(text, lines, before.length + 1, 'wolke.example.', glossary).map((one) => one.insert);
}

describe('completion', () => {
  it('offers directives, owners, types and units where they belong', () => {
    expect(offered('$|').join()).toContain('$TTL');
    expect(offered('m|')).toContain('mail');
    expect(offered('mail IN |')).toContain('MX ');
    expect(offered('mail 30|')).toContain('30m');
    expect(offered('$TTL 2|')).toContain('2d');
    expect(offered('mail IN A 1 ; |')).toEqual([]);
  });

  it('offers hosts of the zone as targets', () => {
    expect(offered('@ IN MX 10 |')).toEqual(['mail']);
    expect(offered('ftp IN CNAME m|')).toEqual(['mail']);
  });

  it('offers the record that belongs to the name', () => {
    expect(offered('@ IN TXT "v=spf1 -all"|')).toEqual([]);
    expect(offered('$TTL 300|')[0]).toBe('300');
    expect(offered('_dmarc IN TXT |')[0]).toContain('v=DMARC1');
    expect(offered('s1._domainkey IN TXT "|')[0]).toContain('v=DKIM1');
    expect(offered('@ IN TXT |')[0]).toContain('v=spf1');
  });

  it('offers the records about encryption and logos, and their tags', () => {
    expect(offered('_m|').join()).toContain('_mta-sts IN TXT "v=STSv1; id=');
    expect(offered('_mta-sts IN TXT |')[0]).toContain('"v=STSv1; id=');
    expect(offered('_smtp._tls IN TXT "|')[0]).toContain('v=TLSRPTv1; rua=mailto:');
    expect(offered('_smtp._tls IN TXT "v=TLSRPTv1; |')).toEqual(['rua=mailto:tls@wolke.example']);
    expect(offered('x._bimi IN TXT "v=BIMI1; l=; |')).toEqual(['a=']);
  });

  it('offers terms inside SPF and tags and values inside DMARC', () => {
    expect(offered('@ IN TXT "v=spf1 |')).toEqual(expect.arrayContaining(['include:', 'ip4:', '-all']));
    expect(offered('@ IN TXT "v=spf1 mx ~|')).toEqual(['-all', '~all']);
    expect(offered('_dmarc IN TXT "v=DMARC1; p=|')).toEqual(['none', 'quarantine', 'reject']);
    expect(offered('_dmarc IN TXT "v=DMARC1; p=none;|')).toContain(' rua=mailto:dmarc@wolke.example');
    expect(offered('_dmarc IN TXT "v=DMARC1; p=none; |')).not.toContain('p=');
  });
});
