import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../testing/effort.ts';
import { safeHtml } from './html-safe.ts';
import { judgeLink } from './html-links.ts';
import { safeStyle } from './html-style.ts';
import { htmlTokens } from './html-tokens.ts';

const cid = (id: string): { type: string; base64: string } | undefined =>
  id === 'logo@wolke.example'
    ? { type: 'image/png', base64: 'iVBORw0KGgo=' }
    : id === 'evil@wolke.example'
      ? { type: 'image/svg+xml', base64: 'PHN2Zz4=' }
      : undefined;

/** What the writer may write, letter by letter: whoever adds to it must add to this. */
const ALLOWED_TAGS =
  'a|abbr|address|article|aside|b|bdi|bdo|big|blockquote|br|caption|center|cite|code|col|colgroup|dd|del|dfn|div|dl|dt|em|' +
  'figcaption|figure|font|footer|h[1-6]|header|hr|i|ins|kbd|li|main|mark|nav|ol|p|pre|q|s|samp|section|small|span|strike|' +
  'strong|sub|sup|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|wbr';
const ALLOWED_ATTRIBUTES =
  'align|valign|width|height|colspan|rowspan|border|cellpadding|cellspacing|start|bgcolor|color|size|face|dir|lang|style|class';
const OUTPUT = new RegExp(
  `^(?:[^<>"]|<(?:${ALLOWED_TAGS})(?: (?:${ALLOWED_ATTRIBUTES})="[^"<>]*")*>|</(?:${ALLOWED_TAGS})>|` +
    '<img src="data:image/(?:png|gif|jpeg|jpg|webp|bmp);base64,[A-Za-z0-9+/=]*" alt="[^"<>]*"(?: (?:width|height)="[^"<>]*")*>)*$',
);

