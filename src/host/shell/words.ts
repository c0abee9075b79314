// A command line as bash splits it: quotes, backslashes, a handful of variables, comments. What bash can do beyond one
// simple command is named, not done. Read bash(1), "QUOTING" and "SHELL GRAMMAR", first.

export type Words =
  | { readonly type: 'words'; readonly words: readonly string[] }
  /** An operator that this shell does not have. */
  | { readonly type: 'operator'; readonly operator: string }
  /** bash's own complaint, without the `bash: `. */
  | { readonly type: 'syntax'; readonly text: string };

const OPERATORS = ['&&', '||', '>>', '<<', '|', '>', '<', ';', '&', '(', ')', '`'] as const;

/** Splits a line. `variable` answers what `$NAME` stands for; `home` is what `~` stands for. */
export function splitWords(line: string, home: string, variable: (name: string) => string): Words {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  let i = 0;
  const end = (): void => {
    if (word !== undefined) words.push(!quoted && /^~(\/|$)/.test(word) ? home + word.slice(1) : word);
    word = undefined;
    quoted = false;
  };
  const expand = (): string => {
    const name = /^(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*|\?))/.exec(line.slice(i + 1));
    if (name === null) return '$';
    i += name[0].length;
    return variable(name[1] ?? name[2] ?? '');
  };
  for (; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === ' ' || char === '\t') end();
    else if (char === '#' && word === undefined) break;
    else if (char === '\\') {
      word = (word ?? '') + line.charAt(++i);
      quoted = true;
    } else if (char === "'" || char === '"') {
      let text = '';
      for (i++; i < line.length && line.charAt(i) !== char; i++) {
        if (char === '"' && line.charAt(i) === '\\' && /["\\$`]/.test(line.charAt(i + 1)))
          text += line.charAt(++i);
        else if (char === '"' && line.charAt(i) === '$') text += expand();
        else text += line.charAt(i);
      }
      if (i >= line.length)
        return { type: 'syntax', text: `unexpected EOF while looking for matching \`${char}'` };
      word = (word ?? '') + text;
      quoted = true;
    } else if (char === '$' && line.charAt(i + 1) === '(') return { type: 'operator', operator: '$(' };
    else if (char === '$') {
      const text = expand();
      if (text !== '' || word !== undefined) word = (word ?? '') + text;
    } else {
      const operator = OPERATORS.find((o) => line.startsWith(o, i));
      if (operator === undefined) word = (word ?? '') + char;
      else if (/^[<>]/.test(operator) && line.slice(i + operator.length).trim() === '')
        return { type: 'syntax', text: "syntax error near unexpected token `newline'" };
      // `MAIL FROM:<alice@wolke.example>` is a redirection into nothing.
      else if (operator === '<' && /^[^<>|;&\s]+>\s*$/.test(line.slice(i + 1)))
        return { type: 'syntax', text: "syntax error near unexpected token `newline'" };
      else return { type: 'operator', operator };
    }
  }
  end();
  return { type: 'words', words };
}
