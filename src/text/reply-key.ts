// Takes an SMTP reply line apart into the keys under which its parts are explained. RFC 5321 §4.2, RFC 3463 §2.

export interface ReplyKeys {
  /** `550` */
  readonly code: string;
  /** `5`: what the client should do now. */
  readonly first: string;
  /** `5`: what it is about. */
  readonly second: string;
  /** `5.1.1`, if the line has one. */
  readonly enhanced?: string;
  /** `1` of `5.1.1` */
  readonly subject?: string;
  /** `1.1` of `5.1.1` */
  readonly detail?: string;
}

/** Undefined when the line is no reply. */
export function replyKeys(line: string): ReplyKeys | undefined {
  const match = /^([2-5])([0-5])\d(?:[ -]|$)(?:([245])\.(\d{1,3})\.(\d{1,3})(?:\s|$))?/.exec(line.trim());
  if (match === null) return undefined;
  const [, first = '', second = '', kind, subject, detail] = match;
  const code = line.trim().slice(0, 3);
  if (kind === undefined || subject === undefined || detail === undefined) return { code, first, second };
  return {
    code,
    first,
    second,
    enhanced: `${kind}.${subject}.${detail}`,
    subject,
    detail: `${subject}.${detail}`,
  };
}
