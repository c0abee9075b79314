// The terminal's colours and type from the page's tokens: dark ink in both themes, because that is how learners know it.
// The sixteen colours are used by meaning (colours.ts); each is readable on `--term-bg` (at least 4.5 : 1).

import type { ITheme } from '@xterm/xterm';

/** xterm's names for the colours that colours.ts asks for by number. */
export const palette = {
  green: '#6fd49b',
  blue: '#8fb8ff',
  yellow: '#f0b04a',
  red: '#ff8b95',
  brightBlue: '#b9cdf2',
  brightBlack: '#8c97ad',
  brightWhite: '#ffffff',
};

function token(name: string, otherwise: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
}

export function terminalTheme(): ITheme {
  const foreground = token('--term-fg', '#d9e1ee');
  return {
    ...palette,
    background: token('--term-bg', '#131a26'),
    foreground,
    cursor: foreground,
    selectionBackground: '#2f4b78',
    selectionInactiveBackground: '#26364f',
    scrollbarSliderBackground: '#ffffff2b',
    scrollbarSliderHoverBackground: '#ffffff45',
    scrollbarSliderActiveBackground: '#ffffff60',
  };
}

export function terminalFont(): { fontFamily: string; fontSize: number; lineHeight: number } {
  const presenting = document.documentElement.hasAttribute('data-presenting');
  // The page may enlarge its root font; the terminal follows.
  const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
  return {
    fontFamily: token('--mono', 'monospace'),
    fontSize: Math.max(presenting ? 18 : 12.5, 12.5 * scale),
    lineHeight: 1.2,
  };
}
