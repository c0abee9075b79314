// Finds the text of a header token: ARC's tags mean what DKIM's mean unless they have a text of their own.

/** Undefined when nobody wrote a text for that key. */
export function tokenText(tokens: Readonly<Record<string, string>>, key: string): string | undefined {
  const lookUp = (name: string): string | undefined =>
    Object.hasOwn(tokens, name) ? tokens[name] : undefined;
  return lookUp(key) ?? (key.startsWith('arc.') ? lookUp(`dkim.${key.slice(4)}`) : undefined);
}
