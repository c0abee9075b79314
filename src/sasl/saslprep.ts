// Makes names and passwords comparable before they are hashed (RFC 4013, a profile of RFC 3454): two people who type the same
// letters get the same bytes. Knows no mechanism.

/** RFC 3454 table C.1.2 without U+0020: blanks that become a plain one. */
const OTHER_BLANKS = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** RFC 3454 table B.1: what is there only for looks. */
const NOTHING = /\u00ad|\u034f|\u1806|\u180b|\u180c|\u180d|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
/** RFC 3454 tables C.2 to C.9 as far as a browser's normalizer can leave them: controls, private use, surrogates, marks. */
const PROHIBITED =
  /[\u0000-\u001f\u007f-\u009f\u06dd\u070f\u180e\u200e\u200f\u2028\u2029\u202a-\u202e\u2061-\u2063\u206a-\u206f\u2ff0-\u2ffb\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff9-\uffff\u{e0001}-\u{e007f}\u{f0000}-\u{10ffff}]/u;

/** The prepared text, or undefined when it holds what no name or password may hold. */
export function saslPrep(text: string): string | undefined {
  const mapped = text.replace(OTHER_BLANKS, ' ').replace(NOTHING, '').normalize('NFKC');
  return PROHIBITED.test(mapped) ? undefined : mapped;
}
