// A letter's HTML written anew with nothing in it that runs, fetches or leads anywhere: elements and attributes of a short
// list, text escaped, images only where their bytes lie in the message. What was left out is counted, because it is worth
// knowing. The frame that shows it allows nothing either; each of the two guards would do. WHATWG HTML §13.3.

import { decodePercent, judgeLink, schemeOf, type HtmlLink } from './html-links.ts';
import { safeStyle } from './html-style.ts';
import { htmlTokens, type HtmlToken } from './html-tokens.ts';

/** An image that a mail program would fetch from the internet when the letter is opened. */
export interface RemoteImage {
  readonly n: number;
  readonly url: string;
  readonly host?: string;
  /** `pixel`: too small to be seen, so it is only there to be fetched. `style`: a background. */
  readonly kind: 'image' | 'pixel' | 'style';
}

export interface RemovedHtml {
  readonly scripts: number;
  /** onclick and the like. */
  readonly handlers: number;
  /** Forms and their fields. */
  readonly forms: number;
  /** Frames, objects, media. */
  readonly frames: number;
  /** Style sheets, `<style>` and linked ones. */
  readonly styles: number;
}

export interface SafeHtml {
  /** For the body of a page of its own. */
  readonly html: string;
  readonly links: readonly HtmlLink[];
  readonly remote: readonly RemoteImage[];
  readonly removed: RemovedHtml;
  /** Text that the sender hid from the reader, in characters. */
  readonly hidden: number;
  /** Content-IDs that were shown, and those that no part has. */
  readonly embedded: readonly string[];
  readonly missing: readonly string[];
}

export interface InlineImage {
  /** `image/png` */
  readonly type: string;
  readonly base64: string;
}

const ELEMENTS = new Set(
  (
    'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt ' +
    'em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main mark nav ol p pre q s samp section ' +
    'small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr'
  ).split(' '),
);
const TABLE = new Set(['table', 'tbody', 'thead', 'tfoot', 'tr', 'td', 'th', 'caption']);
const VOID = new Set(['br', 'hr', 'col', 'wbr', 'img']);
/** Gone with all that is in them. */
const DROPPED = new Set(
  'script style title textarea xmp iframe noembed noframes plaintext svg math object applet audio video template select canvas'.split(
    ' ',
  ),
);
const FORMS = new Set('form input button select textarea option optgroup fieldset'.split(' '));
const FRAMES = new Set(
  'iframe frame frameset object embed applet audio video source track portal canvas svg math'.split(' '),
);

/** Attributes that may stay, with what their values must look like. */
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  align: /^(?:left|right|center|justify|top|middle|bottom)$/i,
  valign: /^(?:top|middle|bottom|baseline)$/i,
  width: /^\d{1,5}(?:\.\d+)?(?:px|%)?$/,
  height: /^\d{1,5}(?:\.\d+)?(?:px|%)?$/,
  colspan: /^\d{1,3}$/,
  rowspan: /^\d{1,3}$/,
  border: /^\d{1,3}$/,
  cellpadding: /^\d{1,3}$/,
  cellspacing: /^\d{1,3}$/,
  start: /^-?\d{1,6}$/,
  bgcolor: /^#?[\w]{1,30}$/,
  color: /^#?[\w]{1,30}$/,
  size: /^[+-]?\d{1,2}$/,
  face: /^[\w ,'-]{1,100}$/,
  dir: /^(?:ltr|rtl|auto)$/i,
  lang: /^[A-Za-z-]{1,20}$/,
};
/** Formats without scripts of their own; SVG is none of them. */
const IMAGE_TYPES = /^image\/(?:png|gif|jpeg|jpg|webp|bmp)$/i;
const MAX_DEPTH = 200;

export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

interface Writer {
  out: string;
  readonly stack: string[];
  readonly links: HtmlLink[];
  readonly remote: RemoteImage[];
  readonly removed: { -readonly [Key in keyof RemovedHtml]: number };
  readonly embedded: Set<string>;
  readonly missing: Set<string>;
  /** The link that is open: where its output began, and what text stood in it so far. */
  link: { readonly target: string; text: string } | undefined;
  /** Depth of the stack at which hiding began. */
  hiddenFrom: number | undefined;
  hidden: number;
}

