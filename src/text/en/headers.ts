// Header fields and their tokens, explained one by one: what it is, who writes it, and what to beware of. Loaded when a
// header is opened.

import type { HeaderId, Trust } from '../header-facts.ts';

export interface HeaderText {
  readonly what: string;
  readonly who: string;
  /** How far to trust it, and how it is usually forged. */
  readonly beware: string;
}

export const trust: Readonly<Record<Trust, string>> = {
  own: 'Written by your own server',
  hop: 'Reliable from your own server back to the first one you trust',
  signed: 'A claim of the sender; reliable if a valid signature covers it',
  claim: 'Anybody can write this',
};

export const writtenBy = 'Who writes it:';

export const headers: Readonly<Record<HeaderId, HeaderText>> = {
  'return-path': {
    what: 'The sender on the envelope (`MAIL FROM`). Bounces go there.',
    who: 'The last server, at delivery.',
    beware: 'Faithfully copied from the envelope; the envelope itself can be forged. SPF checks it.',
  },
  'delivered-to': {
    what: 'The mailbox the message was put into.',
    who: 'The delivering server.',
    beware: 'Also stops loops. The topmost one is yours; others may have come along.',
  },
  'x-original-to': {
    what: 'The recipient before aliases were resolved.',
    who: 'The delivering server.',
    beware: 'Tells at which of your addresses a message came in.',
  },
  received: {
    what: 'A postmark: this server took the message from that one, then. Read them from the bottom up.',
    who: 'Every server on the way, always on top.',
    beware:
      'Yours are true. Below the first foreign one everything may be invented, and forgers like to add a few.',
  },
  'authentication-results': {
    what: 'What your server found out: SPF, DKIM, DMARC.',
    who: 'The receiving server, named first.',
    beware: 'Counts only with your own server’s name. A good server removes forged ones.',
  },
  'received-spf': {
    what: 'The result of the SPF check with its reason.',
    who: 'The receiving server.',
    beware: 'Older relative of Authentication-Results. Believe the topmost only.',
  },
  'arc-seal': {
    what: 'Seals the chain of ARC results up to this hop.',
    who: 'Forwarders and lists that take part in ARC.',
    beware: 'Proves who vouches, not that they can be trusted. The ARC experiment is being wound up.',
  },
  'arc-message-signature': {
    what: 'A DKIM-like signature over the message as it was at this hop.',
    who: 'Forwarders and lists that take part in ARC.',
    beware: 'Worth as much as the one who signed.',
  },
  'arc-authentication-results': {
    what: 'The results this hop saw before it changed anything.',
    who: 'Forwarders and lists that take part in ARC.',
    beware: 'Hearsay, sealed.',
  },
  'dkim-signature': {
    what: 'A digital signature of a domain over parts of header and body. The key is in DNS.',
    who: 'The sender’s server, or its mailing service.',
    beware:
      'Proves that the domain in `d=` stands behind the message, unchanged. Says nothing about good intentions.',
  },
  from: {
    what: 'The author that readers see.',
    who: 'The sender’s mail program.',
    beware:
      'As trustworthy as the sender on a postcard. DMARC ties it to SPF or DKIM. The display name is never checked.',
  },
  sender: {
    what: 'Who really sent it, on behalf of the author.',
    who: 'The sender’s program or a mailing list.',
    beware: 'No check looks at it.',
  },
  'reply-to': {
    what: 'Where answers should go, if not to `From`.',
    who: 'The sender.',
    beware: 'Fraudsters write a trusted `From` and a `Reply-To` of their own.',
  },
  to: {
    what: 'The recipients as the author names them.',
    who: 'The sender’s mail program.',
    beware: 'Does not decide anything: the envelope did. Your address may be missing here.',
  },
  cc: {
    what: 'More recipients, for their information.',
    who: 'The sender’s mail program.',
    beware: 'As with `To`: only a note.',
  },
  bcc: {
    what: 'Hidden recipients. Stands on the envelope only.',
    who: 'Nobody, if all is well: the mail program removes it before sending.',
    beware: 'If you can read it, somebody’s program has made a mistake.',
  },
  subject: {
    what: 'The subject line. Characters beyond ASCII are encoded.',
    who: 'The author.',
    beware: 'Lists like to add a prefix, which breaks DKIM signatures.',
  },
  date: {
    what: 'When the author finished the message, by the author’s clock.',
    who: 'The sender’s mail program.',
    beware: 'Clocks go wrong and spammers lie. Compare with the postmarks.',
  },
  'message-id': {
    what: 'A name for this message, unique in the world.',
    who: 'The mail program or the first server.',
    beware: 'Should end in a domain of the sender. `localhost` there is a bad sign.',
  },
  'in-reply-to': {
    what: 'The message this one answers.',
    who: 'The mail program.',
    beware: 'Only for sorting threads.',
  },
  references: {
    what: 'The whole conversation so far, by message ids.',
    who: 'The mail program.',
    beware: 'Only for sorting threads.',
  },
  'mime-version': {
    what: 'Says that the MIME rules apply. Always 1.0.',
    who: 'The mail program.',
    beware: 'Without it attachments may show as gibberish.',
  },
  'content-type': {
    what: 'What kind of content follows: text, HTML, several parts, an image.',
    who: 'The mail program.',
    beware: 'The claim and the content may differ; attackers make use of it.',
  },
  'content-transfer-encoding': {
    what: 'How the bytes are packed for the journey: as they are, quoted-printable or base64.',
    who: 'The mail program; servers may repack.',
    beware: 'Repacking breaks DKIM signatures.',
  },
  'content-disposition': {
    what: 'To be shown in place or saved as a file, and under which name.',
    who: 'The mail program.',
    beware: 'The file name is the sender’s choice: `invoice.pdf.exe`.',
  },
  'content-id': {
    what: 'Names a part so that HTML can refer to it.',
    who: 'The mail program.',
    beware: 'Harmless.',
  },
  'content-description': {
    what: 'A few words about this part.',
    who: 'The mail program.',
    beware: 'Harmless.',
  },
  'list-id': {
    what: 'Which mailing list this came through.',
    who: 'The list’s software.',
    beware: 'Good for sorting, no proof.',
  },
  'list-unsubscribe': {
    what: 'How to leave the list: an address or a link.',
    who: 'The list or newsletter service.',
    beware: 'Large providers demand it of bulk senders. In spam, a click confirms that you exist.',
  },
  'list-unsubscribe-post': {
    what: 'Leaving takes a single click, without any page.',
    who: 'The newsletter service.',
    beware: 'Valid only if a DKIM signature covers it.',
  },
  'list-help': {
    what: 'Where to get help with the list.',
    who: 'The list’s software.',
    beware: 'No proof of anything.',
  },
  'list-post': {
    what: 'Where to write to the list.',
    who: 'The list’s software.',
    beware: 'No proof of anything.',
  },
  'list-subscribe': {
    what: 'How to join the list.',
    who: 'The list’s software.',
    beware: 'No proof of anything.',
  },
  'list-owner': {
    what: 'Who looks after the list.',
    who: 'The list’s software.',
    beware: 'No proof of anything.',
  },
  'list-archive': {
    what: 'Where old messages can be read.',
    who: 'The list’s software.',
    beware: 'No proof of anything.',
  },
  'feedback-id': {
    what: 'Marks campaign and sender, so that complaints can be counted.',
    who: 'The mailing service.',
    beware: 'Counts only when signed.',
  },
  precedence: {
    what: '`bulk` or `list`: please no automatic replies.',
    who: 'Lists and mass mailers.',
    beware: 'An old habit; `Auto-Submitted` is its proper successor.',
  },
  'auto-submitted': {
    what: 'Written by a program. Others must not answer it automatically.',
    who: 'Bounces, vacation notices, reports.',
    beware: 'Protects against endless loops of two machines.',
  },
  'x-spam': {
    what: 'Verdict and points of the spam filter.',
    who: 'The receiving side’s filter.',
    beware: 'Spammers like to bring their own “X-Spam-Status: No”.',
  },
  'x-mailer': {
    what: 'The program it was written with.',
    who: 'The mail program.',
    beware: 'Easily invented; spam pretends to be Outlook.',
  },
  importance: {
    what: 'How urgent the sender finds it.',
    who: 'The sender.',
    beware: 'Says more about the sender than about the matter.',
  },
  'disposition-notification-to': {
    what: 'Asks for a read receipt.',
    who: 'The sender’s mail program.',
    beware: 'Nobody has to agree.',
  },
  'tls-required': {
    what: '`No`: deliver even if encryption cannot be assured.',
    who: 'The sender.',
    beware: 'Meant for mail about broken TLS.',
  },
  'bimi-selector': {
    what: 'Which of the domain’s logos to show.',
    who: 'The sender.',
    beware: 'Without DMARC at enforcement no logo.',
  },
  'x-google': {
    what: 'Google’s own notes.',
    who: 'Google’s servers, if true.',
    beware: 'Means something only inside Google.',
  },
  'x-ms': {
    what: 'Microsoft’s own notes.',
    who: 'Exchange or Outlook, if true.',
    beware: 'Means something only inside Microsoft.',
  },
  'thread-topic': {
    what: 'Subject of the conversation, Outlook’s way.',
    who: 'Outlook.',
    beware: 'Harmless.',
  },
  resent: {
    what: 'Somebody passed the message on as it was.',
    who: 'Whoever passed it on.',
    beware: 'Information only; no check looks at it.',
  },
  'x-other': {
    what: 'A private field without a standard.',
    who: 'Whoever wanted to.',
    beware: 'Means what its inventor wanted.',
  },
  other: {
    what: 'A field Ehlo has no text about.',
    who: 'Unknown.',
    beware: 'Programs skip what they do not know.',
  },
};

