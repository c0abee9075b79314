// Sieve for Monaco: colours, help under the mouse, what may be written, repairs. Registered once; what to say about a text
// comes from the words that the editor hands over with its model.

import type * as Monaco from 'monaco-editor/editor';
import { compileSieve } from '../../sieve/check.ts';
import { isCommandName, LANGUAGE } from '../../sieve/language.ts';
import type { SieveText } from '../../text/en/sieve.ts';
import type { MonacoModule } from '../zone/monaco.ts';
import { fixFor, helpAt, offersAt, type Edit } from './filter-words.ts';

const wordsOf = new WeakMap<Monaco.editor.ITextModel, () => SieveText>();
let isRegistered = false;

/** Says in which words a model is explained. */
export function explainIn(model: Monaco.editor.ITextModel, words: () => SieveText): void {
  wordsOf.set(model, words);
}

type Mode = 'code' | 'comment' | 'string' | 'text';

interface LineState extends Monaco.languages.IState {
  readonly mode: Mode;
}

const stateOf = (mode: Mode): LineState => ({
  mode,
  clone: () => stateOf(mode),
  equals: (other) => (other as LineState).mode === mode,
});

/** One line in colours. Strings, comments and texts after `text:` may go on over line ends (RFC 5228 §2.3, §2.4.2). */
export function colourLine(
  line: string,
  begin: Mode,
): {
  readonly tokens: readonly { readonly startIndex: number; readonly scopes: string }[];
  readonly end: Mode;
} {
  const tokens: { startIndex: number; scopes: string }[] = [];
  let mode = begin;
  if (mode === 'text') {
    tokens.push({ startIndex: 0, scopes: 'text' });
    return { tokens, end: line === '.' ? 'code' : 'text' };
  }
  let at = 0;
  while (at < line.length) {
    const rest = line.slice(at);
    if (mode === 'comment') {
      const close = rest.indexOf('*/');
      tokens.push({ startIndex: at, scopes: 'comment' });
      if (close < 0) return { tokens, end: 'comment' };
      at += close + 2;
      mode = 'code';
      continue;
    }
    if (mode === 'string') {
      const close = /^(?:[^"\\]|\\.)*"/.exec(rest);
      tokens.push({ startIndex: at, scopes: 'string' });
      if (close === null) return { tokens, end: 'string' };
      at += close[0].length;
      mode = 'code';
      continue;
    }
    const found =
      /^(?:(?<blank>\s+)|(?<comment>#.*)|(?<open>\/\*)|(?<string>")|(?<text>text:[ \t]*(?:#.*)?$)|(?<tag>:[A-Za-z_]\w*)|(?<number>\d+[KMGkmg]?)|(?<word>[A-Za-z_]\w*)|(?<other>.))/.exec(
        rest,
      );
    const [kind = 'other', piece = rest] =
      Object.entries(found?.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind === 'open') {
      mode = 'comment';
      continue;
    }
    if (kind === 'string') {
      tokens.push({ startIndex: at, scopes: 'string' });
      at += 1;
      mode = 'string';
      continue;
    }
    if (kind === 'text') {
      tokens.push({ startIndex: at, scopes: 'directive' });
      return { tokens, end: 'text' };
    }
    tokens.push({ startIndex: at, scopes: scopeOf(kind, piece) });
    at += piece.length;
  }
  return { tokens, end: mode };
}

function scopeOf(kind: string, piece: string): string {
  if (kind === 'word') {
    const name = piece.toLowerCase();
    if (!isCommandName(name)) return 'unknown';
    return LANGUAGE[name].kind === 'test' ? 'type' : 'directive';
  }
  return kind === 'blank' ? '' : kind === 'other' ? 'delimiter' : kind;
}

/** Makes the language known to Monaco, once. */
export function registerSieve(monaco: MonacoModule): void {
  if (isRegistered) return;
  isRegistered = true;
  monaco.languages.register({ id: 'sieve' });
  monaco.languages.setLanguageConfiguration('sieve', {
    comments: { lineComment: '#', blockComment: ['/*', '*/'] },
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
    ],
    autoClosingPairs: [
      { open: '{', close: '}', notIn: ['string', 'comment'] },
      { open: '[', close: ']', notIn: ['string', 'comment'] },
      { open: '(', close: ')', notIn: ['string', 'comment'] },
      { open: '"', close: '"', notIn: ['string', 'comment'] },
    ],
    wordPattern: /:?[A-Za-z_][\w;-]*/,
  });
  monaco.languages.setTokensProvider('sieve', {
    getInitialState: () => stateOf('code'),
    tokenize(line, state) {
      const { tokens, end } = colourLine(line, (state as LineState).mode);
      return { tokens: [...tokens], endState: stateOf(end) };
    },
  });
  const rangeOf = (model: Monaco.editor.ITextModel, start: number, end: number): Monaco.Range =>
    monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
  const editOf = (model: Monaco.editor.ITextModel, edit: Edit): Monaco.editor.ISingleEditOperation => ({
    range: rangeOf(model, edit.start, edit.end),
    text: edit.text,
  });
  monaco.languages.registerHoverProvider('sieve', {
    provideHover(model, position) {
      const words = wordsOf.get(model)?.();
      const help = words && helpAt(model.getValue(), model.getOffsetAt(position), words);
      return help
        ? {
            range: rangeOf(model, help.start, help.end),
            contents: help.paragraphs.map((value) => ({ value })),
          }
        : null;
    },
  });
  monaco.languages.registerCompletionItemProvider('sieve', {
    triggerCharacters: [':', '"', ' ', '('],
    provideCompletionItems(model, position) {
      const words = wordsOf.get(model)?.();
      if (!words) return { suggestions: [] };
      const before = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
      const typed = /(:?[A-Za-z_][\w;-]*|:|\\\w*)$/.exec(before)?.[0] ?? '';
      const kinds = monaco.languages.CompletionItemKind;
      const kindOf = {
        command: kinds.Keyword,
        test: kinds.Function,
        tag: kinds.Property,
        value: kinds.Value,
        snippet: kinds.Snippet,
      };
      return {
        suggestions: offersAt(model.getValue(), model.getOffsetAt(position), words).map((offer, index) => ({
          label: {
            label: offer.label,
            description: offer.said.replaceAll('`', '').split(/(?<=[.:]) /)[0] ?? '',
          },
          kind: kindOf[offer.kind],
          insertText: offer.insert,
          insertTextRules: offer.snippet
            ? monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet
            : monaco.languages.CompletionItemInsertTextRule.None,
          documentation: { value: offer.said },
          sortText: String(index).padStart(4, '0'),
          range: new monaco.Range(
            position.lineNumber,
            position.column - typed.length,
            position.lineNumber,
            position.column,
          ),
          ...(offer.also === undefined ? {} : { additionalTextEdits: [editOf(model, offer.also)] }),
        })),
      };
    },
  });
  monaco.languages.registerCodeActionProvider('sieve', {
    provideCodeActions(model, range, context) {
      const words = wordsOf.get(model)?.();
      const source = model.getValue();
      const actions: Monaco.languages.CodeAction[] = [];
      for (const problem of words ? compileSieve(source).problems : []) {
        const { offset, length } = problem.span;
        const place = rangeOf(model, offset, offset + Math.max(1, length));
        const fix = words && fixFor(source, problem, words);
        if (!fix || !monaco.Range.areIntersectingOrTouching(place, range)) continue;
        actions.push({
          title: fix.title,
          kind: 'quickfix',
          isPreferred: true,
          diagnostics: context.markers.filter((marker) => marker.startLineNumber === place.startLineNumber),
          edit: {
            edits: [
              {
                resource: model.uri,
                versionId: model.getVersionId(),
                textEdit: { range: rangeOf(model, fix.start, fix.end), text: fix.text },
              },
            ],
          },
        });
      }
      return { actions, dispose: () => {} };
    },
  });
}
