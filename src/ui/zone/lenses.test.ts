import { expect, it } from 'vitest';
import { zoneForm as german } from '../../text/de/zone-form.ts';
import { zoneForm as english } from '../../text/en/zone-form.ts';
import { lensesOf } from './lenses.ts';

const zone = `$ORIGIN wolke.example.
$TTL 3600
@ IN SOA ns1 hostmaster 7 3600 900 604800 300
@ IN TXT "v=spf1 mx include:hafen.example ~all"
moved IN TXT "v=spf1 redirect=hafen.example"
open IN TXT "v=spf1 a"
s1._domainkey IN TXT ( "v=DKIM1; k=ed25519; "
  "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" )
old._domainkey IN TXT "v=DKIM1; p="
bad._domainkey IN TXT "v=DKIM1; p=%%"
_dmarc IN TXT "v=DMARC1; p=reject; t=y; rua=mailto:d@wolke.example,mailto:e@hafen.example"
_dmarc.moved IN TXT "v=DMARC1; p=maybe"
_mta-sts IN TXT "v=STSv1; id=20261123"
_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tls@wolke.example"
default._bimi IN TXT "v=BIMI1; l=https://wolke.example/logo.svg"
note IN TXT "hello"
`;
const titles = (words: typeof english): readonly string[] =>
  lensesOf('wolke.example.', zone, words.lens, (domain) => (domain === 'wolke.example' ? 3 : undefined)).map(
    ({ line, title }) => `${line} ${title}`,
  );

it('says above each record what it does, in its words and numbers', () => {
  expect(titles(english)).toEqual([
    '4 SPF: who may send · 3 of 10 look-ups · ends in ~all: all others are suspicious',
    '5 SPF: who may send · … of 10 look-ups · goes on at hafen.example',
    '6 SPF: who may send · … of 10 look-ups · has no end: nothing is said about others',
    '7 DKIM key s1: Ed25519, 256 bits',
    '9 DKIM key old: revoked',
    '10 DKIM key bad: cannot be read',
    '11 DMARC: forgeries are refused (trial: one step milder) · reports go to d@wolke.example, e@hafen.example',
    '13 MTA-STS: version 20261123 of the policy',
    '14 TLS-RPT: reports go to tls@wolke.example',
    '15 BIMI: https://wolke.example/logo.svg',
  ]);
});

it('says it in German', () => {
  expect(titles(german)[6]).toBe(
    '11 DMARC: Fälschungen werden abgelehnt (Probelauf: eine Stufe milder) · Berichte gehen an d@wolke.example, e@hafen.example',
  );
});
