// Lesson prose: Markdown in, a small closed tree of plain nodes out. The page draws the tree node by node, so there is no
// HTML to inject. It knows CommonMark (spec.commonmark.org) and the directives below; it knows nothing about lessons.

import type { Nodes, PhrasingContent, RootContent } from 'mdast';
import type { ContainerDirective, LeafDirective, TextDirective } from 'mdast-util-directive';
import { directiveFromMarkdown } from 'mdast-util-directive';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { directive } from 'micromark-extension-directive';

/** The directives an author may use. The page draws each of them; add one there and here. */
export const directives = {
  /** `:term[envelope]`, `:rfc[RFC 5321 §3.3]`, `:host[mx.blue]` */
  text: ['term', 'rfc', 'host'],
  /** `::ask{#id}`: a question of goals.yaml stands here. */
  leaf: ['ask'],
  /** `:::note[Title]` … `:::`; `predict` is asked before the learner acts, `speaker` is for whoever presents. */
  container: ['note', 'warning', 'predict', 'speaker'],
} as const;

export type ProseInline =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'inlineCode'; readonly value: string }
  | { readonly type: 'break' }
  | { readonly type: 'emphasis'; readonly children: readonly ProseInline[] }
  | { readonly type: 'strong'; readonly children: readonly ProseInline[] }
  | { readonly type: 'link'; readonly url: string; readonly children: readonly ProseInline[] }
  | {
      readonly type: 'textDirective';
      readonly name: (typeof directives.text)[number];
      readonly children: readonly ProseInline[];
    };

export type ProseBlock =
  | { readonly type: 'paragraph'; readonly children: readonly ProseInline[] }
  | { readonly type: 'heading'; readonly depth: number; readonly children: readonly ProseInline[] }
  /** `lang: 'terminal'` is a command to click into the terminal; `meta` then names the host, if given. */
  | {
      readonly type: 'code';
      readonly lang: string | null;
      readonly meta: string | null;
      readonly value: string;
    }
  | { readonly type: 'blockquote'; readonly children: readonly ProseBlock[] }
  | {
      readonly type: 'list';
      readonly ordered: boolean;
      readonly start: number;
      readonly items: readonly (readonly ProseBlock[])[];
    }
  | { readonly type: 'thematicBreak' }
  | {
      readonly type: 'leafDirective';
      readonly name: (typeof directives.leaf)[number];
      readonly attributes: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'containerDirective';
      readonly name: (typeof directives.container)[number];
      readonly label: readonly ProseInline[];
      readonly children: readonly ProseBlock[];
    };

/** A whole text. */
export type Prose = readonly ProseBlock[];

/**
 * Reads Markdown.
 * @param file named in errors
 * @param firstLine the line of the file at which `markdown` starts
 * @throws Error with file, line and what to write instead
 */
export function parseProse(markdown: string, file: string, firstLine = 1): Prose {
  const reader = new ProseReader(markdown, file, firstLine);
  const tree = fromMarkdown(markdown, {
    extensions: [directive()],
    mdastExtensions: [directiveFromMarkdown()],
  });
  return reader.blocks(tree.children);
}

class ProseReader {
  constructor(
    private readonly markdown: string,
    private readonly file: string,
    private readonly firstLine: number,
  ) {}

  private fail(node: Nodes, message: string): never {
    const line = (node.position?.start.line ?? 1) + this.firstLine - 1;
    throw new Error(`${this.file}:${line}: ${message}`);
  }

  /** The node as the author wrote it. */
  private raw(node: Nodes): string {
    return this.markdown.slice(node.position?.start.offset ?? 0, node.position?.end.offset);
  }

  blocks(nodes: readonly RootContent[]): ProseBlock[] {
    return nodes.map((node) => this.block(node));
  }

