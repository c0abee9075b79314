// Monaco with what a zone file needs and nothing else, loaded when the first editor opens. Knows the language's tokens and
// the page's tokens of colour; what to say about a text comes from the model's `Advisor`. Its own menus speak German when
// the page did so at that moment; a later change of language needs a reload for them.

import type * as Monaco from 'monaco-editor/editor';
import { assertNever } from '../../base/assert.ts';
import type { ZoneFinding } from '../../view/types.ts';
import { initialState, readLine, type LineState } from './zone-tokens.ts';
import type { Suggestion } from './completions.ts';

export type MonacoModule = typeof Monaco;

/** Who knows about the text of one model. Lines and columns count from 1, as in Monaco. */
export interface Advisor {
  hover(
    line: number,
    column: number,
  ): { readonly start: number; readonly end: number; readonly paragraphs: readonly string[] } | undefined;
  suggestions(line: number, column: number): readonly Suggestion[];
  findings(): readonly ZoneFinding[];
  fixTitle(finding: ZoneFinding): string;
  lenses(): readonly { readonly line: number; readonly title: string; readonly open: () => void }[];
}

const advisors = new WeakMap<Monaco.editor.ITextModel, Advisor>();
let loading: Promise<MonacoModule> | undefined;
let lensesChanged: Monaco.Emitter<Monaco.languages.CodeLensProvider> | undefined;

/** Says who advises on a model. */
export function advise(model: Monaco.editor.ITextModel, advisor: Advisor): void {
  advisors.set(model, advisor);
}

/** The lenses say something else although the text is the same. */
export function refreshLenses(): void {
  lensesChanged?.fire(lensProvider);
}

/** Opens what a lens stands for. */
const lensCommand = 'zone.lens';

const lensProvider: Monaco.languages.CodeLensProvider = {
  provideCodeLenses(model) {
    const lenses = advisors.get(model)?.lenses() ?? [];
    return {
      lenses: lenses.map(({ line, title, open }) => ({
        range: { startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: 1 },
        command: { id: lensCommand, title, arguments: [open] },
      })),
      dispose: () => {},
    };
  },
};

