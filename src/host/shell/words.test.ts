import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from './words.ts';
import { cases } from '../../testing/effort.ts';

const split = (line: string) => splitWords(line, '/home/alice', (name) => (name === 'USER' ? 'alice' : ''));
const words = (line: string): readonly string[] => {
  const found = split(line);
  if (found.type !== 'words') throw new Error(JSON.stringify(found));
  return found.words;
};

describe('a command line', () => {
  it('is split at blanks', () =>
    expect(words('  dig  hafen.example\tMX ')).toEqual(['dig', 'hafen.example', 'MX']));
  it('honours single quotes, double quotes and backslashes', () =>
    expect(words(`a 'b "c' "d 'e" f\\ g h'i'"j"`)).toEqual(['a', 'b "c', "d 'e", 'f g', 'hij']));
  it('keeps an empty argument that was quoted', () => expect(words("a ''")).toEqual(['a', '']));
  it('ends at a comment', () => expect(words('dig x # why')).toEqual(['dig', 'x']));
  it('keeps a hash inside a word', () => expect(words('a#b')).toEqual(['a#b']));
  it('expands variables but not in single quotes', () =>
    expect(words(`$USER "$USER" '$USER' \\$USER x$NONE $NONE y`)).toEqual([
      'alice',
      'alice',
      '$USER',
      '$USER',
      'x',
      'y',
    ]));
  it('expands the home directory', () =>
    expect(words("~/README ~ '~' a~")).toEqual(['/home/alice/README', '/home/alice', '~', 'a~']));
  it('names the operators that it lacks', () => {
    for (const operator of ['|', '>', '>>', ';', '&', '&&', '||'])
      expect(split(`ls ${operator} x`)).toEqual({ type: 'operator', operator });
    expect(split('echo $(ls)')).toEqual({ type: 'operator', operator: '$(' });
    expect(words('echo \'|\' \\; "&"')).toEqual(['echo', '|', ';', '&']);
  });
  it('complains about an open quote as bash does', () =>
    expect(split(`echo "a`)).toEqual({
      type: 'syntax',
      text: 'unexpected EOF while looking for matching `"\'',
    }));
  it('finds a redirection into nothing in MAIL FROM', () =>
    expect(split('MAIL FROM:<a@wolke.example>')).toEqual({
      type: 'syntax',
      text: "syntax error near unexpected token `newline'",
    }));
  it('never throws [G-13]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (line) => {
        split(line);
      }),
      cases(2_000),
    );
  });
});
