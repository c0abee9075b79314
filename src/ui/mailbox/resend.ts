// From an edited message and an envelope to a command line that sends it: swaks with a file, as one would type it.

/** How it is handed over. */
export interface ResendPlan {
  /** '' is the null sender. */
  readonly from: string;
  readonly to: readonly string[];
  readonly file: string;
  /** Absent: straight to the recipient's MX. */
  readonly submission?: { readonly server: string; readonly user: string; readonly password: string };
}

/** A word as a shell needs it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Addresses as somebody typed them, separated by commas, semicolons, blanks or lines. */
export function typedAddresses(text: string): readonly string[] {
  return text
    .split(/[,;\s]+/)
    .map((one) => one.replace(/^<|>$/g, ''))
    .filter((one) => one !== '');
}

/** What would break out of a command of SMTP. A server judges the rest. */
export function isEnvelopeAddress(address: string): boolean {
  // eslint-disable-next-line no-control-regex -- controls are what it is about
  return address.length <= 320 && !/[\x00-\x20<>,\x7f]/.test(address);
}

export function resendCommand({ from, to, file, submission }: ResendPlan): string {
  const words = ['swaks', '--from', from === '' ? '<>' : from, '--to', to.join(',')];
  if (submission !== undefined) {
    words.push('--server', submission.server);
    words.push(/:465$/.test(submission.server) ? '-tlsc' : '--tls');
    words.push('--auth', '--auth-user', submission.user, '--auth-password', submission.password);
  }
  words.push('--data', `@${file}`, '--suppress-data');
  return words.map(quoted).join(' ');
}