/**
 * The harmless part of a letter. `image` answers the part of a Content-ID, without its angle brackets; undefined when the
 * message has none.
 */
export function safeHtml(
  source: string,
  image: (contentId: string) => InlineImage | undefined = () => undefined,
): SafeHtml {
  const writer: Writer = {
    out: '',
    stack: [],
    links: [],
    remote: [],
    removed: { scripts: 0, handlers: 0, forms: 0, frames: 0, styles: 0 },
    embedded: new Set(),
    missing: new Set(),
    link: undefined,
    hiddenFrom: undefined,
    hidden: 0,
  };
  const tokens = htmlTokens(source);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as HtmlToken;
    if (token.kind === 'text') putText(writer, token.text);
    else if (token.kind === 'close') close(writer, token.name);
    else if (DROPPED.has(token.name)) {
      count(writer, token.name, token.attributes);
      i = endOfDropped(tokens, i, token.name);
    } else open(writer, token.name, token.attributes, image);
  }
  while (writer.stack.length > 0) close(writer, writer.stack.at(-1) ?? '');
  const { out, links, remote, removed, hidden } = writer;
  return {
    html: out,
    links,
    remote,
    removed,
    hidden,
    embedded: [...writer.embedded],
    missing: [...writer.missing],
  };
}

/** The token that ends a dropped element; such elements may stand within each other. */
function endOfDropped(tokens: readonly HtmlToken[], from: number, name: string): number {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i] as HtmlToken;
    if (token.kind === 'open' && token.name === name) depth++;
    if (token.kind === 'close' && token.name === name && --depth === 0) return i;
  }
  return tokens.length;
}

function putText(writer: Writer, text: string): void {
  writer.out += escapeHtml(text);
  if (writer.link !== undefined) writer.link.text += text;
  if (writer.hiddenFrom !== undefined) writer.hidden += text.trim().length;
}

function count({ removed }: Writer, name: string, attributes: ReadonlyMap<string, string>): void {
  if (name === 'script') removed.scripts++;
  if (FORMS.has(name)) removed.forms++;
  if (FRAMES.has(name)) removed.frames++;
  if (name === 'style' || (name === 'link' && /stylesheet/i.test(attributes.get('rel') ?? '')))
    removed.styles++;
  for (const key of attributes.keys()) if (/^on[a-z]/.test(key)) removed.handlers++;
}

function open(
  writer: Writer,
  name: string,
  attributes: ReadonlyMap<string, string>,
  image: (contentId: string) => InlineImage | undefined,
): void {
  count(writer, name, attributes);
  const style = attributes.get('style') ?? '';
  const { css, remote, hides } = safeStyle(style);
  for (const url of [...remote, attributes.get('background') ?? ''])
    if (isRemote(url)) putRemote(writer, url, 'style');
  if (name === 'img' || name === 'image') {
    putImage(writer, attributes, hides, image);
    return;
  }
  if (!ELEMENTS.has(name) || writer.stack.length >= MAX_DEPTH) return;
  if (name === 'a') {
    // Links do not stand within each other: a new one ends the one before, as in a browser.
    if (writer.link !== undefined) close(writer, 'a');
    const target = attributes.get('href');
    if (target !== undefined) writer.link = { target, text: '' };
  }
  let tag = `<${name}`;
  for (const [key, value] of attributes) {
    const shape = Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined;
    if (shape?.test(value) === true) tag += ` ${key}="${escapeHtml(value)}"`;
  }
  if (css !== '') tag += ` style="${escapeHtml(css)}"`;
  if (name === 'a' && writer.link !== undefined) tag += ' class="link"';
  writer.out += `${tag}>`;
  if (VOID.has(name)) return;
  writer.stack.push(name);
  if (hides) writer.hiddenFrom ??= writer.stack.length;
}

