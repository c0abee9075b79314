// One terminal of the world while it is open: the screen, the line editor and the wire to the engine between them. Sessions
// outlive the component that shows them, so changing tabs loses nothing; a new world brings new sessions. Knows the engine
// and xterm, no texts. A page script reads a terminal with the event `ehlo:read-terminal` (see `answerReaders`).

import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { TerminalView } from '../../view/types.ts';
import { engine } from '../state/engine.svelte.ts';
import { keepSetting, setting } from '../state/storage.ts';
import { unicodeProvider } from './cells.ts';
import { LineEditor, type Entered, type Notice, type ProgramState } from './line-editor.ts';
import { terminalFont, terminalTheme } from './theme.ts';

export type SessionNotice = Notice | { readonly id: 'refused' };

const screenReaderSetting = 'terminal.screenReader';

export class Session {
  /** The newest thing the person should be told; undefined when there is nothing. */
  notice = $state.raw<SessionNotice>();
  screenReader = $state(setting(screenReaderSetting) === 'on');
  readonly world = engine.world;
  readonly #screen: Terminal;
  readonly #fit = new FitAddon();
  readonly #editor: LineEditor;
  readonly #element = document.createElement('div');
  readonly #stop: (() => void)[] = [];
  #opened = false;
  #leaving = false;

  constructor(readonly id: string) {
    this.#element.className = 'screen';
    this.#screen = new Terminal({
      ...terminalFont(),
      theme: terminalTheme(),
      allowProposedApi: true,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      cursorStyle: 'bar',
      cursorWidth: 2,
      minimumContrastRatio: 4.5,
      scrollback: 5000,
      screenReaderMode: this.screenReader,
    });
    this.#screen.loadAddon(this.#fit);
    this.#screen.unicode.register(unicodeProvider);
    this.#screen.unicode.activeVersion = unicodeProvider.version;
    this.#screen.attachCustomKeyEventHandler((event) => this.#keepKey(event));
    this.#editor = new LineEditor({
      write: (data) => this.#screen.write(data),
      size: () => ({ columns: this.#screen.cols, rows: this.#screen.rows }),
      send: (entered) => this.#send(entered),
      state: () => programState(this.view),
      complete: (line) => engine.ask((api) => api.complete(id, line)),
      notice: (notice) => (this.notice = notice.id === 'noCompletion' ? undefined : notice),
    });
    this.#screen.onData((data) => this.#editor.input(data));
    this.#editor.start();
    this.#stop.push(
      engine.onTerminalOutput(id, (output, view) => this.#editor.output(output, programState(view))),
    );
    this.#stop.push(
      engine.onInsert(id, (text) => {
        this.#editor.insert(text);
        this.focusSoon();
      }),
    );
  }

  get view(): TerminalView | undefined {
    return engine.terminals.find((one) => one.id === this.id);
  }

  /** Shows the session in `place`; `describedBy` is the id of the text that tells how to leave. */
  show(place: HTMLElement, label: string, describedBy: string): () => void {
    place.append(this.#element);
    if (!this.#opened) {
      this.#opened = true;
      this.#screen.open(this.#element);
      // Pastes are taken before xterm sees them: only here is it known that they are pastes.
      this.#element.addEventListener('paste', (event) => this.#paste(event), { capture: true });
    }
    this.#screen.textarea?.setAttribute('aria-label', label);
    this.#screen.textarea?.setAttribute('aria-describedby', describedBy);
    const observer = new ResizeObserver(() => this.#refit());
    observer.observe(place);
    const restyle = new MutationObserver(() => this.restyle());
    restyle.observe(document.documentElement, {
      attributeFilter: ['data-theme', 'data-presenting', 'class'],
    });
    void document.fonts.load('12px "JetBrains Mono"').then(() => this.restyle());
    return () => {
      observer.disconnect();
      restyle.disconnect();
      this.#element.remove();
    };
  }

  focus(): void {
    if (this.#element.isConnected) this.#screen.focus();
  }

  /** Focus after the page has drawn what is shown now. */
  focusSoon(): void {
    setTimeout(() => this.focus());
  }

  /** Presses a key that the keyboard at hand lacks. */
  press(data: string): void {
    this.#editor.input(data);
    this.focus();
  }

  /** All that was typed and printed. */
  text(): string {
    return this.#editor.transcript();
  }

  setScreenReader(on: boolean): void {
    this.screenReader = on;
    this.#screen.options.screenReaderMode = on;
    keepSetting(screenReaderSetting, on ? 'on' : 'off');
  }

  /** Takes colours and size from the page again. */
  restyle(): void {
    Object.assign(this.#screen.options, terminalFont());
    this.#screen.options.theme = terminalTheme();
    this.#refit();
  }

  close(): void {
    for (const stop of this.#stop) stop();
    this.#screen.dispose();
    this.#element.remove();
  }

  #refit(): void {
    const size = this.#element.isConnected ? this.#fit.proposeDimensions() : undefined;
    if (!size || Number.isNaN(size.cols) || Number.isNaN(size.rows)) return;
    if (size.cols === this.#screen.cols && size.rows === this.#screen.rows) return;
    this.#editor.suspend();
    // The input is off the screen once this was written; only then may lines move.
    this.#screen.write('', () => {
      this.#fit.fit();
      this.#editor.resumed();
      this.#screen.scrollToBottom();
    });
  }

  async #send(entered: Entered): Promise<void> {
    this.notice = undefined;
    this.#screen.scrollToBottom();
    const problem = await engine.run({ ...entered, terminal: this.id });
    if (problem) this.notice = { id: 'refused' };
  }

  #paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    event.preventDefault();
    event.stopPropagation();
    this.notice = undefined;
    if (text !== '') this.#editor.paste(text);
  }

  /** False gives the key to the browser. Escape, then Tab leaves; so does Shift+Tab, and copying with a selection. */
  #keepKey(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return true;
    if (event.key === 'Tab' && (this.#leaving || event.shiftKey)) return false;
    if (event.key !== 'Shift') this.#leaving = event.key === 'Escape';
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && event.key.toLowerCase() === 'c' && this.#screen.hasSelection())
      return false;
    if (command && !event.altKey && event.key.toLowerCase() === 'v') return false;
    return true;
  }
}

function programState(view: TerminalView | undefined): ProgramState {
  return { prompt: view?.prompt ?? '', program: view?.program ?? '' };
}

const sessions = new Map<string, Session>();

/** The session of a terminal in the world that is open now. */
export function sessionOf(id: string): Session {
  for (const [known, session] of sessions) {
    if (session.world !== engine.world) {
      session.close();
      sessions.delete(known);
    }
  }
  const session = sessions.get(id) ?? new Session(id);
  sessions.set(id, session);
  return session;
}

/**
 * Answers `new CustomEvent('ehlo:read-terminal', { detail: { id } })` on `document` by setting `detail.text`, for tests and
 * for people who script the page. `id` may be left out: then it is the active terminal.
 */
function answerReaders(event: Event): void {
  const detail = (event as CustomEvent<{ id?: string; text?: string } | null>).detail;
  if (detail) detail.text = sessions.get(detail.id ?? engine.activeTerminal)?.text();
}

document.addEventListener('ehlo:read-terminal', answerReaders);
