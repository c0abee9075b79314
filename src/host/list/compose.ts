// What a mailing list makes of a post: its own header fields, the tag in the subject, the footer, and the ways around DMARC.
// Bytes in, bytes out; everything else stays as it came. RFC 2369, RFC 2919, RFC 8058 §1, RFC 9989 §7.4.

import { mailDate, type Time } from '../../base/dates.ts';
import { mailboxesOf, parseAddressList } from '../../message/address.ts';
import {
  bodyOf,
  firstField,
  foldField,
  parseMessage,
  removeFields,
  type Message,
} from '../../message/header.ts';
import { listAddress, type ListChange, type MailingListConfig, type Mitigation } from './config.ts';

export interface ListPost {
  /** Without the trace fields of this list's members' own servers. Binary string. */
  readonly text: string;
  readonly changes: readonly ListChange[];
}

/** Fields that a list replaces by its own. */
const REPLACED = new Set([
  'list-id',
  'list-post',
  'list-help',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-subscribe',
  'list-owner',
  'list-archive',
  'precedence',
  'sender',
  'errors-to',
  'return-path',
  'received-spf',
]);

/** The fields of RFC 2369 and RFC 2919, and the mark against loops. */
export function listFields(config: MailingListConfig): string[] {
  const { name, domain, title, hostname } = config;
  const mail = (role: string, query = ''): string => `<mailto:${listAddress(config, role)}${query}>`;
  return [
    `X-BeenThere: ${listAddress(config)}`,
    'Precedence: list',
    `List-Id: ${title} <${name}.${domain}>`,
    `List-Post: ${mail('')}`,
    `List-Help: ${mail('request', '?subject=help')}`,
    `List-Subscribe: ${mail('join')}`,
    `List-Unsubscribe: ${mail('leave')}`,
    `List-Owner: ${mail('owner')}`,
    `List-Archive: <https://${hostname}/archives/list/${listAddress(config)}/>`,
    `Sender: ${listAddress(config, 'bounces')}`,
  ];
}

/** The author as the list shows it: `Alice via Garden <garden@linde.example>`. */
export function mungedFrom(config: MailingListConfig, message: Message): { from: string; replyTo: string } {
  const value = firstField(message, 'From')?.value ?? '';
  const [author] = mailboxesOf(parseAddressList(value));
  const address = author === undefined ? '' : `${author.localPart}@${author.domain}`;
  const shown = author === undefined ? 'Somebody' : author.name === '' ? author.localPart : author.name;
  const name = `${shown} via ${config.title}`;
  // An encoded word stands without quotes (RFC 2047 §5).
  const isPlain = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/.test(name);
  return {
    from: `${isPlain ? name : `"${name.replace(/["\\]/g, '\\$&')}"`} <${listAddress(config)}>`,
    replyTo: address,
  };
}

function footerText(config: MailingListConfig): string {
  return [
    '_______________________________________________',
    `${config.title} mailing list -- ${listAddress(config)}`,
    `To unsubscribe send an email to ${listAddress(config, 'leave')}`,
    '',
  ].join('\r\n');
}

/** A message as its fields, each with its line end, and its body. */
interface Pieces {
  fields: { readonly key: string; readonly raw: string }[];
  body: string;
}

const line = (text: string): { key: string; raw: string } => ({
  key: text.slice(0, text.indexOf(':')).toLowerCase(),
  raw: `${text}\r\n`,
});

function piecesOf(message: Message): Pieces {
  const fields = message.fields.map(({ key, raw }) => ({
    key,
    raw: raw.endsWith('\n') ? raw : `${raw}\r\n`,
  }));
  return { fields, body: bodyOf(message) };
}

const print = ({ fields, body }: Pieces): string => `${fields.map(({ raw }) => raw).join('')}\r\n${body}`;

/** Puts a field in the place of the one of that name, at the end if there is none. */
function replace(pieces: Pieces, field: string): void {
  const made = line(field);
  const at = pieces.fields.findIndex(({ key }) => key === made.key);
  if (at < 0) pieces.fields.push(made);
  else pieces.fields[at] = made;
}

const isContent = ({ key }: { readonly key: string }): boolean =>
  /^content-(?:type|transfer-encoding|disposition)$/.test(key);

