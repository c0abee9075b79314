// The line that a learner types before it goes to the engine: echo, cursor, history, completion, paste, and the order of
// what is entered and what is printed. It draws through `LineEditorPort` and knows no DOM, no xterm and no engine. What is
// printed while somebody types never mixes with the input: the input is erased, the output written, the input drawn
// again. Read termios(3) "canonical mode" and readline(3) first: they say what people expect.

import { graphemes, positionAfter, visibleControls } from './cells.ts';
import { paint, showsProtocol, toneOfLine, type LineTone } from './colours.ts';
import { completeWord, lastWord } from './complete-word.ts';
import { History } from './history.ts';
import { readKeys, type Key } from './keys.ts';
import * as buffer from './line-buffer.ts';
import { draw, erase, wrap } from './live-region.ts';

/** What the foreground program of the terminal is, as the engine tells it. */
export interface ProgramState {
  readonly prompt: string;
  /** '' for the shell. */
  readonly program: string;
}

export type Entered =
  | { readonly type: 'line'; readonly text: string }
  | { readonly type: 'key'; readonly key: 'interrupt' | 'endOfInput' | 'escape' };

/** What the person beside the terminal should be told. */
export type Notice =
  | { readonly id: 'pasteCut'; readonly keptKilobytes: number }
  | { readonly id: 'noCompletion' }
  | { readonly id: 'notSent' };

export interface LineEditorPort {
  /** Puts data on the screen. */
  write(data: string): void;
  size(): { readonly columns: number; readonly rows: number };
  /** Hands something to the engine; settles when it was handled. */
  send(entered: Entered): Promise<void>;
  /** The state after the last thing sent. */
  state(): ProgramState;
  /** Completions of the word before the cursor. */
  complete(line: string): Promise<readonly string[]>;
  notice(notice: Notice): void;
}

/** More than this of one paste is cut off. */
export const pasteLimit = 64 * 1024;

