import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unicodeProvider } from './cells.ts';
import { LineEditor, pasteLimit, type Entered, type Notice, type ProgramState } from './line-editor.ts';

const prompt = 'alice@laptop:~$ ';

/** An editor on a real (headless) terminal, and an engine that waits until the test lets it answer. */
function desk(columns = 60, rows = 12) {
  const screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 5000 });
  screen.unicode.register(unicodeProvider);
  screen.unicode.activeVersion = 'ehlo';
  const sent: Entered[] = [];
  const notices: Notice[] = [];
  const handled: (() => void)[] = [];
  let state: ProgramState = { prompt, program: '' };
  let completions: readonly string[] = [];
  const editor = new LineEditor({
    write: (data) => screen.write(data),
    size: () => ({ columns: screen.cols, rows: screen.rows }),
    send: (entered) => {
      sent.push(entered);
      return new Promise((resolve) => handled.push(resolve));
    },
    state: () => state,
    complete: async () => completions,
    notice: (notice) => notices.push(notice),
  });
  editor.start();
  const settle = () => new Promise<void>((resolve) => screen.write('', resolve));
  return {
    editor,
    screen,
    sent,
    notices,
    settle,
    completing: (words: readonly string[]) => (completions = words),
    /** The engine prints, and the state becomes another. */
    prints(text: string, next: Partial<ProgramState> = {}) {
      state = { ...state, ...next };
      editor.output(text, state);
    },
    /** The engine is done with the oldest thing sent. */
    async done(next: Partial<ProgramState> = {}) {
      state = { ...state, ...next };
      handled.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    /** The screen with its scrollback, wrapped rows joined, blank rows at the end dropped. */
    async text() {
      await settle();
      const lines: string[] = [];
      const { active } = screen.buffer;
      for (let row = 0; row < active.length; row += 1) {
        const line = active.getLine(row);
        if (!line) continue;
        const text = line.translateToString(!active.getLine(row + 1)?.isWrapped);
        if (line.isWrapped) lines[lines.length - 1] += text;
        else lines.push(text);
      }
      return lines.join('\n').replace(/\s+$/, '');
    },
    async cursor() {
      await settle();
      return [screen.buffer.active.baseY + screen.buffer.active.cursorY, screen.buffer.active.cursorX];
    },
  };
}

describe('typing', () => {
  it('echoes at once, before anything is sent', async () => {
    const { editor, text, sent, cursor } = desk();
    editor.input('telnet');
    expect(await text()).toBe(`${prompt}telnet`);
    expect(await cursor()).toEqual([0, prompt.length + 6]);
    expect(sent).toEqual([]);
  });

  it('edits in the middle: arrows, Home, End, Backspace, Delete, words', async () => {
    const { editor, text } = desk();
    editor.input('dig wolke.example MX');
    editor.input('\x1b[1;5D\x1b[1;5D');
    editor.input('+short ');
    expect(editor.text).toBe('dig +short wolke.example MX');
    editor.input('\x01\x1b[3~\x1b[3~\x1b[3~host\x05\x7f\x7fTXT\x17A');
    expect(editor.text).toBe('host +short wolke.example A');
    editor.input('\x1b[H\x1b[1;5C\x0b');
    expect(editor.text).toBe('host');
    editor.input('\x15');
    expect(await text()).toBe(prompt.trimEnd());
  });

  it('keeps the cursor on the cell with umlauts, wide characters, combining accents and emoji', async () => {
    const { editor, text, cursor } = desk();
    editor.input('Grüße 郵便 e\u0301 📬');
    expect(await text()).toBe(`${prompt}Grüße 郵便 e\u0301 📬`);
    expect(await cursor()).toEqual([0, prompt.length + 6 + 4 + 1 + 1 + 1 + 2]);
    editor.input('\x1b[D\x1b[D\x7f');
    expect(editor.text).toBe('Grüße 郵便  📬');
    editor.input('\x01\x1b[C\x1b[C\x1b[3~');
    expect(await text()).toBe(`${prompt}Grße 郵便  📬`);
  });

  it('wraps long lines and removes them again without a trace', async () => {
    const { editor, text, cursor } = desk(20, 6);
    const long = 'MAIL FROM:<alice@wolke.example> SIZE=1000';
    for (const key of long) editor.input(key);
    expect(await text()).toBe(prompt + long);
    editor.input('\x01');
    expect(await cursor()).toEqual([0, prompt.length]);
    editor.input('\x0b');
    expect(await text()).toBe(prompt.trimEnd());
  });

  it('shows a line that fills its row to the last cell, and the cursor on the next row', async () => {
    const { editor, text, cursor } = desk(20, 6);
    editor.input('abcd');
    expect(await cursor()).toEqual([1, 0]);
    editor.input('e\x7f\x7f');
    expect(await cursor()).toEqual([0, 19]);
    expect(await text()).toBe(`${prompt}abc`);
  });

  it('a line of any edits looks like the same line typed afresh', async () => {
    const key = fc.constantFrom(
      'a',
      'ü',
      '郵',
      '\x7f',
      '\x1b[D',
      '\x1b[C',
      '\x01',
      '\x05',
      '\x17',
      'mail ',
      '\x1b[3~',
      'e\u0301',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(key, { maxLength: 40 }), async (keys) => {
        const edited = desk(24, 8);
        for (const one of keys) edited.editor.input(one);
        const cursor = await edited.cursor();
        const fresh = desk(24, 8);
        fresh.editor.insert(edited.editor.text);
        expect(await edited.text()).toBe(await fresh.text());
        expect(cursor[0]).toBeLessThan(8);
      }),
      { numRuns: 150 },
    );
  });

  it('types control characters after Ctrl-Q or Ctrl-V and shows them as ^X', async () => {
    const { editor, text, sent } = desk();
    editor.input('NOO');
    editor.input('\x16');
    editor.input('\x08');
    editor.input('\x11\x07P\r');
    expect(await text()).toContain('NOO^H^GP');
    expect(sent).toEqual([{ type: 'line', text: 'NOO\x08\x07P' }]);
  });

  it('ignores function keys', () => {
    const { editor } = desk();
    editor.input('\x1b[15~a\x1bOPb\x1b[5~');
    expect(editor.text).toBe('ab');
  });
});

