// The words of the panel "Server": what a learner may change on a program and what each choice does. Keyed by kind of program
// and setting (`mta.signing`); loaded with the panel. German has the same type. Backticks are code.

import { mailSettings } from './settings-mail.ts';
import { relaySettings } from './settings-relays.ts';
import { tlsSettings } from './settings-tls.ts';

export interface SettingText {
  readonly name: string;
  /** One or two sentences: what it does, and when one wants it. */
  readonly what: string;
  /** By value of a choice: a short name, and what it does. */
  readonly choices?: Readonly<Record<string, readonly [name: string, what: string]>>;
}

export interface SettingsText {
  readonly ui: typeof ui;
  readonly programs: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, SettingText>>;
  /** Why a value was refused, by the engine's word for it. */
  readonly refusals: Readonly<Record<string, string>>;
}

const ui = {
  title: 'Server settings',
  intro: 'What you may change on your servers in this world. A change works from the next message on.',
  none: 'Nothing can be changed on the servers of this world.',
  on: 'on',
  off: 'off',
  apply: 'Apply',
  applying: 'Applying …',
  reset: 'Discard',
  unsaved: 'Not applied yet',
  applied: 'Applied. It works from the next message on.',
  changed: 'Changed by you',
  showChange: 'Show the change',
  between: 'From {min} to {max}.',
  oneALine: 'One entry a line, at most {max}.',
  notSet: 'not set',
  openFilter: 'Open in the filter editor',
  scriptPlace: 'Line {line}, column {column}',
  scriptGood: 'No mistakes. It can be applied.',
  tryOn: 'Try it on a message, before it is applied',
  tryNone: 'No message has arrived yet',
  tryChoose: 'Choose a message of this world',
  tryIt: 'Try it',
  held: 'holds',
  heldNot: 'does not hold',
  tried: {
    error: 'It breaks off in line {line}: the message would be kept.',
    implicitKeep: 'It stays in the inbox: nothing cancels the implicit keep.',
    keep: 'Line {line} keeps it.',
    fileinto: 'Line {line} files it into {target}.',
    noFolder: 'Line {line} wants {target}, which does not exist: it would stay in the inbox. Use :create.',
    redirect: 'Line {line} passes it on to {target}.',
    discard: 'Line {line} throws it away; nobody hears of it.',
    reject: 'Line {line} refuses it: {target}',
    vacation: 'Line {line} answers {target}.',
    noVacation: 'Line {line} does not answer ({target}).',
    notify: 'Line {line} notifies {target}.',
    addheader: 'Line {line} adds the field {target}.',
    deleteheader: 'Line {line} removes the field {target}.',
  } as Readonly<Record<string, string>>,
  noSigners: 'No key: mail leaves this server unsigned.',
  signerOf: 'signs as `{domain}` with selector `{selector}`',
  bits: 'RSA, {bits} bits',
  ed25519: 'Ed25519',
  unreadable: 'unreadable key',
  secret: 'Private key: stays on this server and is not shown. It begins with `{start}…`',
  inDns: 'Public key is in DNS',
  otherInDns: 'DNS has another key here',
  notInDns: 'Public key is not in DNS',
  otherZone: 'Zone is not yours to edit',
  inDnsWhat: 'The published zone holds the matching record at `{name}`.',
  otherInDnsWhat:
    'The record at `{name}` belongs to another key: every signature will fail. Publish this key’s record, or use a new selector.',
  notInDnsWhat:
    'Receivers will look at `{name}` and find nothing: the signature is worth nothing. Publish the record first, then sign.',
  otherZoneWhat: 'The record belongs at `{name}`, in a zone that somebody else keeps.',
  toZone: 'Put the record into the zone',
  toZoneDone: 'It stands in the draft of {zone}. Nothing is public until you publish.',
  toZoneFailed: 'The zone text has no place for it. Open the zone and look at its errors first.',
  copyRecord: 'Copy the record',
  copied: 'Copied',
  showRecord: 'The record',
  remove: 'Remove',
  removeKey: 'Remove the key with selector {selector}',
  add: 'Add a key',
  addWhat:
    'To change keys without losing mail: add a second key under a new selector, publish its record, wait until caches know it, and only then remove the old one.',
  generate: 'Make a new key',
  paste: 'Use a key of my own',
  domain: 'Domain',
  domainWhat:
    'The domain that the signature speaks for (`d=`). For DMARC it must be that of the From address.',
  selector: 'Selector',
  selectorWhat: 'A name for this key (`s=`). Every key gets a new one, so that old signatures still verify.',
  kind: 'Kind of key',
  rsa2048: 'RSA, 2048 bits: understood by everybody',
  ed25519What: 'Ed25519: short and modern, not understood by everybody yet',
  pem: 'Private key (PEM)',
  pemWhat: 'A file that begins with `-----BEGIN PRIVATE KEY-----` or `-----BEGIN RSA PRIVATE KEY-----`.',
  make: 'Make the key',
  making: 'Making a key … up to half a second',
  makeFailed: 'No key could be made. Try again.',
  use: 'Use this key',
  cancel: 'Cancel',
  keyAdded: 'The key is in the list. Apply it to sign with it.',
  badSelector: 'A selector is made of letters, digits and hyphens, such as `s2`.',
  badDomain: 'This is no domain name, such as `wolke.example`.',
  selectorTaken: 'There is a key with this selector for this domain already. Take another name.',
  badPem: 'This is no private key in PEM form. Paste the whole file, with its first and last line.',
};

