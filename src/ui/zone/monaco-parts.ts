// The parts of Monaco that the zone editor uses. A module of its own, so that everything here is one lazy chunk and nothing
// of it is evaluated before Monaco's words are in place.

import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codeAction/register';
import 'monaco-editor/features/codelens/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/features/suggest/register';
import 'monaco-editor/features/toggleTabFocusMode/register';
// `suggest/register` alone leaves Ctrl+Space without effect (0.57).
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/editor/contrib/caretOperations/browser/caretOperations.js';

export * as monaco from 'monaco-editor/editor';
export { default as EditorWorker } from 'monaco-editor/editor/editor.worker?worker';