  private block(node: RootContent): ProseBlock {
    switch (node.type) {
      case 'paragraph':
        return { type: 'paragraph', children: this.inlines(node.children) };
      case 'heading':
        return { type: 'heading', depth: node.depth, children: this.inlines(node.children) };
      case 'code':
        return { type: 'code', lang: node.lang ?? null, meta: node.meta ?? null, value: node.value };
      case 'blockquote':
        return { type: 'blockquote', children: this.blocks(node.children) };
      case 'list':
        return {
          type: 'list',
          ordered: node.ordered === true,
          start: node.start ?? 1,
          items: node.children.map((item) => this.blocks(item.children)),
        };
      case 'thematicBreak':
        return { type: 'thematicBreak' };
      case 'leafDirective':
        return this.leaf(node);
      case 'containerDirective':
        return this.container(node);
      default:
        return this.fail(
          node,
          `"${node.type}" is not drawn in lessons. Use CommonMark without HTML and images.`,
        );
    }
  }

  private leaf(node: LeafDirective): ProseBlock {
    const name = directives.leaf.find((known) => known === node.name);
    if (!name) this.fail(node, `unknown directive ::${node.name}; known: ${directives.leaf.join(', ')}`);
    const attributes: Record<string, string> = {};
    for (const [key, value] of Object.entries(node.attributes ?? {})) attributes[key] = value ?? '';
    return { type: 'leafDirective', name, attributes };
  }

  private container(node: ContainerDirective): ProseBlock {
    const name = directives.container.find((known) => known === node.name);
    if (!name)
      this.fail(node, `unknown directive :::${node.name}; known: ${directives.container.join(', ')}`);
    if (!/\n[ \t]*:{3,}[ \t]*$/.test(this.raw(node)))
      this.fail(node, `:::${name} is never closed with a line ":::"`);
    const [first, ...rest] = node.children;
    const labelled = first?.type === 'paragraph' && first.data?.directiveLabel === true;
    return {
      type: 'containerDirective',
      name,
      label: labelled ? this.inlines(first.children) : [],
      children: this.blocks(labelled ? rest : node.children),
    };
  }

  private inlines(nodes: readonly PhrasingContent[]): ProseInline[] {
    const result: ProseInline[] = [];
    for (const child of nodes.flatMap((node) => this.inline(node))) {
      const last = result.at(-1);
      if (child.type === 'text' && last?.type === 'text') {
        result[result.length - 1] = { type: 'text', value: last.value + child.value };
      } else result.push(child);
    }
    return result;
  }

  private inline(node: PhrasingContent): ProseInline[] {
    switch (node.type) {
      case 'text':
        // A line end inside a paragraph is a blank.
        return [{ type: 'text', value: node.value.replaceAll('\n', ' ') }];
      case 'inlineCode':
        return [{ type: 'inlineCode', value: node.value }];
      case 'break':
        return [{ type: 'break' }];
      case 'emphasis':
        return [{ type: 'emphasis', children: this.inlines(node.children) }];
      case 'strong':
        return [{ type: 'strong', children: this.inlines(node.children) }];
      case 'link':
        // `MAIL FROM:<ana@red.example>` is no link to Ana.
        if (node.url.startsWith('mailto:') && this.raw(node).startsWith('<')) {
          return [{ type: 'text', value: this.raw(node) }];
        }
        if (!/^(https:\/\/|#)/.test(node.url)) {
          this.fail(node, `link to "${node.url}": only https:// and #… are allowed`);
        }
        return [{ type: 'link', url: node.url, children: this.inlines(node.children) }];
      case 'textDirective':
        return this.text(node);
      default:
        return this.fail(
          node,
          `"${node.type}" is not drawn in lessons. Use CommonMark without HTML and images.`,
        );
    }
  }

  /** `Subject:hello` is read as a directive by the parser; what we do not know becomes text again. */
  private text(node: TextDirective): ProseInline[] {
    const name = directives.text.find((known) => known === node.name);
    const children = this.inlines(node.children);
    if (name && children.length > 0) return [{ type: 'textDirective', name, children }];
    const raw = this.raw(node);
    if (/[[{]/.test(raw))
      this.fail(node, `unknown directive :${node.name}; known: ${directives.text.join(', ')}`);
    return [{ type: 'text', value: raw }];
  }
}
