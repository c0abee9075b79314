// Moments as people type and read them here: RFC 3339, in UTC unless a zone is given.

/** `2026-11-23T09:00:00Z` */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** Seconds since 1970; NaN when it is no time. */
export function readTime(text: string): number {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(
    text.trim(),
  );
  if (parts === null) return Number.NaN;
  return Math.floor(Date.parse(`${parts[1] ?? ''}T${parts[2] ?? ''}${parts[3] ?? 'Z'}`) / 1000);
}
