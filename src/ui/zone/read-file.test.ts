import { expect, it } from 'vitest';
import { zoneTextOf } from './read-file.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('reads text in the encodings that zone files come in', () => {
  expect(zoneTextOf(bytes('@ A 192.0.2.1\r\n; grün\r\n'))).toBe('@ A 192.0.2.1\n; grün\n');
  expect(zoneTextOf(bytes('\uFEFF@ A 192.0.2.1'))).toBe('@ A 192.0.2.1');
  expect(zoneTextOf(Uint8Array.of(0x3b, 0x67, 0x72, 0xfc, 0x6e))).toBe(';grün');
  expect(zoneTextOf(Uint8Array.of(0xff, 0xfe, 0x40, 0, 0x0a, 0))).toBe('@\n');
  expect(zoneTextOf(new Uint8Array())).toBe('');
});

it('refuses what is no text', () => {
  expect(zoneTextOf(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0))).toBeUndefined();
  expect(zoneTextOf(Uint8Array.of(0xff, 0xfe, 0x40))).toBeUndefined();
});
