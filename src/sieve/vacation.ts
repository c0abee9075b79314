// Whether and how an absent person's mailbox answers: a pure decision with every rule that was looked at, and the reply
// itself. Knows no queue and keeps no memory: who was answered until when is data passed in. RFC 5230 §4 and RFC 3834 §2
// first.

import { mailDate, SECOND } from '../base/dates.ts';
import type { Time } from '../base/dates.ts';
import { mailboxesOf, parseAddressList, sameAddress, splitEnvelope } from '../message/address.ts';
import { decodeHeaderText, encodeHeaderText } from '../message/encoded-word.ts';
import { allFields, firstField, foldField, parseMessage } from '../message/header.ts';
import type { Message } from '../message/header.ts';
import { messageIds } from '../message/message-id.ts';
import { addrSpec, singleAddress } from './addresses.ts';
import { asciiLower } from './match.ts';
import { crlfText, textBody } from './outgoing.ts';

/** The arguments of one `vacation` command, variables expanded. */
export interface VacationRequest {
  readonly reason: string;
  readonly days?: number;
  readonly seconds?: number;
  readonly subject?: string;
  readonly from?: string;
  readonly addresses: readonly string[];
  readonly mime: boolean;
  readonly handle?: string;
}

/** What the site allows; `max` 0 is no limit. */
export interface VacationSettings {
  readonly defaultSeconds: number;
  readonly minDaysSeconds: number;
  readonly minSecondsSeconds: number;
  readonly maxSeconds: number;
}

/** RFC 5230 §4.1: seven days unless told otherwise, one day at least; RFC 6131 §2: `:seconds` may be 0. */
export const VACATION_SETTINGS: VacationSettings = {
  defaultSeconds: 7 * 86400,
  minDaysSeconds: 86400,
  minSecondsSeconds: 0,
  maxSeconds: 0,
};

export interface VacationFacts {
  /** The message that arrived. */
  readonly message: string | Uint8Array;
  /** '' is the null path. */
  readonly reversePath: string;
  readonly recipient: string;
  /** Further addresses the mailbox is known by. */
  readonly ownAddresses: readonly string[];
  readonly now: Time;
  readonly zoneMinutes: number;
  /** Host name and a mark unique to this delivery, for the reply's Message-ID. */
  readonly host: string;
  readonly uniqueId: string;
  readonly settings: VacationSettings;
  /** Until when a key is not answered again. */
  readonly answered: Readonly<Record<string, Time>>;
}

/** The rules in the order they are asked; the first that fails ends it. */
export type VacationRule =
  | 'sender-null'
  | 'sender-system'
  | 'sender-self'
  | 'list-header'
  | 'auto-submitted'
  | 'precedence'
  | 'auto-response-suppress'
  | 'addressed-to-me'
  | 'already-answered';

export interface VacationCheck {
  readonly check: VacationRule;
  /** True: nothing against an answer. */
  readonly passed: boolean;
  readonly rule: string;
  /** What was seen: a field, an address, the time of the last answer. */
  readonly evidence?: string;
}

export interface VacationReply {
  /** MAIL FROM is always the null path (RFC 5230 §5.1, RFC 3834 §3.3). */
  readonly reversePath: '';
  readonly forwardPath: string;
  /** Binary string, CRLF. */
  readonly message: string;
}

export type VacationDecision =
  | {
      readonly send: true;
      readonly reply: VacationReply;
      readonly checks: readonly VacationCheck[];
      readonly key: string;
      readonly expires: Time;
    }
  | {
      readonly send: false;
      readonly because: VacationRule;
      readonly checks: readonly VacationCheck[];
      readonly key: string;
    };

/** RFC 5230 §4.6 and §5.2, with the names Pigeonhole adds. */
function isSystemSender(address: string): boolean {
  const local = asciiLower(splitEnvelope(address).localPart);
  return (
    local === 'mailer-daemon' ||
    local === 'listserv' ||
    local.startsWith('majordomo') ||
    local.startsWith('owner-') ||
    local.endsWith('-request')
  );
}

/** The key of one memory: sender and `:handle`, else everything that makes this answer this one (RFC 5230 §4.7). */
export function vacationKey(request: VacationRequest, reversePath: string): string {
  const handle =
    request.handle === undefined
      ? ['arguments', request.reason, request.subject ?? '', request.from ?? '', request.mime ? 'mime' : '']
      : ['handle', request.handle];
  return JSON.stringify([asciiLower(reversePath), ...handle]);
}