/** Tokens within fields; `arc.*` falls back to `dkim.*`, see `tokenText`. */
export const tokens = {
  'received.from': 'The name the client gave itself in HELO or EHLO. A claim.',
  'received.by': 'The server that wrote this line.',
  'received.via': 'Over which other network it came. Hardly used.',
  'received.with': 'How it came: ESMTP; `S` added for TLS, `A` for login; LMTP on the last metre.',
  'received.id': 'The message’s number in that server’s log.',
  'received.for': 'The recipient, shown only if there was just one.',
  'received.date': 'When the server took it, by its own clock.',
  'received.client':
    'What the server itself saw: reverse name and address of the client. `unknown` means that name and address do not confirm each other.',
  'received.software': 'The server’s program.',
  'received.tls': 'The encryption of this hop.',
  'received.auth': 'Who had logged in.',
  'received.envelope-from': 'The sender on the envelope.',
  'received.comment': 'A remark of the server.',
  'dkim.v': 'Version, always 1.',
  'dkim.a': 'Procedure: kind of key and hash.',
  'dkim.b': 'The signature itself, over the chosen fields and over this one.',
  'dkim.bh': 'Hash of the body. If it differs, the body was changed.',
  'dkim.c': 'How header and body are made uniform before: `relaxed` forgives blanks, `simple` nothing.',
  'dkim.d': 'The domain that signs. DMARC compares it with `From`.',
  'dkim.h': 'The signed fields. A name more often than the field occurs prevents a further one being added.',
  'dkim.i': 'Identity within the domain, optional.',
  'dkim.l': 'Only this many bytes of the body are signed. Dangerous.',
  'dkim.q': 'How to get the key: always `dns/txt`.',
  'dkim.s': 'Selector: which of the domain’s keys. It is at `⟨s⟩._domainkey.⟨d⟩`.',
  'dkim.t': 'When it was signed, in seconds since 1970.',
  'dkim.x': 'When the signature expires.',
  'dkim.z': 'Copy of the signed fields, for hunting faults.',
  'dkim.unknown': 'An unknown tag, ignored.',
  'arc.i': 'Number of the hop in the chain, from 1.',
  'arc.cv': 'Was the chain up to here intact? `none` at the beginning, then `pass` or `fail`.',
  'ar.server': 'Who checked. Trust only your own server’s name.',
  'ar.none': 'Nothing was checked.',
  'ar.method': 'A check and its result.',
  'ar.spf': 'May this address send for the envelope sender’s domain?',
  'ar.dkim': 'Is there a valid signature, and of which domain?',
  'ar.dmarc': 'Does SPF or DKIM pass for the domain in `From`?',
  'ar.arc': 'Is the ARC chain intact?',
  'ar.iprev': 'Do reverse name and address of the client confirm each other?',
  'ar.auth': 'Had the sender logged in?',
  'ar.dkim-adsp': 'A predecessor of DMARC, given up.',
  'ar.smime': 'Result for an S/MIME signature.',
  'ar.bimi': 'May a logo be shown?',
  'ar.dnswl': 'Is the client on a list of good senders?',
  'ar.smtp': 'What was checked, taken from the SMTP dialogue.',
  'ar.header': 'What was checked, taken from the header.',
  'ar.body': 'What was checked, taken from the body.',
  'ar.policy': 'A rule of the receiver that played a part.',
  'spf.result': 'The result: pass, fail, softfail, neutral, none, temperror or permerror.',
  'spf.client-ip': 'Address of the client.',
  'spf.envelope-from': 'The sender that was checked.',
  'spf.helo': 'Name from HELO or EHLO.',
  'spf.receiver': 'Who checked.',
  'spf.identity': 'Whether `MAIL FROM` or HELO was checked.',
  'spf.mechanism': 'The term of the record that decided.',
  'spf.problem': 'What was wrong.',
  'content-type.value': 'Kind and subkind of the content.',
  'content-disposition.value': '`inline`: show it; `attachment`: offer it as a file.',
  'parameter.boundary': 'The line that parts the parts. Must not occur in them.',
  'parameter.charset': 'Which bytes mean which letters.',
  'parameter.name': 'A file name, old style.',
  'parameter.filename': 'The suggested file name.',
  'parameter.format': '`flowed`: lines may be wrapped anew.',
  'parameter.report-type': 'Kind of report, such as a bounce.',
  'parameter.size': 'Approximate size.',
  'parameter.protocol': 'Kind of signature or encryption.',
  'parameter.micalg': 'Hash of the signature.',
  'parameter.type': 'Kind of the root part.',
  'parameter.delsp': 'Whether the blank before a wrap goes away.',
  'parameter.other': 'A further property.',
  'encoded-word': 'An encoded word: character set, kind of packing (Q or B), text.',
  'date.zone': 'Distance from world time: `+0100` is one hour ahead.',
  'msg-id': 'Identifier of a message.',
  'address.name': 'Display name. Free text that nobody checks.',
  'address.spec': 'The address: local part, @, domain.',
  'address.null': 'The empty sender: a bounce or other notice that nobody may answer with a bounce.',
  'address.group': 'A named group of addresses, sometimes empty on purpose.',
};

export type TokenId = keyof typeof tokens;
export type Headers = typeof headers;
export type Tokens = Readonly<Record<TokenId, string>>;