function expectHarmless(html: string): void {
  expect(html).toMatch(OUTPUT);
  for (const token of htmlTokens(html)) {
    if (token.kind !== 'open') continue;
    expect(
      [...token.attributes.keys()].filter((key) => /^on|href|action|srcset|background/.test(key)),
    ).toEqual([]);
    for (const [key, value] of token.attributes) {
      if (key === 'src') expect(value).toMatch(/^data:image\//);
      else if (key !== 'alt') expect(value).not.toMatch(/:\s*\/\/|javascript|url\(|expression|@import/i);
    }
  }
  // Balanced, so that it cannot end what is around it.
  const stack: string[] = [];
  for (const token of htmlTokens(html)) {
    if (token.kind === 'open' && !['br', 'hr', 'col', 'wbr', 'img'].includes(token.name))
      stack.push(token.name);
    if (token.kind === 'close') expect(stack.pop()).toBe(token.name);
  }
  expect(stack).toEqual([]);
}

describe('a letter written anew', () => {
  it('keeps what is harmless', () => {
    const { html, removed } = safeHtml(
      '<body><p style="color: #333; position: fixed">Dear <b>Bob</b>,<br>5 &lt; 6 &auml;</p></body>',
    );
    expect(html).toBe('<p style="color: #333">Dear <b>Bob</b>,<br>5 &lt; 6 ä</p>');
    expect(removed).toEqual({ scripts: 0, handlers: 0, forms: 0, frames: 0, styles: 0 });
  });

  it('[S8-008] runs no script, sends no form, frames nothing, and tells what it left out', () => {
    const { html, removed } = safeHtml(
      '<script>alert(1)</script><p onclick="x()" onMouseOver=y>Hi</p><form action="https://evil.example/"><input name=pw>' +
        '</form><iframe src="https://evil.example/"></iframe><svg><script>1</script><a href=x>no</a></svg><style>p{color:red}</style>' +
        '<object data="x"></object><embed src="x"><meta http-equiv=refresh content="0;url=https://evil.example">',
    );
    expect(html).toBe('<p>Hi</p>');
    expect(removed).toEqual({ scripts: 1, handlers: 2, forms: 2, frames: 4, styles: 1 });
  });

  it('[S8-008] fetches no image of the internet, and tells which ones a mail program would ask for', () => {
    const { html, remote } = safeHtml(
      '<img src="https://news.example/logo.png" alt="Logo" width=120><img src="//track.example/o?id=42" width=1 height=1>' +
        '<td background="http://bg.example/a.gif" style="background-image:url(https://bg.example/b.gif)">x</td>' +
        '<div style="background: url(\'https://bg.example/c.gif\')">y</div><img src=https://z.example/ style="display:none">',
    );
    expect(remote.map(({ url, kind, host }) => [url, kind, host])).toEqual([
      ['https://news.example/logo.png', 'image', 'news.example'],
      ['//track.example/o?id=42', 'pixel', 'track.example'],
      ['https://bg.example/b.gif', 'style', 'bg.example'],
      ['http://bg.example/a.gif', 'style', 'bg.example'],
      ['https://bg.example/c.gif', 'style', 'bg.example'],
      ['https://z.example/', 'pixel', 'z.example'],
    ]);
    expectHarmless(html);
    expect(html).toContain('Logo');
  });

  it('shows images that lie in the message itself, and no drawings that could run', () => {
    const { html, embedded, missing, remote } = safeHtml(
      '<img src="cid:logo@wolke.example" alt="a&quot;b"><img src=cid:none><img src=cid:evil@wolke.example>' +
        '<img src="data:image/png;base64,AAAA"><img src="data:image/svg+xml;base64,AAAA" alt="x">',
      cid,
    );
    expect(html).toBe(
      '<img src="data:image/png;base64,iVBORw0KGgo=" alt="a&quot;b"><img src="data:image/png;base64,AAAA" alt=""><span class="image">x</span>',
    );
    expect({ embedded, missing, remote }).toEqual({
      embedded: ['logo@wolke.example'],
      missing: ['none', 'evil@wolke.example'],
      remote: [],
    });
  });

  it('[S8-008] says where each link really leads, and warns when its text says something else', () => {
    const { html, links } = safeHtml(
      '<a href="https://bank.example.evil.test/login">https://bank.example/login</a> <a href="https://www.bank.example/">bank.example</a>' +
        '<a href="java&#115;cript:alert(1)">click</a><a href="mailto:eve@evil.test">bob@hafen.example</a><a name=x>no link</a>',
    );
    expect(links.map(({ n, host, warnings }) => [n, host, warnings])).toEqual([
      [1, 'bank.example.evil.test', ['otherHost']],
      [2, 'www.bank.example', []],
      [3, undefined, ['script']],
      [4, undefined, ['otherAddress']],
    ]);
    expect(links[2]?.target).toBe('javascript:alert(1)');
    expect(html).not.toMatch(/href|evil/);
  });

  it('counts text that the sender hid', () => {
    expect(safeHtml('<p>a</p><div style="display:none">preview <b>text</b></div><p>b</p>').hidden).toBe(11);
  });

  it('does not let a stray end tag break a table', () => {
    expect(safeHtml('<div><table><tr><td>a</div>b</td></tr></table></div>').html).toBe(
      '<div><table><tr><td>ab</td></tr></table></div>',
    );
  });

  it('[S8-008] never writes anything that could run, fetch or lead away, whatever it reads', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '=',
      '/',
      ' ',
      '\n',
      '&',
      ';',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<script',
      '</script>',
      '<img',
      ' src=',
      ' onerror=alert(1)',
      ' href=',
      'javascript:',
      '&#106;avascript:',
      'https://evil.example/x',
      '//evil.example',
      '<a ',
      '</a>',
      '<svg',
      '<math>',
      '<style>',
      '</style>',
      '<iframe srcdoc="',
      '<table>',
      '<td ',
      '</div>',
      '<div ',
      ' style="',
      'background:url(',
      'expression(',
      '@import',
      '\\',
      '<base href=',
      '<form action=',
      '<textarea>',
      '</textarea>',
      '<plaintext>',
      '<noscript>',
      '<p title="',
      '&lt;script&gt;',
      '&quot;',
      '&#0;',
      '\u0000',
      'cid:logo@wolke.example',
      'data:image/png;base64,AA',
      'data:text/html,<script>',
      ' srcset=',
      ' background=',
      '<template>',
      '<mglyph>',
      '<x:y>',
      '<a\t',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }), (parts) => {
        expectHarmless(safeHtml(parts.join(''), cid).html);
      }),
      cases(600),
    );
  });

  it('takes time in step with the size, for hostile nesting, too', () => {
    for (const bad of ['<div>', '<a href=x>', '<b', '<!--', '<td>', '</p>', '&#', '<svg>', '<img src=//a>']) {
      const started = performance.now();
      safeHtml(bad.repeat(40_000));
      expect(performance.now() - started, bad).toBeLessThan(3000);
    }
  });
});

describe('links', () => {
  it.each([
    ['text', 'https://user@evil.test/', ['userinfo']],
    ['text', 'http://192.0.2.7/a', ['number', 'insecure']],
    ['text', 'https://xn--pple-43d.example/', ['lookalike']],
    ['minutes.pdf', 'https://files.example/minutes.pdf', []],
    ['shop.example', 'https://click.shop.example/?u=1', []],
    ['shop.example/offers', 'https://news.test/?u=1', ['otherHost']],
    ['x', ' data:text/html,hi', ['data']],
    ['x', 'java\nscript:1', ['script']],
    ['x', 'file:///etc/passwd', ['strange']],
  ] as const)('%s to %s', (text, target, warnings) => {
    expect(judgeLink(1, text, target).warnings).toEqual(warnings);
  });
});

it('styles keep colours and sizes, nothing that fetches', () => {
  expect(
    safeStyle(
      'color:rgb(1, 2, 3); width:calc(1px); background:url(x); behavior:url(y); top:0; font-family:"A',
    ),
  ).toEqual({
    css: 'color: rgb(1, 2, 3)',
    remote: ['x', 'y'],
    hides: false,
  });
});