/** Seconds until the same sender is answered again. */
export function vacationPeriodSeconds(request: VacationRequest, settings: VacationSettings): number {
  const wanted =
    request.seconds !== undefined
      ? Math.max(request.seconds, settings.minSecondsSeconds)
      : request.days !== undefined
        ? Math.max(request.days * 86400, settings.minDaysSeconds)
        : settings.defaultSeconds;
  return settings.maxSeconds > 0 ? Math.min(wanted, settings.maxSeconds) : wanted;
}

const ADDRESS_FIELDS = ['to', 'cc', 'bcc', 'resent-to', 'resent-cc', 'resent-bcc'] as const;

/** Decides about one vacation command; `checks` ends with the rule that spoke against it, if one did. */
export function decideVacation(request: VacationRequest, facts: VacationFacts): VacationDecision {
  const message = parseMessage(facts.message);
  const sender = facts.reversePath;
  const key = vacationKey(request, sender);
  const mine = [facts.recipient, ...facts.ownAddresses, ...request.addresses.map(bare)].filter(
    (one) => one !== '',
  );
  const checks: VacationCheck[] = [];
  const pass = (check: VacationRule, rule: string, against: string | undefined): boolean => {
    checks.push({
      check,
      passed: against === undefined,
      rule,
      ...(against === undefined ? {} : { evidence: against }),
    });
    return against === undefined;
  };
  const fieldText = (name: string, value: string): string => `${name}: ${value}`;
  const firstBad = (names: readonly string[], isBad: (value: string) => boolean): string | undefined => {
    const field = message.fields.find((one) => names.includes(one.key) && isBad(one.value));
    return field === undefined ? undefined : fieldText(field.name, field.value);
  };

  const listField = message.fields.find(({ key: name }) => name.startsWith('list-') && name.length > 5);
  const suppress = (value: string): boolean =>
    asciiLower(value)
      .split(',')
      .some((word) => ['all', 'oof', 'autoreply'].includes(word.trim()));
  const hit = addressedTo(message, mine);
  const until = facts.answered[key];
  const asked: readonly (() => boolean)[] = [
    () => pass('sender-null', 'RFC 3834 §2', sender === '' || facts.recipient === '' ? '<>' : undefined),
    () => pass('sender-system', 'RFC 5230 §4.6', isSystemSender(sender) ? sender : undefined),
    () =>
      pass('sender-self', 'RFC 5230 §4.6', mine.some((one) => sameAddress(one, sender)) ? sender : undefined),
    () => pass('list-header', 'RFC 5230 §4.6', listField && fieldText(listField.name, listField.value)),
    () =>
      pass(
        'auto-submitted',
        'RFC 3834 §5',
        firstBad(['auto-submitted'], (value) => !/^no(?:$|[\s;(])/i.test(value)),
      ),
    () =>
      pass(
        'precedence',
        'RFC 3834 §2',
        firstBad(['precedence'], (value) => /^(?:bulk|list|junk)$/i.test(value.trim())),
      ),
    () =>
      pass(
        'auto-response-suppress',
        'MS-OXCMAIL §2.1.3.2.20',
        firstBad(['x-auto-response-suppress'], suppress),
      ),
    () => {
      const passed = hit !== undefined;
      const evidence = hit === undefined ? mine.join(', ') : hit.evidence;
      checks.push({ check: 'addressed-to-me', passed, rule: 'RFC 5230 §4.5', evidence });
      return passed;
    },
    () =>
      pass(
        'already-answered',
        'RFC 5230 §4.2',
        until !== undefined && until > facts.now ? mailDate(until, facts.zoneMinutes) : undefined,
      ),
  ];
  for (const ask of asked) {
    if (ask()) continue;
    return { send: false, because: (checks.at(-1) as VacationCheck).check, checks, key };
  }
  const expires = facts.now + vacationPeriodSeconds(request, facts.settings) * SECOND;
  const replyFrom = hit?.address ?? facts.recipient;
  const reply: VacationReply = {
    reversePath: '',
    forwardPath: sender,
    message: composeReply(request, facts, message, replyFrom),
  };
  return { send: true, reply, checks, key, expires };
}

/** Address of an argument such as `Ana <ana@x.example>`. */
function bare(address: string): string {
  const mailbox = singleAddress(address);
  return mailbox === undefined ? address : addrSpec(mailbox);
}

function addressedTo(
  message: Message,
  mine: readonly string[],
): { readonly address: string; readonly evidence: string } | undefined {
  for (const name of ADDRESS_FIELDS) {
    for (const field of allFields(message, name)) {
      for (const mailbox of mailboxesOf(parseAddressList(field.value))) {
        const address = addrSpec(mailbox);
        const found = mine.find((one) => sameAddress(one, address));
        if (found !== undefined) return { address: found, evidence: `${field.name}: ${address}` };
      }
    }
  }
  return undefined;
}

/** The reply (RFC 5230 §5; the field order is Pigeonhole's). */
function composeReply(
  request: VacationRequest,
  facts: VacationFacts,
  message: Message,
  replyFrom: string,
): string {
  const subjectField = firstField(message, 'subject');
  const original = subjectField === undefined ? '' : decodeHeaderText(subjectField.value);
  const wanted = request.subject ?? '';
  const subject = wanted !== '' ? wanted : original !== '' ? `Auto: ${original}` : 'Automated reply';
  const id = messageIds(firstField(message, 'message-id')?.value ?? '')[0];
  // RFC 5322 §3.6.4: References, else In-Reply-To with one identifier, then the message's own.
  const references = messageIds(firstField(message, 'references')?.value ?? '');
  const parents = messageIds(firstField(message, 'in-reply-to')?.value ?? '');
  const chain = [
    ...(references.length > 0 ? references : parents.length === 1 ? parents : []),
    ...(id ? [id] : []),
  ];
  const seconds = Math.floor(facts.now / SECOND);
  const fields: [string, string][] = [
    [
      'Message-ID',
      `<dovecot-sieve-${seconds}-${(facts.now % SECOND) * 1000}-${facts.uniqueId}@${facts.host}>`,
    ],
    ['Date', mailDate(facts.now, facts.zoneMinutes)],
    ['From', senderText(request.from, replyFrom)],
    ['To', recipientText(message, facts.reversePath)],
    ['Subject', encodeHeaderText(shortened(subject.replace(/[\r\n]+/g, ' ')))],
    ...(id === undefined ? [] : [['In-Reply-To', id] as [string, string]]),
    ...(chain.length === 0 ? [] : [['References', chain.join(' ')] as [string, string]]),
    ['Auto-Submitted', 'auto-replied (vacation)'],
    ['Precedence', 'bulk'],
    ['X-Auto-Response-Suppress', 'All'],
    ['MIME-Version', '1.0'],
  ];
  const texts = fields.map(([name, value]) => foldField(name, value));
  if (!request.mime) return crlfText(texts, textBody(request.reason));
  // RFC 5230 §4.4: the reason brings its own MIME header and blank line.
  const { body } = textBody(request.reason);
  return `${crlfText(texts, { fields: [], body: '' }).replace(/\r\n\r\n$/, '\r\n')}${body}`;
}

/** sieve_vacation_max_subject_codepoints: 256, the last one an ellipsis where something was cut. */
function shortened(subject: string): string {
  const points = [...subject];
  return points.length <= 256 ? subject : `${points.slice(0, 255).join('')}…`;
}

/** The reverse path, with the name that goes with it in the message, if any does. */
function recipientText(message: Message, reversePath: string): string {
  for (const key of ['sender', 'resent-from', 'from'])
    for (const field of message.fields)
      if (field.key === key)
        for (const mailbox of mailboxesOf(parseAddressList(field.value)))
          if (mailbox.name !== '' && sameAddress(addrSpec(mailbox), reversePath))
            return `${phraseText(decodeHeaderText(mailbox.name))} <${reversePath}>`;
  return `<${reversePath}>`;
}

/** `:from` as it was written, its name made fit for a header field; else the address that was written to. */
function senderText(from: string | undefined, replyFrom: string): string {
  const mailbox = from === undefined || from === '' ? undefined : singleAddress(from);
  if (mailbox === undefined) return `<${replyFrom}>`;
  if (mailbox.name === '') return `<${addrSpec(mailbox)}>`;
  return `${phraseText(mailbox.name)} <${addrSpec(mailbox)}>`;
}

/** A name as Pigeonhole puts it before an address: encoded where it must be, else quoted unless it is one word. */
function phraseText(name: string): string {
  const encoded = encodeHeaderText(name);
  const plain = encoded !== name || /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+$/.test(name);
  return plain ? encoded : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/** Memory without what has run out, so that it does not grow for ever. */
export function withoutExpired(record: Readonly<Record<string, Time>>, now: Time): Record<string, Time> {
  const out: Record<string, Time> = {};
  for (const [key, until] of Object.entries(record)) if (until > now) out[key] = until;
  return out;
}
