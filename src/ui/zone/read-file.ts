// A file that somebody opens as a zone: as text, or why it is none. Judges bytes only; what the text says is judged where all
// texts are.

/** Real zones of one domain are far smaller; what is bigger is no file for an editor. */
export const MOST_ZONE_BYTES = 1_000_000;

/**
 * The text with `\n` line ends, or undefined for bytes that are no text. UTF-8, UTF-16 with its mark, and else Windows-1252,
 * which old zone files use in comments.
 */
export function zoneTextOf(bytes: Uint8Array): string | undefined {
  const text = decoded(bytes);
  // eslint-disable-next-line no-control-regex -- what no text file has
  if (text === undefined || /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return undefined;
  return text.replace(/\r\n?/g, '\n');
}

function decoded(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const wide =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : undefined;
  for (const encoding of wide === undefined ? ['utf-8', 'windows-1252'] : [wide]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next encoding may fit.
    }
  }
  return undefined;
}
