import { describe, expect, it } from 'vitest';
import { isStsHost, parseStsPolicy, stsRecordId } from './mta-sts.ts';

describe('the record', () => {
  it.each([
    [['v=STSv1; id=20160831085700Z;'], '20160831085700Z'],
    [['v=spf1 -all', 'v=STSv1;id=1'], '1'],
    [['v=STSv1; id=a b'], undefined],
    [['v=STSv1'], undefined],
    [['v=STSv2; id=1'], undefined],
    // RFC 8461 §3.1: with more than one there is no policy.
    [['v=STSv1; id=1', 'v=STSv1; id=2'], undefined],
    [[], undefined],
  ])('%j', (texts, id) => {
    expect(stsRecordId(texts)).toBe(id);
  });
});

describe('the policy', () => {
  it('is read as in RFC 8461 §3.2, with either line end', () => {
    const lines = [
      'version: STSv1',
      'mode: enforce',
      'mx: mail.example.com',
      'mx: *.example.net',
      'max_age: 604800',
    ];
    const read = { mode: 'enforce', mx: ['mail.example.com', '*.example.net'], maxAgeSeconds: 604_800 };
    expect(parseStsPolicy(lines.join('\r\n'))).toEqual(read);
    expect(parseStsPolicy(`${lines.join('\n')}\nfuture: 1\nmode: none\n`)).toEqual(read);
  });

  it.each([
    ['mode: enforce\nmx: a.b\nmax_age: 1', 'version'],
    ['version: STSv1\nmode: strict\nmx: a.b\nmax_age: 1', 'mode'],
    ['version: STSv1\nmode: enforce\nmax_age: 1', 'mx'],
    ['version: STSv1\nmode: enforce\nmx: a..b\nmax_age: 1', 'mx'],
    ['version: STSv1\nmode: enforce\nmx: a.b', 'max_age'],
    ['version: STSv1\nmode: enforce\nmx: a.b\nmax_age: 31557601', 'max_age'],
    ['', 'version'],
  ])('%j is wrong', (text, problem) => {
    expect(parseStsPolicy(text)).toBe(problem);
  });

  it('needs no host in mode none', () => {
    expect(parseStsPolicy('version: STSv1\nmode: none\nmax_age: 0')).toMatchObject({ mode: 'none', mx: [] });
  });
});

it('a wildcard stands for one label [S2-072]', () => {
  expect(isStsHost(['*.example.net'], 'MX.example.net.')).toBe(true);
  expect(isStsHost(['*.example.net'], 'a.mx.example.net')).toBe(false);
  expect(isStsHost(['*.example.net'], 'example.net')).toBe(false);
  expect(isStsHost(['mx.example.net'], 'mx.example.net')).toBe(true);
  expect(isStsHost([], 'mx.example.net')).toBe(false);
});