/** Loads Monaco once; a failed load is tried again at the next call. */
export function loadMonaco(german: boolean): Promise<MonacoModule> {
  loading ??= load(german).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(german: boolean): Promise<MonacoModule> {
  // Monaco reads its language while it is evaluated, so the words must be there first.
  if (german) await import('monaco-editor/nls/lang/de');
  const { monaco, EditorWorker } = await import('./monaco-parts.ts');
  self.MonacoEnvironment = { getWorker: () => new EditorWorker() };
  register(monaco);
  return monaco;
}

function register(monaco: MonacoModule): void {
  monaco.languages.register({ id: 'zone' });
  monaco.languages.setLanguageConfiguration('zone', {
    comments: { lineComment: ';' },
    brackets: [['(', ')']],
    autoClosingPairs: [
      { open: '(', close: ')', notIn: ['string', 'comment'] },
      { open: '"', close: '"', notIn: ['string', 'comment'] },
    ],
    wordPattern: /[^\s;()"=:,]+/,
  });
  monaco.languages.setTokensProvider('zone', {
    getInitialState: () => editorState(initialState),
    tokenize(line, state) {
      const { tokens, next } = readLine(line, (state as EditorState).of);
      const scopes: { startIndex: number; scopes: string }[] = [];
      let at = 0;
      // What stands in quotes is a `…string` for Monaco: it decides by that whether a quote opens or closes.
      let quoted = false;
      const gap = (): string => (quoted ? 'string' : '');
      for (const token of tokens) {
        const isQuote = token.kind === 'delimiter' && line[token.start] === '"';
        if (token.start > at) scopes.push({ startIndex: at, scopes: gap() });
        const bare = token.kind === 'string' ? 'text' : token.kind;
        scopes.push({ startIndex: token.start, scopes: quoted && !isQuote ? `${bare}.string` : bare });
        if (isQuote) quoted = !quoted;
        at = token.end;
      }
      if (at < line.length) scopes.push({ startIndex: at, scopes: gap() });
      return { tokens: scopes, endState: editorState(next) };
    },
  });
  monaco.languages.registerHoverProvider('zone', {
    provideHover(model, position) {
      const hover = advisors.get(model)?.hover(position.lineNumber, position.column);
      return hover
        ? {
            range: new monaco.Range(position.lineNumber, hover.start, position.lineNumber, hover.end),
            contents: hover.paragraphs.map((value) => ({ value })),
          }
        : null;
    },
  });
  monaco.languages.registerCompletionItemProvider('zone', {
    triggerCharacters: ['$', '"', ' ', ';', '=', ':', '_', '~', '-', '+'],
    provideCompletionItems(model, position) {
      const suggestions = advisors.get(model)?.suggestions(position.lineNumber, position.column) ?? [];
      return {
        suggestions: suggestions.map((one, index) => ({
          label: { label: one.label, description: one.summary || inShort(one.explanation) },
          kind: kindOf(monaco, one.kind),
          insertText: one.insert,
          insertTextRules: one.snippet
            ? monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet
            : monaco.languages.CompletionItemInsertTextRule.None,
          documentation: { value: one.explanation },
          filterText: one.filter ?? one.label,
          sortText: String(index).padStart(4, '0'),
          range: new monaco.Range(position.lineNumber, one.from, position.lineNumber, position.column),
        })),
      };
    },
  });
  lensesChanged = new monaco.Emitter();
  lensProvider.onDidChange = (listener, self) =>
    lensesChanged?.event(listener, self) ?? { dispose: () => {} };
  monaco.languages.registerCodeLensProvider('zone', lensProvider);
  monaco.editor.registerCommand(lensCommand, (_, open: () => void) => open());
  monaco.languages.registerCodeActionProvider('zone', {
    provideCodeActions(model, range, context) {
      const advisor = advisors.get(model);
      const actions: Monaco.languages.CodeAction[] = [];
      for (const finding of advisor?.findings() ?? []) {
        const { fix } = finding;
        const place = new monaco.Range(
          finding.line,
          finding.column,
          finding.line,
          finding.column + Math.max(1, finding.length),
        );
        if (!fix || !monaco.Range.areIntersectingOrTouching(place, range)) continue;
        actions.push({
          title: advisor?.fixTitle(finding) ?? '',
          kind: 'quickfix',
          isPreferred: true,
          diagnostics: context.markers.filter((marker) => marker.startLineNumber === finding.line),
          edit: {
            edits: [
              {
                resource: model.uri,
                versionId: model.getVersionId(),
                textEdit: {
                  range: stretch(model, fix),
                  text: fix.text,
                },
              },
            ],
          },
        });
      }
      return { actions, dispose: () => {} };
    },
  });
}

/** A stretch of the text; it may reach over line ends. */
function stretch(
  model: Monaco.editor.ITextModel,
  at: { readonly line: number; readonly column: number; readonly length: number },
): Monaco.IRange {
  const start = model.getOffsetAt({ lineNumber: at.line, column: at.column });
  const end = model.getPositionAt(start + at.length);
  return {
    startLineNumber: at.line,
    startColumn: at.column,
    endLineNumber: end.lineNumber,
    endColumn: end.column,
  };
}

/** The first sentence, without the marks of code: what fits beside a completion. */
function inShort(text: string): string {
  const sentence = text.replaceAll('`', '').split(/(?<=[.:;?!]) /)[0] ?? '';
  return sentence.length > 56 ? `${sentence.slice(0, 55)}…` : sentence.replace(/[.:;]$/, '');
}

interface EditorState extends Monaco.languages.IState {
  readonly of: LineState;
}

function editorState(of: LineState): EditorState {
  return {
    of,
    clone: () => editorState(of),
    equals: (other) => JSON.stringify((other as EditorState).of) === JSON.stringify(of),
  };
}

function kindOf(monaco: MonacoModule, kind: Suggestion['kind']): Monaco.languages.CompletionItemKind {
  const kinds = monaco.languages.CompletionItemKind;
  switch (kind) {
    case 'directive':
      return kinds.Keyword;
    case 'type':
      return kinds.Class;
    case 'name':
      return kinds.Reference;
    case 'unit':
      return kinds.Unit;
    case 'term':
      return kinds.Function;
    case 'tag':
      return kinds.Property;
    case 'value':
      return kinds.Value;
    case 'record':
      return kinds.Snippet;
    default:
      return assertNever(kind);
  }
}

/** Makes Monaco's theme from the page's tokens; called again when the page changes its theme. */
export function applyTheme(monaco: MonacoModule): void {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => hex(style.getPropertyValue(`--${name}`).trim());
  const dark = document.documentElement.dataset['theme'] === 'dark';
  const rule = (kind: string, colour: string, fontStyle = ''): Monaco.editor.ITokenThemeRule => ({
    token: kind,
    foreground: token(colour).slice(1),
    fontStyle,
  });
  monaco.editor.defineTheme('ehlo', {
    base: dark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      rule('', 'ink'),
      rule('comment', 'ink-2', 'italic'),
      rule('directive', 'tls', 'bold'),
      rule('owner', 'ink', 'bold'),
      rule('ttl', 'ink-2'),
      rule('class', 'ink-2'),
      rule('type', 'air-blue', 'bold'),
      rule('name', 'ink'),
      rule('number', 'ink-2'),
      rule('address', 'air-blue'),
      rule('string', 'pass'),
      rule('text', 'pass'),
      rule('escape', 'soft'),
      rule('version', 'pass', 'bold'),
      rule('qualifier', 'fail', 'bold'),
      rule('term', 'pass'),
      rule('tag', 'pass'),
      rule('value', 'soft'),
      rule('delimiter', 'ink-2'),
      rule('unknown', 'fail'),
    ],
    colors: {
      'editor.background': token('card'),
      'editor.foreground': token('ink'),
      'editorLineNumber.foreground': token('ink-2'),
      'editorLineNumber.activeForeground': token('ink'),
      'editorCursor.foreground': token('ink'),
      'editor.lineHighlightBackground': token('sunk'),
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': `${token('select')}40`,
      'editorCodeLens.foreground': token('ink-2'),
      'editorError.foreground': token('fail'),
      'editorWarning.foreground': token('soft'),
      'editorInfo.foreground': token('select'),
      'editorWidget.background': token('card'),
      'editorWidget.foreground': token('ink'),
      'editorWidget.border': token('line'),
      'editorHoverWidget.background': token('card'),
      'editorHoverWidget.foreground': token('ink'),
      'editorHoverWidget.border': token('line-2'),
      'editorSuggestWidget.background': token('card'),
      'editorSuggestWidget.foreground': token('ink'),
      'editorSuggestWidget.border': token('line-2'),
      'editorSuggestWidget.selectedBackground': token('select-soft'),
      'editorSuggestWidget.selectedForeground': token('ink'),
      'editorSuggestWidget.highlightForeground': token('select'),
      'editorSuggestWidget.focusHighlightForeground': token('select'),
      focusBorder: token('select'),
      'textLink.foreground': token('select'),
      'input.background': token('sunk'),
      'input.foreground': token('ink'),
    },
  });
  monaco.editor.setTheme('ehlo');
}

/** A CSS colour as `#rrggbb`, which is all that Monaco reads. */
function hex(colour: string): string {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`;
  return /^#[0-9a-f]{6}/i.test(colour) ? colour.slice(0, 7) : '#808080';
}
