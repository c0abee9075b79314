// Puts parameters into texts. `{name}` is a parameter, `{name:what to say without it}` has a stand-in, and
// `{n|one|many}` picks a word by number. Stretches in backticks are code; `segments` finds them for the page.

export type Params = Readonly<Record<string, string | number>>;

const PLACE = /\{(\w+)(?::([^{}]*)|\|([^{}|]*)\|([^{}|]*))?\}/g;

/** The text with its parameters. One that is missing gives its stand-in, or `…`: half a sentence is better than none. */
export function fill(text: string, params: Params = {}): string {
  return text.replace(PLACE, (_, name: string, otherwise?: string, one?: string, many?: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (one !== undefined) return (value === undefined ? 1 : Number(value)) === 1 ? one : (many ?? '');
    return value === undefined || value === '' ? (otherwise ?? '…') : String(value);
  });
}

/** A text cut at its backticks. */
export function segments(text: string): readonly { readonly text: string; readonly code: boolean }[] {
  return text
    .split('`')
    .map((part, index) => ({ text: part, code: index % 2 === 1 }))
    .filter((part) => part.text !== '');
}
