// Where a link of a letter really leads, and whether its text says something else: the trick of most phishing. Judges what
// stands there; it looks nothing up. RFC 3986 for the shape, RFC 3986 §7.6 for the warnings.

export const LINK_WARNINGS = [
  /** The text names another host than the target. */
  'otherHost',
  /** The text is another address than the one that the letter would go to. */
  'otherAddress',
  /** `javascript:` and the like: would run, not lead anywhere. */
  'script',
  /** The page to open comes with the link itself. */
  'data',
  /** `https://bank.example@evil.example`: what stands before the @ is no host. */
  'userinfo',
  /** A number instead of a name. */
  'number',
  /** Letters that may look like others (IDNA). */
  'lookalike',
  /** Not encrypted. */
  'insecure',
  /** A scheme that mail programs do not open. */
  'strange',
] as const;
export type LinkWarning = (typeof LINK_WARNINGS)[number];

export interface HtmlLink {
  /** Counts from 1 in the order of the letter. */
  readonly n: number;
  /** What the reader sees. */
  readonly text: string;
  /** Where it leads, character references undone, controls shown as U+FFFD. */
  readonly target: string;
  /** In lower case; absent when it leads to no host. */
  readonly host?: string;
  readonly warnings: readonly LinkWarning[];
}

/** Browsers overlook blanks before a URL and line ends within it. */
function asBrowsersRead(target: string): string {
  // eslint-disable-next-line no-control-regex -- exactly those are skipped
  return target.replace(/^[\x00-\x20]+|[\x00-\x20]+$/g, '').replace(/[\t\r\n]/g, '');
}

export function schemeOf(target: string): string {
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(asBrowsersRead(target))?.[1]?.toLowerCase() ?? '';
}

interface Place {
  readonly host: string;
  readonly hasUserinfo: boolean;
}

function placeOf(url: string): Place | undefined {
  const authority = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?[\\/]{2,}([^\\/?#]*)/.exec(url)?.[1];
  if (authority === undefined) return undefined;
  const at = authority.lastIndexOf('@');
  const host = authority
    .slice(at + 1)
    .replace(/:\d*$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return { host, hasUserinfo: at >= 0 };
}

/** The host that a text seems to name: only where the whole of it looks like an address of the web. */
export function hostInText(text: string): string | undefined {
  const match =
    /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}]{2,24})(?::\d+)?(?:[/?#]\S*)?\s*$/iu.exec(
      text,
    );
  const host = match?.[1]?.toLowerCase();
  // A single file name is no host: `minutes.pdf`.
  return host === undefined || /\.(?:pdf|docx?|xlsx?|zip|png|jpe?g|gif|txt|html?|ics)$/.test(host)
    ? undefined
    : host;
}

const isSame = (shown: string, real: string): boolean => {
  const bare = shown.replace(/^www\./, '');
  return real.replace(/^www\./, '') === bare || real.endsWith(`.${bare}`);
};

/** What is to be said about a link. */
export function judgeLink(n: number, text: string, written: string): HtmlLink {
  const target = asBrowsersRead(written);
  const scheme = schemeOf(target);
  const place = placeOf(target);
  const warnings: LinkWarning[] = [];
  if (scheme === 'javascript' || scheme === 'vbscript') warnings.push('script');
  else if (scheme === 'data' || scheme === 'blob') warnings.push('data');
  else if (scheme === 'mailto') {
    const shown = /^\s*([^\s@<>]+@[^\s@<>]+)\s*$/.exec(text)?.[1];
    const real = decodePercent(target.slice(7).split('?')[0] ?? '');
    if (shown !== undefined && shown.toLowerCase() !== real.toLowerCase()) warnings.push('otherAddress');
  } else if (!['http', 'https', '', 'tel'].includes(scheme)) warnings.push('strange');
  const host = place?.host ?? '';
  if (host !== '') {
    const shown = hostInText(text);
    if (shown !== undefined && !isSame(shown, host)) warnings.push('otherHost');
    if (place?.hasUserinfo === true) warnings.push('userinfo');
    if (/^(?:\d+|0x[0-9a-f]+|[\d.]+|\[.*\])$/.test(host)) warnings.push('number');
    // eslint-disable-next-line no-control-regex -- asks for anything outside ASCII
    if (/(?:^|\.)xn--/.test(host) || /[^\x00-\x7f]/.test(host)) warnings.push('lookalike');
    if (scheme === 'http') warnings.push('insecure');
  }
  return {
    n,
    text: text.replace(/\s+/g, ' ').trim().slice(0, 200),
    // eslint-disable-next-line no-control-regex -- controls must not reach the page
    target: target.replace(/[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g, '\ufffd').slice(0, 2000),
    ...(host === '' ? {} : { host }),
    warnings,
  };
}

/** `%40` and the like undone, byte by byte. */
export function decodePercent(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
