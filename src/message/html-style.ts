// The harmless part of inline CSS: colours, type, spacing, borders. Whatever fetches, moves over other content or runs is
// left out. Knows single declarations only; style sheets are not shown at all. CSS Style Attributes (W3C) for the syntax.

const PROPERTIES =
  /^(?:color|background-color|background|font|font-(?:family|size|style|weight|variant)|text-(?:align|decoration|transform|indent)|line-height|letter-spacing|word-spacing|vertical-align|white-space|direction|(?:padding|margin)(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width))?|border-(?:radius|collapse|spacing)|(?:max-|min-)?(?:width|height)|display|list-style|list-style-type|opacity|visibility)$/;
/** Functions that only name a colour. */
const FUNCTIONS = /(?:rgb|rgba|hsl|hsla)\(/gi;
const VALUE = /^[\w\s#%.,()'"+\-/!]*$/;

export interface SafeStyle {
  readonly css: string;
  /** Addresses that it would have fetched. */
  readonly remote: readonly string[];
  /** The reader would not see what is in it. */
  readonly hides: boolean;
}

/** Declarations of a style attribute that may stay. */
export function safeStyle(style: string): SafeStyle {
  const remote: string[] = [];
  for (const match of style.matchAll(/url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*))/gi))
    remote.push((match[1] ?? match[2] ?? match[3] ?? '').trim());
  const kept: string[] = [];
  let hides = false;
  for (const declaration of style.split(';')) {
    const colon = declaration.indexOf(':');
    if (colon < 0) continue;
    const name = declaration.slice(0, colon).trim().toLowerCase();
    const value = declaration.slice(colon + 1).trim();
    if (!PROPERTIES.test(name) || value.length > 200 || !VALUE.test(value)) continue;
    if (value.replace(FUNCTIONS, '').includes('(')) continue;
    if (/^(?:none)/i.test(value) && name === 'display') hides = true;
    if (
      (name === 'visibility' && /hidden/i.test(value)) ||
      (name === 'font-size' && /^0(?!\.?[1-9])/.test(value))
    )
      hides = true;
    if (name === 'opacity' && Number(value) === 0) hides = true;
    if ((name === 'max-height' || name === 'height') && /^0(?:px)?(?:\s|!|$)/.test(value)) hides = true;
    // A quote that does not end would swallow what follows.
    if ((value.split('"').length - 1) % 2 === 1 || (value.split("'").length - 1) % 2 === 1) continue;
    kept.push(`${name}: ${value}`);
  }
  return { css: kept.join('; '), remote, hides };
}
