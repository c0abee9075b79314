// The shape of the words about a message's form and its parts; English and German have it alike. Loaded when a message is
// opened.

/** Ids as `src/message/lint.ts` has them; a test holds both lists together. */
export type MessageLintKey =
  | 'FMT-NOFROM'
  | 'FMT-MULTIFROM'
  | 'FMT-DUPHDR'
  | 'FMT-NODATE'
  | 'FMT-BADDATE'
  | 'FMT-NOMID'
  | 'FMT-MIDDOMAIN'
  | 'FMT-NOBLANK'
  | 'FMT-8BITHDR'
  | 'FMT-LONGLINE'
  | 'FMT-BARELF'
  | 'FMT-HTMLONLY'
  | 'FMT-BOUNDARY'
  | 'FMT-BADB64'
  | 'FMT-EMPTYTO'
  | 'FMT-BCCLEAK'
  | 'FMT-REPLYFAKE';

export interface MessageLintWords {
  readonly title: string;
  readonly none: string;
  readonly show: string;
  readonly fix: string;
  readonly severity: Readonly<Record<'error' | 'warning' | 'info', string>>;
  readonly findings: Readonly<
    Record<
      MessageLintKey,
      { readonly title: string; readonly what: string; readonly why: string; readonly remedy: string }
    >
  >;
  readonly parts: Readonly<
    Record<
      'title' | 'whole' | 'size' | 'decoded' | 'hex' | 'hexRows' | 'earlier' | 'later' | 'choose',
      string
    >
  >;
}
