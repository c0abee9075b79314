// HTML cut into tags and text, as forgiving as browsers are. Knows no meaning of any element except which ones hold raw
// text. Whoever shows the result writes it anew (`html-safe.ts`); nothing here is safe to show. WHATWG HTML §13.2.5.

/** Offsets count characters of the text given. */
export type HtmlToken =
  | { readonly kind: 'text'; readonly text: string; readonly start: number }
  | {
      readonly kind: 'open';
      /** Lower case. */
      readonly name: string;
      /** Names in lower case, values with their character references undone; the first of a name counts. */
      readonly attributes: ReadonlyMap<string, string>;
      readonly start: number;
    }
  | { readonly kind: 'close'; readonly name: string; readonly start: number };

/** What is in them is text to a browser, whatever it looks like (WHATWG HTML §13.2.6.2 and the like). */
const RAW = new Set([
  'script',
  'style',
  'title',
  'textarea',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
  'plaintext',
]);

/** Cuts a page into tokens, in the order of the text; never fails, in time linear to the text. */
export function htmlTokens(html: string): HtmlToken[] {
  const tokens: HtmlToken[] = [];
  let at = 0;
  let text = 0;
  const flush = (until: number): void => {
    if (until > text)
      tokens.push({ kind: 'text', text: decodeReferences(html.slice(text, until)), start: text });
  };
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    const next = html.charAt(open + 1);
    if (next === '!' || next === '?') {
      flush(open);
      at = text = afterMarkup(html, open);
    } else if (next === '/' && /[A-Za-z]/.test(html.charAt(open + 2))) {
      flush(open);
      const { name, end } = readTag(html, open + 2);
      tokens.push({ kind: 'close', name, start: open });
      at = text = end;
    } else if (/[A-Za-z]/.test(next)) {
      flush(open);
      const { name, attributes, end } = readTag(html, open + 1);
      tokens.push({ kind: 'open', name, attributes, start: open });
      at = text = end;
      if (RAW.has(name)) {
        const stop = name === 'plaintext' ? html.length : endOfRaw(html, name, end);
        if (stop > end) tokens.push({ kind: 'text', text: html.slice(end, stop), start: end });
        at = text = stop;
      }
    } else at = open + 1;
  }
  flush(html.length);
  return tokens;
}

/** Behind a comment, a declaration or a processing instruction. */
function afterMarkup(html: string, open: number): number {
  if (html.startsWith('<!--', open)) {
    if (html.startsWith('<!-->', open)) return open + 5;
    const end = html.indexOf('--', open + 4);
    if (end < 0) return html.length;
    for (let at = end; at >= 0; at = html.indexOf('--', at + 1)) {
      if (html.charAt(at + 2) === '>') return at + 3;
      if (html.charAt(at + 2) === '!' && html.charAt(at + 3) === '>') return at + 4;
    }
    return html.length;
  }
  const end = html.indexOf('>', open);
  return end < 0 ? html.length : end + 1;
}

function endOfRaw(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}(?=[\\s/>]|$)`, 'gi');
  end.lastIndex = from;
  return end.exec(html)?.index ?? html.length;
}

const SPACE = /[\s/]/;

function readTag(
  html: string,
  start: number,
): { name: string; attributes: Map<string, string>; end: number } {
  let at = start;
  while (at < html.length && !/[\s/>]/.test(html.charAt(at))) at++;
  const name = html.slice(start, at).toLowerCase();
  const attributes = new Map<string, string>();
  for (;;) {
    while (at < html.length && SPACE.test(html.charAt(at))) at++;
    if (at >= html.length) return { name, attributes, end: at };
    if (html.charAt(at) === '>') return { name, attributes, end: at + 1 };
    const from = at++;
    while (at < html.length && !/[\s/>=]/.test(html.charAt(at))) at++;
    const key = html.slice(from, at).toLowerCase();
    while (at < html.length && /\s/.test(html.charAt(at))) at++;
    let value = '';
    if (html.charAt(at) === '=') {
      at++;
      while (at < html.length && /\s/.test(html.charAt(at))) at++;
      const quote = html.charAt(at);
      if (quote === '"' || quote === "'") {
        const end = html.indexOf(quote, at + 1);
        value = html.slice(at + 1, end < 0 ? html.length : end);
        at = end < 0 ? html.length : end + 1;
      } else {
        const begin = at;
        while (at < html.length && !/[\s>]/.test(html.charAt(at))) at++;
        value = html.slice(begin, at);
      }
    }
    if (!attributes.has(key)) attributes.set(key, decodeReferences(value));
  }
}

/** U+00A0 to U+00FF in their order, as HTML 2 named them. */
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
  'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
  'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
  'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
  'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
  'thorn yuml';
const NAMED: ReadonlyMap<string, string> = new Map([
  ...LATIN.split(' ').map((name, i): [string, string] => [name, String.fromCharCode(0xa0 + i)]),
  ['amp', '&'],
  ['AMP', '&'],
  ['lt', '<'],
  ['LT', '<'],
  ['gt', '>'],
  ['GT', '>'],
  ['quot', '"'],
  ['QUOT', '"'],
  ['apos', "'"],
  // These can hide a scheme such as javascript:.
  ['Tab', '\t'],
  ['NewLine', '\n'],
  ['colon', ':'],
  ['sol', '/'],
  ['bsol', '\\'],
  ['lpar', '('],
  ['rpar', ')'],
  ['period', '.'],
  ['commat', '@'],
  ['num', '#'],
  ['quest', '?'],
  ['equals', '='],
  ['excl', '!'],
  ['comma', ','],
  ['semi', ';'],
  ['lowbar', '_'],
  ['hyphen', '\u2010'],
  ['ndash', '\u2013'],
  ['mdash', '\u2014'],
  ['lsquo', '\u2018'],
  ['rsquo', '\u2019'],
  ['sbquo', '\u201a'],
  ['ldquo', '\u201c'],
  ['rdquo', '\u201d'],
  ['bdquo', '\u201e'],
  ['lsaquo', '\u2039'],
  ['rsaquo', '\u203a'],
  ['hellip', '\u2026'],
  ['bull', '\u2022'],
  ['dagger', '\u2020'],
  ['permil', '\u2030'],
  ['euro', '\u20ac'],
  ['trade', '\u2122'],
  ['larr', '\u2190'],
  ['uarr', '\u2191'],
  ['rarr', '\u2192'],
  ['darr', '\u2193'],
  ['check', '\u2713'],
  ['ensp', '\u2002'],
  ['emsp', '\u2003'],
  ['thinsp', '\u2009'],
  ['zwnj', '\u200c'],
  ['zwj', '\u200d'],
]);

/** Character references undone: numeric ones, and the names that mails use. Others stay as they are. */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#[xX]([0-9a-fA-F]{1,8});?|#([0-9]{1,10});?|([A-Za-z][A-Za-z0-9]{1,30});?)/g,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return NAMED.get(name) ?? whole;
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
      return String.fromCodePoint(code);
    },
  );
}
