// What is wrong with the form of a message, for those who wrote it. Placeholders in braces come from the finding.

import type { MessageLintWords } from '../message-lint.ts';

export const messageLint: MessageLintWords = {
  title: 'Form of the message',
  none: 'Nothing is wrong with the form of this message.',
  show: 'Show it',
  fix: 'What to do:',
  severity: { error: 'Error', warning: 'Warning', info: 'Note' },
  findings: {
    'FMT-NOFROM': {
      title: 'No author',
      what: 'There is no `From:` with an address. Only `Date` and `From` are mandatory, and this one is missing.',
      why: 'DMARC starts from the domain in `From:`. Without one it cannot be checked, and most servers refuse the message.',
      remedy: 'Write one line `From: Name <address>`.',
    },
    'FMT-MULTIFROM': {
      title: 'More than one author',
      what: '`From:` names {n} authors.',
      why: 'A forger can hide behind the second one. DMARC needs exactly one domain, and large providers refuse such mail.',
      remedy: 'Name one author in one `From:`; the others belong in `Cc:` or in the text.',
    },
    'FMT-DUPHDR': {
      title: '{name} stands twice',
      what: '`{name}` may stand only once in a header.',
      why: 'A signature may cover one and the reader may see the other.',
      remedy: 'Remove the one that is too many.',
    },
    'FMT-NODATE': {
      title: 'No date',
      what: 'There is no `Date:`. It is one of the two fields that every message needs.',
      why: 'Readers sort by it, and filters count its absence against the message.',
      remedy: 'Let the mail program or the submission server write it.',
    },
    'FMT-BADDATE': {
      title: 'The date cannot be relied on',
      what: '`{value}` is not a date as mail writes it ({problem}).',
      why: 'A wrong date sorts the message out of sight, and filters notice it.',
      remedy: 'Write `Mon, 23 Nov 2026 09:00:00 +0100`: weekday, day, month, year, time and zone as digits.',
    },
    'FMT-NOMID': {
      title: 'No Message-ID',
      what: 'The message has no name of its own.',
      why: 'Answers cannot refer to it, and two copies cannot be recognised as one.',
      remedy: 'Write `Message-ID: <something-unique@your.domain>`; most servers add it at submission.',
    },
    'FMT-MIDDOMAIN': {
      title: 'Message-ID of an inner name',
      what: 'Its right half is `{domain}`, a name that nobody outside knows.',
      why: 'It shows that the machine does not know its own name, as with much spam.',
      remedy: 'Give the host its full name, or set the domain for Message-IDs.',
    },
    'FMT-NOBLANK': {
      title: 'No blank line behind the header',
      what: 'In line {line} the text begins (`{text}`), but no blank line came before it.',
      why: 'The first lines of the letter are taken for header fields, and readers do not show them.',
      remedy: 'Put one empty line between header and text.',
    },
    'FMT-8BITHDR': {
      title: 'Raw special characters in {name}',
      what: '`{name}` holds bytes beyond ASCII.',
      why: 'Without SMTPUTF8 a header is ASCII only. On the way the bytes may be changed, and a signature with them.',
      remedy: 'Encode them: `=?utf-8?q?Gr=C3=BC=C3=9Fe?=`.',
    },
    'FMT-LONGLINE': {
      title: 'Line {line} is too long',
      what: 'It has {length} characters; {limit} are allowed.',
      why: 'Some server will break it, and a DKIM signature breaks with it.',
      remedy: 'Encode the text as quoted-printable or base64, or break the line.',
    },
    'FMT-BARELF': {
      title: 'A line end without its other half',
      what: 'In line {line} stands a lone {what}.',
      why: 'In mail every line ends with CR LF. Lone ones are what message smuggling is made of; servers repair or refuse them.',
      remedy: 'Write CR LF everywhere.',
    },
    'FMT-HTMLONLY': {
      title: 'Only HTML',
      what: 'There is no plain text beside the HTML.',
      why: 'Readers that show text only show nothing, and filters count it.',
      remedy: 'Send both, as `multipart/alternative`, text first.',
    },
    'FMT-BOUNDARY': {
      title: 'The parts cannot be told apart',
      what: 'The boundary between the parts is missing or never closed ({problem}).',
      why: 'Each reader guesses differently where an attachment begins.',
      remedy: 'Name the boundary in `Content-Type` and end with `--boundary--`.',
    },
    'FMT-BADB64': {
      title: 'Broken base64',
      what: 'The encoded part has a character that does not belong there, at its byte {at}.',
      why: 'What follows decodes to rubbish, or not at all.',
      remedy: 'Encode the part again, in lines of at most 76 characters.',
    },
    'FMT-EMPTYTO': {
      title: 'To nobody',
      what: 'The letterhead names no recipient.',
      why: 'Where it goes is on the envelope, but filters know this from spam.',
      remedy: 'Name the recipient in `To:`, or write `To: undisclosed-recipients:;`.',
    },
    'FMT-BCCLEAK': {
      title: 'The hidden recipients are visible',
      what: '`Bcc:` with {n} {n|address|addresses} travels with the message.',
      why: 'Everybody who gets it can read who else did.',
      remedy:
        'The sending program must take `Bcc:` out before it hands the message over; the envelope is enough.',
    },
    'FMT-REPLYFAKE': {
      title: 'An answer to nothing',
      what: 'The subject `{subject}` claims to be an answer, but no field says to what.',
      why: 'Advertisers pretend to know you. Filters see that `In-Reply-To` is missing.',
      remedy: 'Write a subject of your own, or answer with the mail program.',
    },
  },
  parts: {
    title: 'Parts',
    whole: 'The whole message',
    size: '{n} {n|byte|bytes}',
    decoded: '{n} decoded',
    hex: 'Bytes',
    hexRows: 'Bytes {from} to {to} of {all}',
    earlier: 'Earlier bytes',
    later: 'Later bytes',
    choose: 'Choose a part, and raw text and bytes show the same place.',
  },
};