describe('entering and printing', () => {
  it('sends a line, prints the answer below it and the prompt after it', async () => {
    const { editor, text, sent, prints, done } = desk();
    editor.input('hostname\r');
    expect(sent).toEqual([{ type: 'line', text: 'hostname' }]);
    prints('laptop\n');
    await done();
    expect(await text()).toBe(`${prompt}hostname\nlaptop\n${prompt.trimEnd()}`);
  });

  it('never mixes output into what is being typed', async () => {
    const { editor, text, prints } = desk();
    prints('220 mx.hafen.example ESMTP\n', { prompt: '', program: 'telnet' });
    editor.input('RCP');
    prints('250 2.1.0 Ok\n');
    editor.input('T TO');
    prints('421 4.4.2 mx Error: tim');
    editor.input(':<');
    prints('eout exceeded\n');
    expect(await text()).toBe(
      `220 mx.hafen.example ESMTP\n250 2.1.0 Ok\n421 4.4.2 mx Error: timeout exceeded\nRCPT TO:<`,
    );
    expect(editor.text).toBe('RCPT TO:<');
  });

  it('keeps an unfinished line of output before the input', async () => {
    const { editor, text, prints, done } = desk();
    prints('Password: ', { prompt: '', program: 'swaks' });
    editor.input('x\r');
    prints('ok\n');
    await done();
    expect(await text()).toBe('Password: x\nok');
  });

  it('holds lines that are typed ahead until the one before was handled', async () => {
    const { editor, text, sent, prints, done } = desk();
    editor.input('first\rsecond\rthi');
    expect(sent).toEqual([{ type: 'line', text: 'first' }]);
    expect(await text()).toBe(`${prompt}first\nsecond\nthi`);
    prints('1\n');
    await done();
    expect(sent.at(-1)).toEqual({ type: 'line', text: 'second' });
    prints('2\n');
    await done();
    expect(await text()).toBe(`${prompt}first\n1\n${prompt}second\n2\n${prompt}thi`);
  });

  it('types ahead while output streams in, in any order, without losing or mixing a character', async () => {
    const chunk = fc.constantFrom('250 Ok\n', 'half', ' line\n', 'a\nb\nc\n', 'long '.repeat(9), '\n');
    const step = fc.oneof(
      chunk.map((text) => ({ print: text })),
      fc.constantFrom('x', 'yz', '\x7f').map((keys) => ({ keys })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step as fc.Arbitrary<{ print?: string; keys?: string }>, { maxLength: 25 }),
        async (steps) => {
          const { editor, text, prints } = desk(30, 10);
          let printed = '';
          prints('', { prompt: '', program: 'nc' });
          for (const { print, keys } of steps) {
            if (print) prints(print);
            if (keys) editor.input(keys);
            printed += print ?? '';
          }
          expect(await text()).toBe(
            (printed + editor.text).replace(/\s+$/, '').replace(/[^\S\n]+$/gm, (blank) => blank),
          );
          expect(editor.transcript()).toBe(printed + editor.text);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('shows control characters that a server sends instead of obeying them', async () => {
    const { text, prints } = desk();
    prints('250 \x1b[2Jgone\x07\r\n');
    expect(await text()).toContain('250 ^[[2Jgone^G');
  });

  it('redraws the input after the screen changed its size', async () => {
    const { editor, text, screen, settle } = desk(40, 8);
    editor.input('swaks --to bob@hafen.example --server mx.hafen.example');
    editor.suspend();
    editor.output('late\n', { prompt, program: '' });
    await settle();
    screen.resize(25, 8);
    editor.resumed();
    expect(await text()).toBe(`late\n${prompt}swaks --to bob@hafen.example --server mx.hafen.example`);
  });

  it('keeps a transcript of all that was typed and printed', async () => {
    const { editor, prints, done } = desk();
    editor.input('date\r');
    prints('Mon Nov 23\n');
    await done();
    expect(editor.transcript()).toBe(`${prompt}date\nMon Nov 23\n${prompt}`);
  });

  it('tells when a line could not be handed over, and goes on', async () => {
    const notices: Notice[] = [];
    const editor = new LineEditor({
      write: () => {},
      size: () => ({ columns: 40, rows: 10 }),
      send: () => Promise.reject(new Error('gone')),
      state: () => ({ prompt, program: '' }),
      complete: async () => [],
      notice: (notice) => notices.push(notice),
    });
    editor.start();
    editor.input('a\r');
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(notices).toEqual([{ id: 'notSent' }]);
    editor.input('b');
    expect(editor.text).toBe('b');
  });
});

describe('keys for the program', () => {
  it('Ctrl-C drops the line and what waits, and is sent', async () => {
    const { editor, text, sent } = desk();
    editor.input('one\rtwo\rthree');
    editor.input('\x03');
    expect(sent).toEqual([
      { type: 'line', text: 'one' },
      { type: 'key', key: 'interrupt' },
    ]);
    expect(await text()).toContain('three^C');
    expect(editor.text).toBe('');
  });

  it('Ctrl-D ends the input on an empty line and deletes on any other', () => {
    const { editor, sent } = desk();
    editor.input('ab\x1b[D\x04');
    expect(editor.text).toBe('a');
    editor.input('\x15\x04');
    expect(sent).toEqual([{ type: 'key', key: 'endOfInput' }]);
  });

  it('Ctrl-] escapes from telnet, and means nothing to the shell', () => {
    const { editor, sent, prints } = desk();
    editor.input('\x1d');
    expect(sent).toEqual([]);
    prints('', { prompt: '', program: 'telnet' });
    editor.input('\x1d');
    expect(sent).toEqual([{ type: 'key', key: 'escape' }]);
  });

  it('Ctrl-L clears the screen and keeps the input', async () => {
    const { editor, text, prints } = desk();
    prints('old\n');
    editor.input('new');
    editor.input('\x0c');
    expect(await text()).toBe(`${prompt}new`);
  });
});

describe('history', () => {
  it('walks up and down, and brings back what was being typed', async () => {
    const { editor, done } = desk();
    editor.input('one\r');
    await done();
    editor.input('two\r');
    await done();
    editor.input('thr\x1b[A');
    expect(editor.text).toBe('two');
    editor.input('\x1b[A\x1b[A');
    expect(editor.text).toBe('one');
    editor.input('\x1b[B\x1b[B');
    expect(editor.text).toBe('thr');
  });

  it('is another one for each program', async () => {
    const { editor, done, prints } = desk();
    editor.input('telnet mx 25\r');
    await done({ prompt: '', program: 'telnet' });
    editor.input('\x1b[A');
    expect(editor.text).toBe('');
    editor.input('QUIT\r');
    prints('', { prompt, program: '' });
    await done();
    editor.input('\x1b[A');
    expect(editor.text).toBe('telnet mx 25');
  });
});

describe('completion', () => {
  const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

  it('completes the only candidate and adds a blank', async () => {
    const { editor, completing } = desk();
    completing(['telnet']);
    editor.input('tel\t');
    await tick();
    expect(editor.text).toBe('telnet ');
  });

  it('completes what all have in common, then lists', async () => {
    const { editor, text, completing } = desk();
    completing(['mx1.hafen.example', 'mx2.hafen.example']);
    editor.input('dig m\t');
    await tick();
    expect(editor.text).toBe('dig mx');
    editor.input('\t');
    await tick();
    expect(await text()).toBe(`${prompt}dig mx\nmx1.hafen.example  mx2.hafen.example\n${prompt}dig mx`);
  });

  it('does nothing when somebody typed on meanwhile, and says so when there is nothing', async () => {
    const { editor, completing, notices } = desk();
    completing(['telnet']);
    editor.input('tel\tx');
    await tick();
    expect(editor.text).toBe('telx');
    completing([]);
    editor.input('\t');
    await tick();
    expect(notices).toEqual([{ id: 'noCompletion' }]);
  });
});

describe('paste', () => {
  it('in the shell, enters line by line, each after the one before', async () => {
    const { editor, sent, done } = desk();
    editor.paste('dig a\r\ndig b\r\ndig');
    expect(sent).toEqual([{ type: 'line', text: 'dig a' }]);
    await done();
    expect(sent).toEqual([
      { type: 'line', text: 'dig a' },
      { type: 'line', text: 'dig b' },
    ]);
    expect(editor.text).toBe('dig');
  });

  it('in telnet, enters all lines in one write, as one segment', async () => {
    const { editor, sent, prints, text } = desk();
    prints('220 hi\n', { prompt: '', program: 'telnet' });
    editor.input('EH');
    editor.paste('LO me\nMAIL FROM:<>\nQUI');
    expect(sent).toEqual([{ type: 'line', text: 'EHLO me\nMAIL FROM:<>' }]);
    expect(await text()).toBe('220 hi\nEHLO me\nMAIL FROM:<>\nQUI');
  });

  it('hands the rest of a paste to the program that its first line started', async () => {
    const { editor, sent, done } = desk();
    editor.paste('telnet mx 25\nEHLO me\nQUIT\n');
    await done({ prompt: '', program: 'telnet' });
    expect(sent.at(-1)).toEqual({ type: 'line', text: 'EHLO me\nQUIT' });
  });

  it('sends control characters raw and shows them as ^X', async () => {
    const { editor, sent, text } = desk();
    editor.paste('a\x01b\x1b[2Jc\n');
    expect(sent).toEqual([{ type: 'line', text: 'a\x01b\x1b[2Jc' }]);
    expect(await text()).toContain('a^Ab^[[2Jc');
  });

  it('cuts a megabyte and says so', async () => {
    const { editor, notices, text } = desk();
    editor.paste('x'.repeat(1_000_000));
    expect(editor.text.length).toBe(pasteLimit);
    expect(notices).toEqual([{ id: 'pasteCut', keptKilobytes: 64 }]);
    editor.input('\x15');
    expect(await text()).toBe(prompt.trimEnd());
  });

  it('shows a paste that is higher than the screen without leaving rubbish', async () => {
    const { editor, done, text, sent } = desk(40, 6);
    editor.paste(Array.from({ length: 30 }, (_, line) => `echo ${line}`).join('\n') + '\n');
    for (let line = 0; line < 30; line += 1) await done();
    expect(sent.length).toBe(30);
    expect(await text()).toBe(
      Array.from({ length: 30 }, (_, line) => `${prompt}echo ${line}`).join('\n') + `\n${prompt.trimEnd()}`,
    );
  });
});

it('a clicked command waits on the input line; what was typed is in the history', () => {
  const { editor, sent } = desk();
  editor.input('half a thought');
  editor.insert('dig MX hafen.example\n');
  expect(editor.text).toBe('dig MX hafen.example');
  expect(sent).toEqual([]);
  editor.input('\x1b[A');
  expect(editor.text).toBe('half a thought');
});

it('an inserted text of several lines shows as lines and goes to a program in one write', async () => {
  const { editor, sent, text, prints, done } = desk();
  prints('354 go\n', { prompt: '', program: 'telnet' });
  editor.insert('Subject: Hi\n\nHello\n.\n');
  expect(sent).toEqual([]);
  expect(await text()).toBe('354 go\nSubject: Hi\n\nHello\n.');
  editor.input('\r');
  expect(sent).toEqual([{ type: 'line', text: 'Subject: Hi\n\nHello\n.' }]);
  await done();
  expect(await text()).toBe('354 go\nSubject: Hi\n\nHello\n.');
});