/** A shell's prompt and the command after it. */
const commandOnPrompt = /^([\w.-]+@[\w.-]+:\S*[$#] )(\S*)/;

interface Waiting {
  readonly text: string;
  /** Lines of one paste have the same number. */
  readonly paste: number;
}

export class LineEditor {
  private line = buffer.emptyLine;
  private state: ProgramState;
  private waiting: Waiting[] = [];
  private busy = false;
  private tail = '';
  private tailStart = '';
  private cursorRow = 0;
  private held: string[] | undefined;
  private literal = false;
  private pastes = 0;
  private lastProgram = '';
  private readonly history = new History();
  private listed = '';
  private readonly record: string[] = [];

  constructor(private readonly port: LineEditorPort) {
    this.state = port.state();
  }

  /** What is typed and not entered. */
  get text(): string {
    return buffer.textOf(this.line);
  }

  /** Everything typed and printed so far, as it stands on the screen, without colours. */
  transcript(): string {
    return this.record.join('') + this.tail + this.state.prompt + visibleControls(this.text, true);
  }

  /** Shows prompt and input for the first time. */
  start(): void {
    this.state = this.port.state();
    this.redraw();
  }

  /** Keys as xterm reports them. */
  input(data: string): void {
    if (this.literal) {
      this.literal = false;
      const [first = ''] = data;
      this.edit(buffer.insertText(this.line, first));
      if (data.length > first.length) this.input(data.slice(first.length));
      return;
    }
    const keys = readKeys(data);
    for (const [index, key] of keys.entries()) {
      this.press(key);
      if (key.type === 'literalNext') {
        const rest = keys.slice(index + 1);
        // eslint-disable-next-line no-control-regex
        if (rest.length > 0) this.input(data.slice(data.search(/[\x11\x16]/) + 1));
        return;
      }
    }
  }

  /**
   * A paste. In the shell each line is a command of its own, handled one after the other; for a program that reads its
   * input (telnet, nc) the lines go in one write, because that is what a terminal does.
   */
  paste(text: string): void {
    const kept = text.length > pasteLimit ? text.slice(0, pasteLimit) : text;
    if (kept.length < text.length) this.port.notice({ id: 'pasteCut', keptKilobytes: pasteLimit / 1024 });
    const lines = kept.replace(/\r\n?/g, '\n').split('\n');
    const last = lines.pop() ?? '';
    this.pastes += 1;
    for (const [index, pasted] of lines.entries()) {
      const entered = index === 0 ? buffer.textOf(buffer.insertText(this.line, pasted)) : pasted;
      this.remember(entered);
      this.waiting.push({ text: entered, paste: this.pastes });
    }
    if (lines.length > 0) this.line = buffer.emptyLine;
    this.edit(buffer.insertText(this.line, last));
    void this.pump();
  }

  /** Puts a command into the input line without entering it; what stood there stays in the history. */
  insert(text: string): void {
    if (this.text.trim() !== '' && this.text !== text) this.remember(this.text);
    this.edit(buffer.lineOf(text.replace(/[\r\n]+$/, '')));
  }

  /** What a program printed, and the state after it. */
  output(text: string, state: ProgramState): void {
    const talking = showsProtocol(state.program) || showsProtocol(this.state.program);
    this.state = state;
    this.print(text, (line) => {
      // A command entered on somebody's behalf, or before the page was opened, comes as output.
      const command = commandOnPrompt.exec(line)?.[2];
      if (command !== undefined) this.lastProgram = command;
      return command === undefined ? toneOfLine(line, talking || showsProtocol(this.lastProgram)) : 'typed';
    });
  }

  /** The state changed without output. */
  changed(state: ProgramState): void {
    this.state = state;
    this.redraw();
  }

  /** Takes the input off the screen, so that the screen may change its size. Output waits until `resumed`. */
  suspend(): void {
    if (this.held) return;
    this.port.write(erase(this.cursorRow));
    this.cursorRow = 0;
    this.held = [];
  }

  /** The screen has its size: the input is drawn again. */
  resumed(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const data of held) this.port.write(data);
    this.redraw();
  }

  private press(key: Key): void {
    const { line } = this;
    if (key.type !== 'tab') this.listed = '';
    switch (key.type) {
      case 'text':
        return this.edit(buffer.insertText(line, key.text));
      case 'enter':
        return this.enter();
      case 'tab':
        return void this.complete();
      case 'backspace':
        return this.edit(buffer.killBetween(line, line.cursor - 1));
      case 'delete':
        return this.edit(buffer.killBetween(line, line.cursor + 1));
      case 'left':
        return this.edit(buffer.moveTo(line, line.cursor - 1));
      case 'right':
        return this.edit(buffer.moveTo(line, line.cursor + 1));
      case 'wordLeft':
        return this.edit(buffer.moveTo(line, buffer.wordStart(line)));
      case 'wordRight':
        return this.edit(buffer.moveTo(line, buffer.wordEnd(line)));
      case 'home':
        return this.edit(buffer.moveTo(line, 0));
      case 'end':
        return this.edit(buffer.moveTo(line, line.characters.length));
      case 'killToEnd':
        return this.edit(buffer.killBetween(line, line.characters.length));
      case 'killToStart':
        return this.edit(buffer.killBetween(line, 0));
      case 'killWord':
        return this.edit(buffer.killBetween(line, buffer.wordStart(line)));
      case 'up':
        return this.recall(-1);
      case 'down':
        return this.recall(1);
      case 'clear':
        return this.clear();
      case 'interrupt':
        return this.interrupt();
      case 'endOfInput':
        if (this.text !== '') return this.edit(buffer.killBetween(line, line.cursor + 1));
        return void this.sendKey('endOfInput', '');
      case 'escape':
        if (this.state.program === '') return;
        return void this.sendKey('escape', '^]');
      case 'literalNext':
        this.literal = true;
        return;
    }
  }

  private edit(line: buffer.LineBuffer): void {
    this.line = line;
    this.redraw();
  }

  private enter(): void {
    this.remember(this.text);
    this.pastes += 1;
    // An inserted text of several lines goes the way of a paste.
    for (const text of this.text.split('\n')) this.waiting.push({ text, paste: this.pastes });
    this.edit(buffer.emptyLine);
    void this.pump();
  }

  /** Enters what waits, one thing after the other; each waits until the one before was handled. */
  private async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      let text = next.text;
      if (this.state.program !== '') {
        while (this.waiting[0]?.paste === next.paste) text += `\n${this.waiting.shift()?.text ?? ''}`;
      } else {
        this.lastProgram = /^\s*(\S*)/.exec(text)?.[1] ?? '';
      }
      this.commit(`${this.state.prompt}`, text);
      this.state = { ...this.state, prompt: '' };
      await this.handOver({ type: 'line', text });
    }
    this.busy = false;
    this.redraw();
  }

  private async handOver(entered: Entered): Promise<void> {
    try {
      await this.port.send(entered);
    } catch {
      this.port.notice({ id: 'notSent' });
    }
    this.state = this.port.state();
    this.redraw();
  }

  private interrupt(): void {
    this.waiting = [];
    const typed = this.text;
    this.line = buffer.emptyLine;
    void this.sendKey('interrupt', `${typed}^C`);
  }

  private async sendKey(key: 'interrupt' | 'endOfInput' | 'escape', echo: string): Promise<void> {
    if (echo !== '') {
      this.commit(this.state.prompt, echo);
      this.state = { ...this.state, prompt: '' };
    }
    this.history.leave();
    await this.handOver({ type: 'key', key });
  }

  /** Makes prompt and text part of what was printed. */
  private commit(prompt: string, text: string): void {
    const shown = visibleControls(text, true);
    this.record.push(`${this.tail}${prompt}${shown}\n`);
    const tail = paint(this.tail, this.tailTone());
    this.tail = '';
    this.tailStart = '';
    this.put(`${tail}${paint(prompt, 'dim')}${paint(shown.replaceAll('\n', '\r\n'), 'typed')}\r\n`);
  }

  private print(text: string, toneOf: (line: string) => LineTone): void {
    // eslint-disable-next-line no-control-regex
    const [, cleared, rest] = /^([^]*\x1b\[H\x1b\[2J(?:\x1b\[3J)?)?([^]*)$/.exec(text) ?? [];
    const lines = visibleControls((rest ?? '').replace(/\r+\n/g, '\n'), true).split('\n');
    const last = lines.pop() ?? '';
    let data = cleared ? '\x1b[H\x1b[2J' : '';
    for (const line of lines) {
      this.record.push(`${this.tail}${line}\n`);
      const whole = this.tail + line;
      const tone = toneOf(this.tailStart + line);
      const prompt = commandOnPrompt.exec(whole)?.[1] ?? '';
      data += `${paint(prompt, 'dim')}${paint(whole.slice(prompt.length), tone)}\r\n`;
      this.tail = '';
      this.tailStart = '';
    }
    this.tail += last;
    if (this.tailStart.length < 80) this.tailStart = (this.tailStart + last).slice(0, 80);
    data += this.settleTail(toneOf(this.tailStart));
    this.put(data);
  }

  /** Of an unfinished line longer than a row, only the last row has to be drawn again. */
  private settleTail(tone: LineTone): string {
    const { columns } = this.port.size();
    if (positionAfter(this.tail, columns).row === 0) return '';
    let settled = '';
    let row = '';
    for (const character of graphemes(this.tail)) {
      if (positionAfter(row + character, columns).row > 0) {
        settled += row;
        row = '';
      }
      row += character;
    }
    this.record.push(settled);
    this.tail = row;
    return paint(settled, tone) + wrap;
  }

  private tailTone(): LineTone {
    return toneOfLine(this.tailStart, showsProtocol(this.state.program) || showsProtocol(this.lastProgram));
  }

  /** Writes above the input. */
  private put(data: string): void {
    if (this.held) {
      this.held.push(data);
      return;
    }
    this.port.write(erase(this.cursorRow) + data);
    this.cursorRow = 0;
    this.redraw();
  }

  private redraw(): void {
    if (this.held) return;
    const { columns, rows } = this.port.size();
    const drawn = draw(
      {
        tail: this.tail,
        tailTone: this.tailTone(),
        prompt: this.state.prompt,
        waiting: this.waiting.map((waiting) => waiting.text),
        before: buffer.beforeCursor(this.line),
        after: buffer.afterCursor(this.line),
      },
      columns,
      rows,
    );
    this.port.write(erase(this.cursorRow) + drawn.data);
    this.cursorRow = drawn.cursorRow;
  }

  private clear(): void {
    this.port.write('\x1b[H\x1b[2J');
    this.cursorRow = 0;
    this.redraw();
  }

  private remember(text: string): void {
    this.history.add(this.state.program, text);
  }

  private recall(step: -1 | 1): void {
    const line = this.history.step(this.state.program, step, this.text);
    if (line !== undefined) this.edit(buffer.lineOf(line));
  }

  private async complete(): Promise<void> {
    const line = buffer.beforeCursor(this.line);
    const word = lastWord(line);
    const found = await this.port.complete(line).catch(() => []);
    // Somebody typed on while we asked.
    if (buffer.beforeCursor(this.line) !== line) return;
    const completion = completeWord(word, found);
    if (completion.type === 'nothing') {
      this.port.notice({ id: 'noCompletion' });
    } else if (completion.type === 'replace') {
      const start = this.line.cursor - graphemes(word).length;
      this.edit(buffer.insertText(buffer.killBetween(this.line, start), completion.text));
    } else if (this.listed !== line) {
      this.listed = line;
      this.commit(this.state.prompt, this.text);
      this.print(`${completion.words.join('  ')}\n`, () => 'dim');
    }
  }
}