/** Plain text gets the footer under it; anything else becomes the first part of a new multipart, as in Mailman. */
function addFooter(pieces: Pieces, message: Message, config: MailingListConfig): boolean {
  const type = (firstField(message, 'Content-Type')?.value ?? 'text/plain').toLowerCase();
  const encoding = (firstField(message, 'Content-Transfer-Encoding')?.value ?? '7bit').toLowerCase();
  // What is signed or encrypted inside would break.
  if (/^multipart\/(?:signed|encrypted)\b/.test(type)) return false;
  const { body } = pieces;
  const ended = body === '' || body.endsWith('\r\n') ? body : `${body}\r\n`;
  if (/^text\/plain\b/.test(type) && /^(?:7bit|8bit|quoted-printable)$/.test(encoding)) {
    pieces.body = ended + footerText(config);
    return true;
  }
  const boundary = `===============${config.name}==`;
  const inner = pieces.fields.filter(isContent).map(({ raw }) => raw);
  pieces.fields = pieces.fields.filter((field) => !isContent(field));
  pieces.fields.push(line(`Content-Type: multipart/mixed; boundary="${boundary}"`));
  pieces.body = [
    `--${boundary}\r\n${inner.join('')}\r\n${ended}\r\n`,
    `--${boundary}\r\nContent-Type: text/plain; charset="us-ascii"\r\nContent-Transfer-Encoding: 7bit\r\n`,
    `Content-Disposition: inline\r\n\r\n${footerText(config)}\r\n--${boundary}--\r\n`,
  ].join('');
  return true;
}

/** When, where and as which post. */
export interface PostStamp {
  readonly now: Time;
  readonly zoneMinutes: number;
  readonly post: string;
}

/** The post as the members get it, before ARC. */
export function distribute(
  raw: string,
  config: MailingListConfig,
  mitigation: Mitigation,
  stamp: PostStamp,
): ListPost {
  if (mitigation === 'wrap') return wrapped(raw, config, stamp);
  const changes: ListChange[] = [];
  const message = parseMessage(raw);
  const pieces = piecesOf(message);
  pieces.fields = pieces.fields.filter(({ key }) => !REPLACED.has(key));
  if (config.subjectTag) {
    const tag = `[${config.title}]`;
    const value = firstField(message, 'Subject')?.rawValue.trim() ?? '';
    if (!value.includes(tag)) {
      replace(pieces, `Subject: ${tag} ${value === '' ? '(no subject)' : value}`);
      changes.push('subject');
    }
  }
  if (mitigation === 'munge') {
    const { from, replyTo } = mungedFrom(config, message);
    replace(pieces, foldField('From', from));
    if (firstField(message, 'Reply-To') === undefined && replyTo !== '')
      pieces.fields.push(line(`Reply-To: ${replyTo}`));
    changes.push('from');
  }
  if (config.footer && addFooter(pieces, message, config)) changes.push('footer');
  pieces.fields.push(...listFields(config).map(line));
  return { text: print(pieces), changes };
}

/** The whole message as an attachment of one by the list (RFC 2046 §5.2.1): what is inside stays as it was signed. */
function wrapped(raw: string, config: MailingListConfig, { now, zoneMinutes, post }: PostStamp): ListPost {
  const message = parseMessage(raw);
  const { from, replyTo } = mungedFrom(config, message);
  const subject = firstField(message, 'Subject')?.rawValue.trim() ?? '(no subject)';
  const kept = ['To', 'Cc', 'In-Reply-To', 'References'].flatMap((name) => firstField(message, name) ?? []);
  const head = [
    foldField('From', from),
    ...(replyTo === '' ? [] : [`Reply-To: ${replyTo}`]),
    ...kept.map((field) => field.raw.replace(/\r\n$/, '')),
    `Subject: ${config.subjectTag ? `[${config.title}] ` : ''}${subject}`,
    `Date: ${mailDate(now, zoneMinutes)}`,
    `Message-ID: <${post}.${Math.floor(now / 1000)}@${config.hostname}>`,
    'MIME-Version: 1.0',
    'Content-Type: message/rfc822',
    'Content-Disposition: inline',
    ...listFields(config),
  ];
  const inner = removeFields(raw, ({ key }) => key === 'return-path' || key === 'received-spf');
  return { text: `${head.join('\r\n')}\r\n\r\n${inner}`, changes: ['from', 'wrapped'] };
}
