import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cellWidth, positionAfter, visibleControls } from './cells.ts';
import { showsProtocol, toneOfLine } from './colours.ts';
import { palette } from './theme.ts';

describe('the tone of a line', () => {
  it.each([
    ['220 mx.hafen.example ESMTP Postfix', 'ok'],
    ['250-PIPELINING', 'ok'],
    ['354 End data with <CR><LF>.<CR><LF>', 'info'],
    ['450 4.2.0 <bob@hafen.example>: Recipient address rejected: Greylisted', 'soft'],
    ['554 5.7.1 <x@y>: Relay access denied', 'fail'],
    ['+OK Dovecot ready.', 'ok'],
    ['-ERR [AUTH] Authentication failed.', 'fail'],
    ['a1 NO [AUTHENTICATIONFAILED] Authentication failed.', 'fail'],
    ['a2 OK Logged in', 'ok'],
    ['* 3 EXISTS', 'server'],
    ['<** 550 5.1.1 unknown', 'fail'],
    ['<-  250 2.1.0 Ok', 'ok'],
    [' -> MAIL FROM:<a@b>', 'typed'],
    ["Escape character is '^]'.", 'dim'],
    ['2500 bottles of beer', 'plain'],
  ] as const)('%s: %s', (line, tone) => {
    expect(toneOfLine(line, true)).toBe(tone);
  });

  it('is plain for programs that talk to nobody: a number in a file is no reply', () => {
    expect(toneOfLine('550 5.1.1 in my notes', showsProtocol('cat'))).toBe('plain');
    expect(showsProtocol('telnet')).toBe(true);
  });
});

it('every colour is readable on the terminal of both themes, 4.5 : 1 at least', () => {
  const tokens = readFileSync(new URL('../style/tokens.css', import.meta.url), 'utf8');
  const grounds = [...tokens.matchAll(/--term-bg: (#[0-9a-f]{6})/g)].map((match) => match[1] ?? '');
  const texts = [...tokens.matchAll(/--term-fg: (#[0-9a-f]{6})/g)].map((match) => match[1] ?? '');
  expect(grounds.length).toBe(2);
  for (const ground of grounds) {
    for (const colour of [...Object.values(palette), ...texts]) {
      expect(contrast(colour, ground), `${colour} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('cells', () => {
  it.each([
    ['a', 1],
    ['ü', 1],
    ['…', 1],
    ['\u0301', 0],
    ['\u200d', 0],
    ['郵', 2],
    ['ｱ', 1],
    ['Ａ', 2],
    ['📬', 2],
    ['\x07', 0],
  ] as const)('%j takes %d', (character, width) => {
    expect(cellWidth(character.codePointAt(0) ?? 0)).toBe(width);
  });

  it('wraps a wide character that does not fit, and stops tabs at every eighth cell', () => {
    expect(positionAfter('abc郵', 4)).toEqual({ row: 1, column: 2 });
    expect(positionAfter('a\tb', 40)).toEqual({ row: 0, column: 9 });
    expect(positionAfter('abcd', 4)).toEqual({ row: 0, column: 4 });
  });

  it('shows control characters as a terminal echoes them', () => {
    expect(visibleControls('a\x08\x1b\x7f\x85\tb')).toBe('a^H^[^?M-^E\tb');
  });
});
