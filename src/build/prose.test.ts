// Markdown becomes a closed tree, and what the page could not draw is refused with its line.

import { describe, expect, it } from 'vitest';
import { parseProse } from './prose.ts';

const parse = (markdown: string): unknown => parseProse(markdown, 'x.md');
const paragraph = (...children: unknown[]): unknown => [{ type: 'paragraph', children }];
const text = (value: string): unknown => ({ type: 'text', value });

describe('prose', () => {
  it('keeps commands apart from other code', () => {
    expect(parse('```terminal mua\ntelnet mx.blue 25\n```\n\n```zone\n@ MX 10 mx\n```')).toEqual([
      { type: 'code', lang: 'terminal', meta: 'mua', value: 'telnet mx.blue 25' },
      { type: 'code', lang: 'zone', meta: null, value: '@ MX 10 mx' },
    ]);
  });

  it('reads directives with label and content', () => {
    expect(
      parse(':::note[Careful]\nThe :term[envelope] is :rfc[RFC 5321 §2.3.1].\n:::\n\n::ask{#who}'),
    ).toEqual([
      {
        type: 'containerDirective',
        name: 'note',
        label: [text('Careful')],
        children: paragraph(
          text('The '),
          { type: 'textDirective', name: 'term', children: [text('envelope')] },
          text(' is '),
          { type: 'textDirective', name: 'rfc', children: [text('RFC 5321 §2.3.1')] },
          text('.'),
        ),
      },
      { type: 'leafDirective', name: 'ask', attributes: { id: 'who' } },
    ]);
  });

  it('gives text with a colon back as it stands', () => {
    const line = 'Write Subject:hello, MAIL FROM:<a@b.example> at 10:30 to smtp:host now.';
    expect(parse(line)).toEqual(paragraph(text(line)));
  });

  it('reads lists, quotes, emphasis, links and breaks', () => {
    expect(parse('2. *a*\n3. **b**\n\n> [c](https://c.example)\\\n> `d`\n\n---')).toEqual([
      {
        type: 'list',
        ordered: true,
        start: 2,
        items: [
          paragraph({ type: 'emphasis', children: [text('a')] }),
          paragraph({ type: 'strong', children: [text('b')] }),
        ],
      },
      {
        type: 'blockquote',
        children: paragraph(
          { type: 'link', url: 'https://c.example', children: [text('c')] },
          { type: 'break' },
          { type: 'inlineCode', value: 'd' },
        ),
      },
      { type: 'thematicBreak' },
    ]);
  });

  it.each([
    ['a\n\n<img src=x onerror=alert(1)>', /^x\.md:3: "html"/],
    ['a <b>c</b>', /^x\.md:1: "html"/],
    ['![a](b.png)', /^x\.md:1: "image"/],
    ['[a](javascript:alert(1))', /only https/],
    ['[a](http://b.example)', /only https/],
    [':::warn\nx\n:::', /unknown directive :::warn; known: note/],
    [':::note\nx', /never closed/],
    ['::aks{#id}', /unknown directive ::aks/],
    ['a :trem[b]', /unknown directive :trem; known: term/],
  ])('refuses %j', (markdown, message) => {
    expect(() => parse(markdown)).toThrow(message);
  });

  it('counts lines from the start of the file', () => {
    expect(() => parseProse('a\n\n<b>', 'x.md', 6)).toThrow(/^x\.md:8:/);
  });
});
