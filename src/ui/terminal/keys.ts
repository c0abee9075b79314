// What xterm reports as the bytes of a key, read back as keys. Sequences that mean nothing here are dropped, so that a
// function key never leaves rubbish in the line. Read ECMA-48 and "XTerm Control Sequences" first.

export type Key =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type:
        | 'enter'
        | 'tab'
        | 'backspace'
        | 'delete'
        | 'left'
        | 'right'
        | 'wordLeft'
        | 'wordRight'
        | 'home'
        | 'end'
        | 'up'
        | 'down'
        | 'killToEnd'
        | 'killToStart'
        | 'killWord'
        | 'clear'
        | 'interrupt'
        | 'endOfInput'
        | 'escape'
        | 'literalNext';
    };

const controls: Record<string, Exclude<Key['type'], 'text'>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x01': 'home',
  '\x02': 'left',
  '\x03': 'interrupt',
  '\x04': 'endOfInput',
  '\x05': 'end',
  '\x06': 'right',
  '\x08': 'killWord',
  '\x0b': 'killToEnd',
  '\x0c': 'clear',
  '\x0e': 'down',
  '\x10': 'up',
  // Ctrl-Q as in readline: browsers keep Ctrl-V for pasting.
  '\x11': 'literalNext',
  '\x15': 'killToStart',
  '\x16': 'literalNext',
  '\x17': 'killWord',
  '\x1d': 'escape',
  '\x7f': 'backspace',
};

const sequences: Record<string, Exclude<Key['type'], 'text'>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[7~': 'home',
  '[4~': 'end',
  '[8~': 'end',
  '[3~': 'delete',
  '[1;5C': 'wordRight',
  '[1;3C': 'wordRight',
  '[1;5D': 'wordLeft',
  '[1;3D': 'wordLeft',
  f: 'wordRight',
  b: 'wordLeft',
  '\x7f': 'killWord',
};

/** The keys in one report of xterm; several when somebody (or a test) types faster than frames come. */
export function readKeys(data: string): Key[] {
  const keys: Key[] = [];
  let rest = data;
  while (rest !== '') {
    // eslint-disable-next-line no-control-regex
    const sequence = /^\x1b(\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z]|[^[O]|$)/.exec(rest);
    if (sequence) {
      const type = sequences[sequence[1] ?? ''];
      if (type) keys.push({ type });
      rest = rest.slice(Math.max(1, sequence[0].length));
      continue;
    }
    // eslint-disable-next-line no-control-regex
    const text = /^[^\x00-\x1f\x7f]+/.exec(rest)?.[0];
    if (text) {
      keys.push({ type: 'text', text });
      rest = rest.slice(text.length);
      continue;
    }
    const type = controls[rest[0] ?? ''];
    if (type) keys.push({ type });
    // CR LF is one Enter.
    rest = rest.slice(rest.startsWith('\r\n') ? 2 : 1);
  }
  return keys;
}