export const settings: SettingsText = {
  ui,
  programs: {
    mta: 'Mail transfer (MTA)',
    mda: 'Delivery into mailboxes (MDA)',
    reporter: 'DMARC reports',
    mailingList: 'Mailing list',
    sender: 'Sending program',
    mailClient: 'Mail program',
    nameServer: 'Name server',
    resolver: 'Resolver',
    gateway: 'Gateway',
    router: 'Router',
    webServer: 'Web server',
  },
  settings: {
    ...relaySettings,
    ...tlsSettings,
    ...mailSettings,
    'mta.myhostname': {
      name: 'Own name',
      what: 'What this server calls itself in `EHLO`, in its banner and in `Received`. Best the name that its address has in the DNS.',
    },
    'mta.virtualMailboxDomains': {
      name: 'Domains with mailboxes here',
      what: 'Mail for these domains is delivered here. For all others this server says “Relay access denied”.',
    },
    'mta.signing': {
      name: 'DKIM signing',
      what: 'Mail that this server sends out is signed with each of these keys. Receivers fetch the public half from DNS, at `selector._domainkey.domain`.',
    },
    'mta.verify.onReject': {
      name: 'When DMARC asks to reject',
      what: 'What this server does with incoming mail that fails DMARC when the sender’s domain publishes `p=reject`.',
      choices: {
        reject: ['Refuse it', 'The sending server gets a 550 and must tell its user.'],
        quarantine: [
          'Into the junk folder',
          'It is accepted and marked: nothing is lost when a mailing list broke the signature.',
        ],
      },
    },
    'mta.virtualAliasMaps': {
      name: 'Aliases',
      what: 'Lines of `virtual(5)`: an address, then where its mail goes (`sales@wolke.example alice@wolke.example`). A line that begins with `@wolke.example` catches every address of the domain: people who mistype never hear of it, and spammers hit every time. It goes before mailboxes, too: addresses that have one need a line of their own, to themselves.',
    },
    'mta.aliasMaps': {
      name: 'Local aliases (/etc/aliases)',
      what: 'Lines of `aliases(5)`: a name on this very host, a colon, and who gets its mail (`sales: alice, anna@hafen.example`). It is for addresses under the server’s own name, such as `sales@mail.wolke.example`. A name that stands for itself, too, keeps a copy.',
    },
    'mta.greylist.isOn': {
      name: 'Greylisting',
      what: 'Unknown servers are asked to come again after five minutes (`450 4.2.0`, as Postgrey does). It keeps much spam away, and makes the first letter of every new acquaintance late.',
    },
    'mta.contentChecks': {
      name: 'Virus scanner and spam filter',
      what: 'Look at mail from outside at the end of data and refuse it with a 550. They know the two test strings, EICAR and GTUBE, and nothing else.',
    },
    'mda.scripts.*': {
      name: 'Sieve script of {user}',
      what: 'What happens with mail for {user} on delivery, in the language Sieve. A script with a mistake is not activated. Mail that the server itself holds for junk goes to Junk before the script is asked.',
    },
    'mda.quota.*.bytes': {
      name: 'Limit of {user}’s mailbox: bytes',
      what: 'All folders together. Empty means: as the world says, or no limit. {user} is warned at 80 and 95 %.',
    },
    'mda.quota.*.messages': {
      name: 'Limit of {user}’s mailbox: messages',
      what: 'All folders together. Empty means: as the world says, or no limit.',
    },
    'mda.quotaFullTempfail': {
      name: 'A full mailbox is only a temporary error',
      what: 'Off: the message is refused with `552` and its sender gets a bounce at once. On: `452`, and the sender’s server tries again for days.',
    },
    'mda.recipientDelimiter': {
      name: 'Delimiter of subaddresses',
      what: 'What parts a user’s name from a folder: with a plus, `bob+news@…` is Bob’s, and lands in the folder `news` if there is one.',
      choices: {
        '+': ['Plus', '`bob+news`'],
        '-': ['Hyphen', '`bob-news`'],
        '': ['None', 'The whole name counts.'],
      },
    },
    'reporter.failureReports': {
      name: 'Failure reports',
      what: 'Whether domains that ask for it (`ruf=`) get a report about every single message that fails. Most receivers leave this off: such a report shows strangers what people write to each other.',
    },
    'sender.dkimDomain': {
      name: 'Signs as',
      what: 'The domain in `d=` of its DKIM signature. Empty: the service signs as itself. For another domain, that domain must point to the service’s key in DNS.',
    },
    'sender.returnPath': {
      name: 'Return path',
      what: 'The domain of the envelope sender, where bounces go and SPF looks. Empty: the service’s own.',
    },
    'sender.author': {
      name: 'Author',
      what: 'The address in `From:`, which readers see. Empty: as the message was written.',
    },
    'sender.signing': {
      name: 'DKIM signing',
      what: 'What this program sends is signed with each of these keys. Receivers fetch the public half from DNS, at `selector._domainkey.domain`.',
    },
  },
  refusals: {
    tooLong: 'The script is too long: at most 65536 characters.',
    badScript: 'Not activated. Line {line}, column {column}: {text}.',
    notASwitch: 'It can only be on or off.',
    notAChoice: 'Take one of the choices.',
    empty: 'Something must stand here.',
    badText: 'This is not written as it must be. Compare with the explanation above.',
    outOfRange: 'The number is too small or too large.',
    notAList: 'This is no list.',
    tooMany: 'That is too much: the list is full.',
    notASigner: 'A key needs a domain, a selector and a private key.',
    badDomain: 'The domain of a key is no domain name.',
    badSelector: 'The selector of a key is not made of letters, digits and hyphens.',
    badAlgorithm: 'The kind of key is unknown.',
    badKey: 'The private key cannot be read.',
    keyOfOtherKind: 'The private key is of another kind than said.',
    unknownSetting: 'This program has no such setting.',
    settingFixed: 'This setting is fixed in this world.',
    noSuchProgram: 'This program does not run here.',
    other: 'The server refused the change ({id}).',
  },
};
