// What Tab does with the words that could stand at the cursor, as bash does it: one is taken, of several the common start;
// when that brings nothing new, they are listed. Pure.

export type Completion =
  | { readonly type: 'nothing' }
  /** Stands instead of the word. */
  | { readonly type: 'replace'; readonly text: string }
  | { readonly type: 'list'; readonly words: readonly string[] };

/** The word before the end of `line`. */
export function lastWord(line: string): string {
  return /\S*$/.exec(line)?.[0] ?? '';
}

export function completeWord(word: string, candidates: readonly string[]): Completion {
  const words = [...new Set(candidates)].sort();
  const [only] = words;
  if (only === undefined) return { type: 'nothing' };
  // After a complete word comes a blank, unless it wants to be continued.
  const text = words.length > 1 ? commonStart(words) : /[/:=@]$/.test(only) ? only : `${only} `;
  return text.length > word.length ? { type: 'replace', text } : { type: 'list', words };
}

/** The longest start that all have in common, whatever their case; in the first one's case. */
function commonStart(words: readonly string[]): string {
  const [first = '', ...others] = words;
  let length = first.length;
  for (const word of others) {
    while (!word.toLowerCase().startsWith(first.slice(0, length).toLowerCase())) length -= 1;
  }
  return first.slice(0, length);
}