function close(writer: Writer, name: string): void {
  const place = writer.stack.lastIndexOf(name);
  if (VOID.has(name) || place < 0) return;
  // As in a browser, a stray end within a cell does not end the table around it.
  if (!TABLE.has(name) && writer.stack.slice(place + 1).some((one) => one === 'td' || one === 'th')) return;
  for (;;) {
    const last = writer.stack.pop();
    if (last === undefined) return;
    if (last === 'a' && writer.link !== undefined) {
      const { target, text } = writer.link;
      writer.link = undefined;
      const link = judgeLink(writer.links.length + 1, text, target);
      writer.links.push(link);
      const isBad = link.warnings.some((one) => one !== 'insecure');
      writer.out += `</a><sup class="${isBad ? 'bad' : 'n'}">${isBad ? '\u26a0' : ''}${link.n}</sup>`;
    } else writer.out += `</${last}>`;
    if (writer.hiddenFrom !== undefined && writer.stack.length < writer.hiddenFrom)
      writer.hiddenFrom = undefined;
    if (last === name) return;
  }
}

function isRemote(url: string): boolean {
  const scheme = schemeOf(url);
  return scheme === 'http' || scheme === 'https' || scheme === 'ftp' || /^\s*[\\/]{2}/.test(url);
}

function putRemote(writer: Writer, url: string, kind: RemoteImage['kind']): number {
  const { target, host } = judgeLink(0, '', url);
  const n = writer.remote.length + 1;
  writer.remote.push({ n, url: target, kind, ...(host === undefined ? {} : { host }) });
  return n;
}

function putImage(
  writer: Writer,
  attributes: ReadonlyMap<string, string>,
  hides: boolean,
  image: (contentId: string) => InlineImage | undefined,
): void {
  const source = (attributes.get('src') ?? '').trim();
  const alt = (attributes.get('alt') ?? '').slice(0, 200);
  const size = ['width', 'height'].flatMap((key) => {
    const value = attributes.get(key) ?? '';
    return ATTRIBUTES[key]?.test(value) === true ? [` ${key}="${value}"`] : [];
  });
  const picture = (type: string, base64: string): void => {
    writer.out += `<img src="data:${type.toLowerCase()};base64,${base64}" alt="${escapeHtml(alt)}"${size.join('')}>`;
  };
  if (schemeOf(source) === 'cid') {
    // RFC 2392 §2: the identifier is written with percent escapes.
    const id = decodePercent(source.slice(source.indexOf(':') + 1));
    const found = image(id);
    if (found !== undefined && IMAGE_TYPES.test(found.type)) {
      writer.embedded.add(id);
      picture(found.type, found.base64.replace(/[^A-Za-z0-9+/=]/g, ''));
      return;
    }
    writer.missing.add(id);
  }
  const inline = /^data:(image\/[a-z]+);base64,([A-Za-z0-9+/=\s]*)$/i.exec(source);
  if (inline !== null && IMAGE_TYPES.test(inline[1] ?? '')) {
    picture(inline[1] ?? '', (inline[2] ?? '').replace(/\s/g, ''));
    return;
  }
  if (!isRemote(source)) {
    if (alt !== '') writer.out += `<span class="image">${escapeHtml(alt)}</span>`;
    return;
  }
  const css = (attributes.get('style') ?? '').toLowerCase();
  const tiny = (key: string): boolean =>
    /^\s*[01](?:px)?\s*$/.test(attributes.get(key) ?? '') ||
    new RegExp(`(?:^|[;\\s])${key}\\s*:\\s*[01](?:px)?\\s*(?:;|!|$)`).test(css);
  const isPixel = hides || (tiny('width') && tiny('height'));
  const n = putRemote(writer, source, isPixel ? 'pixel' : 'image');
  writer.out += `<span class="${isPixel ? 'image pixel' : 'image'}">\u25a8${n}${alt === '' ? '' : ` ${escapeHtml(alt)}`}</span>`;
}
