import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4Bytes, ipv6Bytes, ipv6Text, reverseName } from './address.ts';
import {
  compareNames,
  isHostName,
  isSubdomain,
  labelsOf,
  nameKey,
  nameOfLabels,
  parentName,
  parseName,
  relativeName,
  sameName,
  withAncestors,
} from './name.ts';

const label = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));
const labels = fc.array(label, { maxLength: 6 });

describe('names', () => {
  it('survive print and parse, whatever octets their labels hold', () => {
    fc.assert(
      fc.property(labels, (value) => {
        const name = nameOfLabels(value);
        expect(labelsOf(name)).toEqual(value);
        expect(parseName(name)).toEqual({ ok: true, value: name });
        expect(withAncestors(name).length).toBe(value.length + 1);
        expect(labelsOf(parentName(name))).toEqual(value.slice(1));
      }),
    );
  });

  it('relative to an origin come back', () => {
    fc.assert(
      fc.property(labels, labels, (inner, outer) => {
        const origin = nameOfLabels(outer);
        const name = nameOfLabels([...inner, ...outer]);
        expect(isSubdomain(name, origin)).toBe(true);
        const back = parseName(relativeName(name, origin), origin);
        expect(back.ok && sameName(back.value, name)).toBe(true);
      }),
    );
  });

  it('are completed by the origin without a final dot [S3-003]', () => {
    expect(parseName('mx1.example.org', 'example.org.')).toEqual({
      ok: true,
      value: 'mx1.example.org.example.org.',
    });
    expect(parseName('@', 'example.org.')).toEqual({ ok: true, value: 'example.org.' });
  });

  it('have at most 63 octets a label and 255 in all [S3-009]', () => {
    expect(parseName(`${'a'.repeat(63)}.`).ok).toBe(true);
    expect(parseName(`${'a'.repeat(64)}.`)).toEqual({ ok: false, error: 'label too long' });
    const long = `${'a'.repeat(63)}.`.repeat(3);
    expect(parseName(`${long}${'b'.repeat(61)}.`).ok).toBe(true);
    expect(parseName(`${long}${'b'.repeat(62)}.`)).toEqual({ ok: false, error: 'name too long' });
    expect(parseName('a..b.')).toEqual({ ok: false, error: 'empty label' });
    expect(parseName('a\\300b.')).toEqual({ ok: false, error: 'bad escape' });
  });

  it('compare without case, escapes undone', () => {
    expect(sameName('MAIL.Wolke.Example.', 'mail.wolke.example.')).toBe(true);
    expect(nameKey('A\\098.')).toBe('ab.');
    expect(isSubdomain('a\\.b.', 'b.')).toBe(false);
    expect(isSubdomain('xb.', 'b.')).toBe(false);
  });

  it('sort from the root (RFC 4034 §6.1)', () => {
    const sorted = [
      'example.',
      'a.example.',
      'yljkjljk.a.example.',
      'Z.a.example.',
      'zABC.a.EXAMPLE.',
      'z.example.',
    ];
    expect([...sorted].reverse().sort(compareNames)).toEqual(sorted);
  });

  it('with an underscore are no host names [S3-009]', () => {
    expect(isHostName('my_host.example.')).toBe(false);
    expect(isHostName('-a.example.')).toBe(false);
    expect(isHostName('*.example.', true)).toBe(true);
    expect(isHostName('mx-1.example.')).toBe(true);
  });
});

describe('addresses', () => {
  it('have one spelling', () => {
    const spell = (text: string): string => ipv6Text(ipv6Bytes(text) ?? []);
    expect(spell('2001:DB8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
    expect(spell('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1');
    expect(spell('1:0:2:3:4:5:6:7')).toBe('1:0:2:3:4:5:6:7');
    expect(spell('0:0:0:0:0:0:0:0')).toBe('::');
    for (const bad of ['::x', '1::2::3', '1:2:3', '192.0.2.1', ':::', '1:2:3:4:5:6:7:8:9', '1.2.3.4::'])
      expect(ipv6Bytes(bad)).toBeUndefined();
    for (const bad of ['192.0.2.300', '1.2.3', '1.2.3.4.', '01.2.3.4'])
      expect(ipv4Bytes(bad)).toBeUndefined();
  });

  it('have names in the reverse zones [S3-006]', () => {
    expect(reverseName('192.0.2.25')).toBe('25.2.0.192.in-addr.arpa.');
    expect(reverseName('2001:db8::25')).toBe(
      '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.',
    );
  });
});
