// Why it happened, in plain words: what the views answer when somebody clicks. Loaded with the first question. Evidence
// (SPF trees, DKIM bytes, DMARC tables) has its words in why.ts.

import { explainTls } from './explain-tls.ts';
import { mailTrouble } from './mail-trouble.ts';

export const explain = {
  ...explainTls,
  'why.event': 'What happened here',
  'why.host': '{host}',
  'why.link': 'The wire between {from} and {to}',
  'why.wire': 'The conversation',
  'why.envelope': 'Facts',
  'why.candidates': 'Possible next hosts',
  'why.waiting': 'What waits here',
  'why.message.wire': '“{subject}” is on its way to {host}',
  'why.message.queue': '“{subject}” waits in the queue of {host}',
  'why.message.deferred': 'Why “{subject}” has to wait on {host}',
  'why.message.inbox': 'Why “{subject}” is in the Inbox',
  'why.message.junk': 'Why “{subject}” is in Junk',
  'why.message.bounced': 'Why “{subject}” was sent back',
  'why.message.rejected': 'Why {host} rejected “{subject}”',
  'why.message.discarded': 'Why “{subject}” was thrown away',

  'why.role.desktop': 'A computer on a desk, with a mail program on it.',
  'why.role.phone': 'A phone with a mail program. It has little room, and the network comes and goes.',
  'why.role.laptop': 'Your computer. Its terminal speaks to any server on this internet.',
  'why.role.router': 'It connects your home to the internet. The whole home appears there under one address.',
  'why.role.mailServer':
    'The mail server of {domain}. It takes mail from its own people and delivers it to other domains.',
  'why.role.mx':
    'The mail exchanger of {domain}: every message from outside comes in here, and is judged here.',
  'why.role.mailboxes': 'The mailboxes of {domain}. It files each message into Inbox or Junk.',
  'why.role.nameServer': 'A name server. It answers for its own zones and for nothing else.',
  'why.role.resolver':
    'A resolver. It asks name servers until it has an answer, and remembers the answer for a while.',
  'why.role.forwarder':
    'A forwarder. It keeps no mail: whatever comes for {domain} goes on to the address that its owner has named.',
  'why.role.mailingList':
    'A mailing list lives here. What one member writes to it goes out to all of them, in a new envelope and often with a few changes.',
  'why.role.sender': 'Somebody who sends mail.',
  'why.role.impostor': 'Somebody who writes under other people’s names.',
  'why.role.middlebox':
    'It stands on the way of everything that goes to and from the host behind it. It can read and change what is not protected.',
  'why.role.webServer': 'It serves files over HTTPS, such as the MTA-STS policy.',
  'why.role.internet':
    'The network between all of them. It carries packets and does not care what is in them.',

  'why.link.latency': 'A packet needs {n} ms from one end to the other.',
  'why.link.loss': '{percent} % of all packets are lost here.',
  'why.link.modelled':
    'Modelled: the wire knows delay and loss, but no congestion. The bytes on it are real.',
  'why.link.last': 'Last conversation: {client} and {server}',
  'why.link.quiet': 'Nothing has gone over this wire yet.',

  'why.fact.host': 'This host',
  'why.fact.addresses': 'Address',
  'why.fact.resolver': 'Asks for names at',
  'why.fact.queueId': 'Queue id',
  'why.fact.reversePath': 'Envelope sender',
  'why.fact.recipients': 'Recipients',
  'why.fact.recipient': 'Recipient',
  'why.fact.size': 'Size in bytes',
  'why.fact.relay': 'Handed to',
  'why.fact.dsn': 'Status code',
  'why.fact.answer': 'Answer',
  'why.fact.authority': 'Authority',
  'why.fact.additional': 'Also told',
  'why.fact.domain': 'Domain',
  'why.fact.selector': 'Selector',
  'why.fact.algorithm': 'Algorithm',
  'why.fact.question': 'Question',
  'why.fact.validated': 'Validated (modelled)',
  'why.fact.extended': 'Extended error',
  'why.fact.status': 'Status',
  'why.column.from': 'From',
  'why.column.to': 'To',
  'why.column.subject': 'Subject',
  'why.column.preference': 'Preference',
  'why.column.host': 'Host',
  'why.column.address': 'Address',
  'why.column.verdict': 'Verdict',

  'why.connected': 'A TCP connection to port {port} stands. {server} speaks first.',
  'why.connectFailed.refused': 'The computer at {address} is there, but no program listens on port {port}.',
  'why.connectFailed.timedOut':
    'Nothing came back from {address}. A firewall that swallows packets looks just like this.',
  'why.connectFailed.hostUnreachable': 'A router says that nobody at {address} can be reached.',
  'why.connectFailed.networkUnreachable': 'This host knows no way to {address}.',
  'why.connectFailed.prohibited': 'A firewall on the way refuses port {port} of {address}, and says so.',
  'why.dropped.firewall':
    'A rule of {by} drops what goes to port {port}. The sender is not told; it only waits.',
  'why.dropped.loss': 'Networks lose packets. TCP sends again what was lost; DNS asks again.',
  'why.dropped.noRoute': '{by} has no route to this address.',
  'why.dropped.noHost': 'The address belongs to nobody in this world.',
  'why.dropped.linkDown': 'The wire is broken.',
  'why.dropped.hostDown': 'The computer is switched off.',
  'why.passed': 'You let time pass. Everything that was due in it has happened, in order.',

  'why.reply.2': '{code}: a reply that starts with 2 means done.',
  'why.reply.3': '{code}: a reply that starts with 3 means go on, I am listening.',
  'why.reply.4': '{code}: a reply that starts with 4 means not now. The sender should try again later.',
  'why.reply.5': '{code}: a reply that starts with 5 means no, and trying again will not help.',
  'why.reply.relay':
    '{host} takes mail for its own domains only, and passes mail on only for its own people. Otherwise everybody could send spam through it.',
  'why.reply.userUnknown': 'There is no such mailbox. {host} says so at once, before the message is sent.',
  'why.reply.senderDomain':
    'The domain of the envelope sender does not exist in the DNS, so no answer could ever go back.',
  'why.reply.notSmtp':
    'What was sent looks like a web browser, a web form or a header line. {host} hangs up on such clients.',
  'why.reply.order':
    'The commands have an order: greeting, sender, recipients, text. One was left out or came too early.',
  'why.reply.syntax': 'The command was understood, but not its argument.',
  'why.reply.unknownCommand': '{host} does not know this word as a command.',
  'why.reply.tooFast':
    'The client sent on without waiting for the reply. Spam programs do that, so {host} hangs up.',
  'why.reply.header8bit':
    'It was taken, but its header field {name} holds raw bytes beyond ASCII, and the sender did not ask for SMTPUTF8 (`HDR-8BIT`). The next server may change them, and a reader must guess their character set. Right would be an encoded word: `=?UTF-8?Q?J=C3=BCrgen?=`.',
  'why.reply.queued':
    'From now on {host} is responsible: it delivers the message or reports that it could not.',
  'why.reply.data':
    'Now the letter itself: headers, an empty line, text, and a line with a single dot at the end.',
  'why.reply.dmarc':
    'The author’s domain asks receivers to refuse what does not prove to come from it, and {host} does.',
  'why.said.EHLO': 'EHLO says hello: the client gives its name and asks what the server can do.',
  'why.said.HELO': 'HELO is the old greeting, without the list of abilities.',
  'why.said.LHLO': 'LHLO is the greeting of LMTP, the protocol between a mail server and its mailboxes.',
  'why.said.MAIL':
    'MAIL FROM writes the sender on the envelope. Reports about trouble go there. Nobody checks it here yet.',
  'why.said.RCPT':
    'RCPT TO writes one recipient on the envelope. Only the envelope decides where the message goes.',
  'why.said.DATA': 'DATA asks to hand over the letter itself.',
  'why.said.RSET': 'RSET throws the envelope away and starts anew.',
  'why.said.NOOP': 'NOOP does nothing and shows that both are still there.',
  'why.said.QUIT': 'QUIT ends the conversation politely.',
  'why.said.VRFY': 'VRFY asks whether an address exists. Most servers keep that to themselves.',
  'why.said.STARTTLS': 'STARTTLS asks to go on encrypted.',
  'why.said.AUTH': 'AUTH logs in.',
  'why.said.message': 'This is the letter: headers and text. The envelope was told before, in MAIL and RCPT.',
  'why.said.textLine':
    'After 354 everything is letter, whatever it looks like, until a line holds a single dot.',
  'why.said.finalDot':
    'A line with a single dot ends the letter. Now the server decides whether it takes it.',
  'why.lmtp':
    'This is LMTP, the last metre: the mail server hands the message to the mailboxes, one answer per recipient.',

  'why.dns.title': 'Question and answer',
  'why.dns.authoritative': '{server} answers for this name itself: what it says is what is published.',
  'why.dns.referral': '{server} does not know, but knows who knows more.',
  'why.dns.cached': '{server} did not ask anybody: it remembered the answer from before.',
  'why.dns.recursive': '{server} asked its way down from the root to find this answer.',
  'why.dns.ttl': 'It may be remembered for {n} more {n|second|seconds}.',
  'why.dnsTimeout':
    'The question for {name} {type} got no answer in time. The name server is down, or cannot be reached.',

  'why.configured':
    'You changed the setting {setting} of the program {program} on {host}. It works from the next message on; what is already under way keeps the old one.',
  'why.zone.published': 'From now on the name server answers from the new text of {zone}, serial {serial}.',
  'why.zone.caches': 'Resolvers that remember old records go on using them until their time is up.',
  'why.step.query': '{client} asks {resolver}: {name} {type}?',
  'why.step.joined': '{client} wants to know the same; both get the one answer.',
  'why.step.cached.records': 'It remembers the answer, for {n} s more (heard from {server}).',
  'why.step.cached.cname': 'It remembers that {name} is an alias, for {n} s more.',
  'why.step.cached.nxdomain': 'It remembers that {name} does not exist, for {n} s more.',
  'why.step.cached.nodata': 'It remembers that {name} has no {type} record, for {n} s more.',
  'why.step.cached.servfail': 'It failed at this a moment ago and does not try again so soon.',
  'why.step.start.root': 'It knows nothing about that yet and begins at the root: {hosts}.',
  'why.step.start.known': 'It remembers who knows {zone}: {hosts} ({n} s more).',
  'why.step.asked': 'It asks {server}, a server of {zone}.',
  'why.step.asked.root': 'It asks {server}, a root server.',
  'why.step.asked.tcp': 'It asks {server} again, over TCP.',
  'why.step.referral':
    '{server} does not know, but knows who does: {hosts} for {to}. To be remembered for {n} s.',
  'why.step.referral.bare': '{server} sends it on to {hosts} for {to}, without telling their addresses.',
  'why.step.answer': '{server} has the answer: {value}. To be remembered for {n} s.',
  'why.step.cname': '{server}: {name} is an alias of {target}. Now that name is looked for.',
  'why.step.nxdomain': '{server}: {name} does not exist. That, too, is remembered, for {n} s.',
  'why.step.nodata': '{server}: {name} exists, but has no {type} record. Remembered for {n} s.',
  'why.step.timeout': '{server} is silent. Waited {n} ms.',
  'why.step.unreachable': '{server} cannot be reached: {why}.',
  'why.step.lame':
    '{server} is named as a server of {zone} but knows nothing of it ({why}): a lame delegation.',
  'why.step.truncated': 'The answer of {server} does not fit into a datagram (TC).',
  'why.step.no-edns': '{server} does not understand EDNS; once more without it.',
  'why.step.addressWanted': 'First it needs the address of {host}.',
  'why.step.missingGlue':
    '{host} lies in {zone}, which it serves, and nobody above said its address: missing glue.',
  'why.step.addressLoop': 'To find {host} it would have to know {host}: a circle.',
  'why.step.ignored': 'Something came from {server} that nobody had asked for; it is ignored.',
  'why.step.replied': '{resolver} answers {client}: {rcode}.',
  'why.step.failed.silent': 'No server of the zone answered. SERVFAIL: it could not find out.',
  'why.step.failed.lame': 'None of the servers that should know the zone was of use. SERVFAIL.',
  'why.step.failed.address': 'The address of no name server could be found. SERVFAIL.',
  'why.step.failed.loop': 'The aliases lead in a circle. SERVFAIL.',
  'why.step.failed.chain': 'The chain of aliases is too long. SERVFAIL.',
  'why.step.failed.queries': 'It would take too many questions. SERVFAIL.',
  'why.step.failed.time': 'It took too long. SERVFAIL.',
  'why.step.failed.lately':
    'It failed a moment ago, and a failure is remembered for a short while. SERVFAIL.',
  'why.step.failed.bogus':
    'The DNSSEC signatures do not prove the answer (bogus), so it is withheld. SERVFAIL. In Ehlo, signatures are a model: none travel.',

  'why.copy.what':
    '{server} is a second name server of {zone}. It does not read the zone file: it fetches a copy from the first one.',
  'why.copy.transferred':
    'The serial {serial} was newer than its own, so it fetched the whole zone (AXFR over TCP).',
  'why.copy.current':
    'It asked for the serial and was told {offered}; its copy has {serial}. Only a newer serial makes it fetch the zone. Whoever changes a zone and forgets the serial leaves this server with the old records.',
  'why.copy.failed':
    'It could not get the zone: {why}. It goes on answering from its old copy and tries again after the time that the SOA calls “retry”.',
  'why.copy.expired':
    'For as long as the SOA allows (“expire”) it could not reach the first server. An old copy is worse than none, so it answers SERVFAIL now.',
  'why.notify':
    'A NOTIFY message: the first name server tells the second one that the zone was loaded anew, so that it need not wait for its next regular look.',
  'why.flushed':
    'Its operator emptied the memory of the resolver. It asks again from the root down the next time somebody wants to know.',
  'why.zone.rejected': '{zone} has {n} {n|mistake|mistakes}. The name server goes on with the old text.',

  'why.spf.helo': 'The envelope has no sender, as reports have none. So the name in the greeting is checked.',
  'why.spf.what':
    'The server asked the DNS of {domain} who may send in its name, and compared {ip} with the list.',
  'why.spf.all.pass': 'The record lets everybody send: it ends in “{term}”.',
  'why.spf.all.fail': '{ip} is not on the list, and “{term}” at the end says: nobody else.',
  'why.spf.all.softfail': '{ip} is not on the list, and “{term}” at the end says: probably nobody else.',
  'why.spf.all.neutral': '{ip} is not on the list, and “{term}” at the end says: I do not want to say.',
  'why.spf.matched.pass': '{ip} is on the list: “{term}”.',
  'why.spf.matched.fail': '“{term}” names {ip}, and the minus says: not this one.',
  'why.spf.matched.softfail': '“{term}” names {ip}, and the tilde says: probably not this one.',
  'why.spf.matched.neutral': '“{term}” names {ip}, and the question mark says: I do not want to say.',
  'why.spf.reason.bad-domain': '“{domain}” is no domain that could be asked.',
  'why.spf.reason.no-record': '{domain} publishes no list.',
  'why.spf.reason.lookup-failed': 'The DNS did not answer. Later the result may be another one.',
  'why.spf.reason.many-records': '{domain} publishes two lists or more, and then none counts.',
  'why.spf.reason.syntax': 'The list has a mistake, and then none of it counts.',
  'why.spf.reason.default': '{ip} is not on the list, and the list does not say what that means.',
  'why.spf.reason.redirect': 'The list of {domain} points to another one, and that decided.',
  'why.spf.reason.redirect-none': 'The list of {domain} points to a domain without a list.',
  'why.spf.reason.include-none': 'The list of {domain} includes a domain without a list.',
  'why.spf.reason.include-failed': 'A list that {domain} includes is broken.',
  'why.spf.reason.too-many-lookups':
    'The list of {domain} needs more than ten DNS look-ups, and then none of it counts.',
  'why.spf.reason.too-many-voids': 'Too many names in the list of {domain} lead nowhere.',
  'why.spf.reason.too-many-mx': 'The list of {domain} names a domain with too many mail exchangers.',
  'why.dkim.what':
    'A DKIM signature is a seal: the sending domain signs headers and text, the receiver checks with a key from the DNS.',
  'why.dkim.unsigned': 'There is no seal on this message.',
  'why.dkim.pass': 'The seal of {domain} is whole: nothing that was signed was changed on the way.',
  'why.dkim.body': 'The text is not the one that {domain} signed: something changed it on the way.',
  'why.dkim.signature': 'The seal does not fit: a signed header was changed, or another key was used.',
  'why.dkim.key': 'The key {selector} of {domain} is missing, broken or not made for this.',
  'why.dkim.lookup': 'The DNS did not give the key {selector} of {domain}. Later it may.',
  'why.dkim.other': 'The seal cannot be used: the evidence below says what is wrong with it.',
  'why.dmarc.what':
    'DMARC asks one question: does anything that passed belong to {domain}, the domain that the reader sees?',
  'why.dmarc.author': 'The message has no single author whose domain could be asked.',
  'why.dmarc.no-record': '{domain} has no DMARC policy, so nothing follows.',
  'why.dmarc.bad-policy': 'The DMARC record of {domain} has no usable policy.',
  'why.dmarc.lookup-failed': 'The DNS did not answer. Later the result may be another one.',
  'why.dmarc.spf-aligned': 'Yes: SPF passed, and for the author’s own domain.',
  'why.dmarc.dkim-aligned': 'Yes: the DKIM seal is whole, and it is the author’s own.',
  'why.dmarc.both-aligned': 'Yes, twice: SPF and DKIM both speak for the author’s domain.',
  'why.dmarc.not-aligned': 'No: nothing that passed belongs to {domain}.',
  'why.dmarc.action.accept': '{domain} asks for {policy}; this server delivers it all the same.',
  'why.dmarc.action.junk': '{domain} asks to be careful with such mail ({policy}), so it goes to Junk.',
  'why.dmarc.action.reject': '{domain} asks to refuse such mail ({policy}), and this server does.',
  'why.dmarc.action.defer': 'This server cannot tell yet and asks the sender to come back later.',
  'why.stale':
    'The record that was judged is not the published one: a resolver remembered an older text ({n} s left).',
  'why.stale.absent':
    'A resolver remembered that there is no such record, although there is one now ({n} s left).',

  'why.place.dmarcQuarantine': 'DMARC failed, and {domain} asks to treat such mail as suspicious.',
  'why.place.dmarcReject': 'DMARC failed, and {domain} asks to refuse such mail.',
  'why.place.dmarcPass': 'DMARC passed: the message really comes from {domain}.',
  'why.place.spfFail':
    'SPF failed for {domain}, and there is no DMARC policy that would decide. This provider’s own rule says Junk.',
  'why.place.noVerdict': 'There is no verdict by {authservId} in the message, so nothing speaks against it.',
  'why.place.rule': 'A rule of the mailbox’s owner says so.',
  'why.place.default': 'Nothing speaks against it.',
  'why.mailbox.noSuchUser': 'There is no mailbox for {recipient}.',
  'why.mailbox.overQuota': 'The mailbox of {recipient} is full.',
  'why.mailbox.sieveReject':
    'The Sieve script of {recipient} says `reject`: the sender gets the message back with its reason.',
  'why.place.catchAll': 'Nobody has this address; the catch-all gives it to {user}.',
  'why.place.subaddress': 'The part behind the plus names the folder {folder}, and it exists.',
  'why.place.subaddressNoFolder': 'The part behind the plus, {detail}, names no folder: the inbox it is.',
  'why.place.sieveKeep': 'Line {line} of the Sieve script keeps it (`keep`).',
  'why.place.sieveImplicitKeep': 'The Sieve script did nothing that cancels the implicit keep, so it stays.',
  'why.place.sieveFileinto': 'Line {line} of the Sieve script files it into {folder}.',
  'why.place.sieveNoFolder':
    'Line {line} of the Sieve script wants the folder {folder}, which does not exist. `fileinto :create` would make it.',
  'why.place.sieveLoop': 'It came round in a circle: this mailbox had passed it on before. It stays here.',
  'why.place.sieveCopy': 'A copy of what the script sent, in {folder} (`:fcc`).',
  'why.place.sieveError':
    'The Sieve script broke off in line {line}. Then everything it wanted is void, and the message is kept.',
  'why.place.redirectRefused': 'The mail server refused to pass it on, so it stays here.',
  'why.access.loginFailed':
    'The name or the password is wrong. The server does not say which, so that nobody can find out who has a mailbox here.',
  'why.mailbox.imported':
    '{n} {n|message|messages} from the file {file} {n|was|were} put here by hand. No server sent {n|it|them}: there is no envelope, no SPF check and no way to show, only what stands in the {n|message itself|messages themselves}.',
  'why.access.flags':
    'IMAP keeps the flags on the server. Every device that looks into this folder sees the same ones.',
  'why.access.markedDeleted':
    '\\Deleted is only a flag. The message lies there until somebody says EXPUNGE or closes the folder with CLOSE.',
  'why.access.imap.login': 'From here on the session belongs to this user. No folder is open yet.',
  'why.access.imap.selected':
    'IMAP works in one folder at a time. Message numbers count from 1 in the folder that is open.',
  'why.access.imap.read':
    'BODY[] hands out the text and sets \\Seen: every device will show the message as read.',
  'why.access.imap.peeked':
    'BODY.PEEK[] hands out the same bytes as BODY[] and leaves the flags alone: for every other device the message is still unread.',
  'why.access.imap.expunged':
    'EXPUNGE removes what carries \\Deleted. The messages behind move up, so their numbers change; their UIDs do not.',
  'why.access.imap.moved':
    'MOVE is one step: the message gets a new UID in the other folder and disappears here.',
  'why.access.imap.copied': 'COPY leaves the original where it is.',
  'why.access.imap.appended':
    'APPEND puts a whole message into a folder, as mail programs do with what you sent. No mail was sent by that.',
  'why.access.pop3.login':
    'The mailbox is locked for this session and its messages are numbered. What arrives now is seen at the next login.',
  'why.access.pop3.retrieved': 'RETR sends a copy. The message stays on the server until it is deleted.',
  'why.access.pop3.removed': 'DELE only marks. POP3 deletes in the UPDATE state, and only QUIT leads there.',
  'why.access.pop3.kept':
    'The session ended without QUIT, so it never reached the UPDATE state. The marks are forgotten and all messages stay.',
  'why.tls.established':
    'Both ends have agreed on keys. Whoever listens from here on sees how much is sent, but not what.',
  'why.tls.verified':
    'The certificate leads to an authority that the client trusts: OpenSSL’s verify return code is 0.',
  'why.tls.unverified':
    'The certificate was found wanting: OpenSSL’s verify return code is {code}. The data is encrypted all the same, but who is at the other end is not certain.',
  'why.tls.modelled':
    'Modelled: the certificates are real and really checked, the encryption of the records is a model.',
  'why.tls.failed.noTls':
    'What came was no TLS record. Usually one side talks plain text where the other expects a handshake, or the reverse.',
  'why.tls.failed.sentAlert':
    'This side found something it does not accept, said so with the alert “{alert}” and hung up.',
  'why.tls.failed.gotAlert': 'The other side refused with the alert “{alert}”. The reason is on its side.',
  'why.tls.failed.ended': 'The other side was gone before both had agreed on keys.',
  'why.fact.tlsVersion': 'Version',
  'why.fact.cipher': 'Cipher',
  'why.fact.serverName': 'Name asked for (SNI)',
  'why.fact.certificate': 'Certificate of',
  'why.sieve.error': 'The script broke off in line {line}: the message is kept as if there were no script.',
  'why.sieve.implicitKeep': 'Nothing cancelled the implicit keep: the message stays in the inbox.',
  'why.sieve.keep': 'Line {line} keeps it.',
  'why.sieve.fileinto': 'Line {line} files it into {target}.',
  'why.sieve.redirect': 'Line {line} passes it on to {target}.',
  'why.sieve.discard': 'Line {line} throws it away; the sender hears nothing of it.',
  'why.sieve.reject': 'Line {line} refuses it: {target}',
  'why.sieve.vacation': 'Line {line} answers {target}.',
  'why.sieve.notify': 'Line {line} notifies {target}.',
  'why.sieve.addheader': 'Line {line} adds the field {target}.',
  'why.sieve.deleteheader': 'Line {line} removes the field {target}.',
  'why.sieve.no.sender-null': 'No vacation reply: the message has no sender to answer (`<>`).',
  'why.sieve.no.sender-system': 'No vacation reply: the sender is a system address.',
  'why.sieve.no.sender-self': 'No vacation reply: one does not answer oneself.',
  'why.sieve.no.list-header': 'No vacation reply: the message came over a mailing list.',
  'why.sieve.no.auto-submitted': 'No vacation reply: a machine wrote the message.',
  'why.sieve.no.precedence': 'No vacation reply: the message calls itself bulk or list mail.',
  'why.sieve.no.auto-response-suppress': 'No vacation reply: the message asks for none.',
  'why.sieve.no.addressed-to-me':
    'No vacation reply: neither To nor Cc names this mailbox. `:addresses` can name more addresses.',
  'why.sieve.no.already-answered': 'No vacation reply: this sender had one within the period.',
  'why.sieve.copy.redirect':
    'The message goes on to {to}. Its envelope sender stays {sender}, so SPF will judge this server.',
  'why.sieve.copy.vacation':
    'A reply to {to}, with the empty envelope sender: nothing can answer it automatically.',
  'why.sieve.copy.notify': 'A short note to {to}.',
  'why.sieve.result.sent': 'The mail server took the message for {to}.',
  'why.sieve.result.refused': 'The mail server refused the message for {to}.',
  'why.sieve.result.kept': 'It goes into the mailbox after all: nothing is lost.',
  'why.sieve.steps': 'What {user}’s script looked at',
  'why.sieve.head.line': 'Line',
  'why.sieve.head.step': 'Command or test',
  'why.sieve.head.looked': 'Looked at',
  'why.sieve.head.result': 'Held',
  'why.quota.warning': 'The mailbox of {user} has passed {percent} % of its limit.',
  'why.quota.bytes': '{used} of {limit} bytes are in use.',
  'why.quota.messages': 'It holds {used} of {limit} messages.',

  'why.queue.accepted': '{host} has taken responsibility and wrote the message to its disk as {queueId}.',
  'why.queue.warning':
    '{host} tells the sender once that the message still waits. Nothing is lost, and it goes on trying.',
  'why.queue.bounce': '{host} wrote a report about the failed delivery, and sends it like any other message.',
  'why.queue.bounceSender':
    'Its envelope sender is empty, so that a report about the report cannot start a loop.',
  'why.queue.active': 'It is this message’s turn to be delivered.',
  'why.queue.route.mx':
    'The MX records of {domain} say which host takes its mail; the smallest preference comes first.',
  'why.queue.route.implicitMx': '{domain} has no MX record. Then its own address is the mail exchanger.',
  'why.queue.route.literal': 'The address names a host by number; no DNS is needed.',
  'why.queue.route.transport': '{domain} is delivered here: the configuration names the next host.',
  'why.queue.route.none': 'For {domain} no host was found that takes its mail.',
  'why.queue.deferred': 'It did not work this time: {reason}',
  'why.queue.retries':
    'The message stays in the queue. The server tries again, with longer and longer pauses, for up to five days.',
  'why.queue.result.sent': '{relay} took the message for {recipient}.',
  'why.queue.result.deferred': '{relay} could not take the message for {recipient} now.',
  'why.queue.result.bounced': '{relay} refused the message for {recipient} for good.',
  'why.queue.result.expired': 'The message for {recipient} could not be delivered for too long.',
  'why.queue.result.discarded': 'The message for {recipient} was thrown away on purpose.',
  'why.queue.bounced': 'The sender is told that {recipient} could not be reached.',
  'why.queue.removed': 'All recipients are dealt with. The message leaves the queue.',
  'why.message.list': '“{subject}” has reached the mailing list on {host}',
  'why.place.dmarcOverridden': 'DMARC failed for {domain}, but this provider had a reason to let it pass.',
  'why.reply.spfFail':
    '{host} looks at the sender of the envelope alone: this address is not on the list of the sender’s domain. It never sees the letter, so neither a signature nor DMARC can speak for it, and nobody gets a report.',
  'why.reply.spfError': '{host} could not make sense of the sender’s SPF record.',
  'why.reply.reverseName':
    '{host} wants to know who calls: the address must have a name in the DNS, and the name must lead back to the address.',
  'why.reply.blockList':
    'Somebody keeps a list of addresses that send spam, and {host} asks it before it accepts anything.',
  'why.reply.srs':
    'The address was rewritten by a forwarder. It carries a seal and a date, so that nobody else can use it.',
  'why.spf.atRcpt': 'This was decided at RCPT, before the letter was sent: DKIM and DMARC had no say.',
  'why.dmarc.override.policy_test_mode': 'The policy is only being tested (t=y), so one step milder.',
  'why.dmarc.override.trusted_forwarder':
    'The server that brought it is a forwarder that is trusted here. It broke SPF by handing the message on, not the author.',
  'why.dmarc.override.mailing_list':
    'It comes from a mailing list that this receiver knows, and the list’s own domain vouches for it.',
  'why.dmarc.override.local_policy':
    'This receiver follows RFC 9989: a policy of reject alone is no reason to refuse, since lists and forwarders break authentication without any bad intent.',
  'why.dmarc.override.other': 'This receiver had another reason to act otherwise.',
  'why.dmarc.override.arc': 'In reports it says so: {comment}',
  'why.client.reverseName':
    'Before it takes any mail, this server looks who calls: which name does {address} have?',
  'why.client.reverseName.pass': '{address} is called {name}, and that name leads back to it.',
  'why.client.reverseName.reject':
    '{address} has no name, or one that does not lead back to it. Serious mail servers have one.',
  'why.client.blockList':
    'A block list is a DNS zone: this server turned {address} around and looked it up in {list}.',
  'why.client.blockList.reject': 'There is an entry: {address} is listed.',
  'why.client.blockList.pass': 'There is no entry: {address} is not listed.',
  'why.client.blockList.noAnswer':
    'The list did not answer. That must never cost anybody’s mail, so it counts as “not listed”.',
  'why.alias.virtual':
    'A virtual alias: the address {address} is replaced by where it leads, before anything is delivered. Nobody gets it twice.',
  'why.alias.local':
    'A line of /etc/aliases: {address} is a name for others. Boxes on this host get the message at once; for everybody else it is queued anew, with {address} written into `Delivered-To`.',
  'why.alias.nested': 'Aliases may name aliases; here {n} were followed.',
  'why.aliasLoop.aliases':
    'The lines lead from {address} back to a name that was followed already, and nobody on the way has a mailbox. The server gives up instead of turning for ever. Mend the aliases.',
  'why.aliasLoop.deliveredTo':
    '{address} stands in `Delivered-To` already: this server has handed the message on for that very address, and somebody sent it back. Without this mark it would go round until it has fifty `Received` lines.',
  'why.hopBudget':
    'Servers know a loop by `Received` and `Delivered-To`. Somebody takes these lines off, so the simulator counts itself and stops after {limit}. Nothing is lost: the message is on hold.',
  'why.fact.aliases': 'Aliases',
  'why.fact.aliasTargets': 'They lead to',
  'why.greylist.what':
    'Greylisting (Postgrey): who comes for the first time with this sender and this recipient is sent away with a temporary error. A real mail server comes again after some minutes; most programs that send spam do not.',
  'why.greylist.new': 'This network, sender and recipient have not been seen together before.',
  'why.greylist.early-retry': 'They were seen, but less than five minutes ago.',
  'why.greylist.pass':
    'They waited long enough and came again within two days. The waiting time is written into the letter: `X-Greylist`.',
  'why.greylist.known':
    'Five letters from the network of {address} came through before, so it is not asked any more.',
  'why.content.virus':
    'A part of the message is the EICAR test file. It is refused at the end of data, so the sending server tells its user; nothing is delivered or bounced from here.',
  'why.content.spam':
    'The text holds the GTUBE test string, for which SpamAssassin gives a thousand points; five are enough for spam.',
  'why.content.test':
    'Both strings are harmless and exist only to try out filters. This simulator’s scanner knows nothing but these two.',
  'why.srs.forward':
    'This message is handed on. With the old sender, SPF would ask whether this forwarder may send for that domain. So the forwarder puts itself in and folds the old sender into the address.',
  'why.srs.alignment':
    'SPF passes now, but for the forwarder. It does not belong to the author’s domain, so DMARC gains nothing by it.',
  'why.srs.reverse':
    'A bounce came back to the address that was made here. The seal in it is right and it is young enough, so it goes to the old sender.',
  'why.srs.refused':
    '{problem}. Only what was made here, and not long ago, is turned back. Otherwise anybody could send mail through this server.',
  'why.arc.historic':
    'ARC was an experiment (RFC 8617). It has been concluded, and ARC is on its way to “historic”: you still see its seals, but you should not build on it.',
  'why.arc.sealed': '{domain} writes down what it found when the message came in, and seals that.',
  'why.arc.title': 'The chain of seals, first to last',
  'why.arc.none': 'There are no seals on this message.',
  'why.arc.pass': 'All seals are whole: {sealers}.',
  'why.arc.fail': 'The chain does not hold.',
  'why.arc.reason.no-chain': 'There is no chain.',
  'why.arc.reason.ok': 'All is well.',
  'why.arc.reason.too-many-sets': 'There are more than 50 sets.',
  'why.arc.reason.marked-failed': 'An earlier sealer said already that the chain was broken.',
  'why.arc.reason.bad-field': 'A field of set {n} cannot be read.',
  'why.arc.reason.field-missing': 'A field of set {n} is missing.',
  'why.arc.reason.field-repeated': 'Set {n} has a field twice.',
  'why.arc.reason.gap': 'Set {n} is missing.',
  'why.arc.reason.chain-value': 'Set {n} says something impossible about those before it.',
  'why.arc.reason.message-signature': 'The message was changed after set {n} was made.',
  'why.arc.reason.seal': 'The seal of set {n} is wrong.',
  'why.arc.trust.trusted':
    'This receiver trusts the sealers by name, and the first of them found the author authentic.',
  'why.arc.trust.no-chain': 'There is nothing to trust.',
  'why.arc.trust.chain-failed': 'A broken chain counts for nothing.',
  'why.arc.trust.sealer-not-trusted':
    'A whole chain proves only who sealed. This receiver does not know {strangers}, so it counts for nothing: anybody can seal.',
  'why.arc.trust.author-not-authentic':
    'The first sealer did not find the author authentic either, so there is nothing to save.',
  'why.column.instance': 'No.',
  'why.column.sealer': 'Sealed by',
  'why.column.seal': 'Seal',
  'why.column.messageSignature': 'Message',
  'why.column.found': 'Found on arrival',
  'why.fact.details': 'In detail',
  'why.fact.verify': 'Result of the check (OpenSSL’s number)',
  'why.fact.reverseName': 'Name',
  'why.fact.blockList': 'Block list',
  'why.fact.listSays': 'It says',
  'why.fact.srsFrom': 'Before',
  'why.fact.srsTo': 'After',
  'why.fact.instance': 'Number of the set',
  'why.fact.chain': 'The chain before',
  'why.list.accept': 'The mail server hands everything for the list {list} to the list program.',
  'why.list.distribute.none':
    'The list sends a copy to each of its {n} {n|member|members}. The author stays in From, the envelope is the list’s own.',
  'why.list.distribute.munge':
    'The author’s domain asks others to refuse or suspect mail (p={policy}). So the list puts its own address into From, and the author into Reply-To.',
  'why.list.distribute.wrap':
    'The author’s domain asks others to refuse or suspect mail (p={policy}). So the list sends a message of its own with the post inside, untouched.',
  'why.list.reject.notMember': 'Only members may post here. The author gets a note.',
  'why.list.reject.dmarcPolicy':
    'The author’s domain asks receivers to refuse what does not come from its own servers (p={policy}). The list is set not to try. The author gets a note.',
  'why.list.discard.loop':
    'The list’s own mark (X-BeenThere) is in it already. To send it again would go on for ever.',
  'why.list.discard.automatic':
    'It has no sender or says that a machine wrote it. A list that answered or distributed that would talk to other machines for ever.',
  'why.list.count.bounce':
    'It is a report about a copy that could not be delivered. The list reads whom it is about.',
  'why.list.command.command': 'It is a request to the list itself.',
  'why.list.forward.owner': 'It is for the person who looks after the list.',
  'why.list.changed.subject':
    'It put a tag before the subject. If the author’s signature covers the subject, it is broken now.',
  'why.list.changed.footer':
    'It put a few lines under the text. The hash of the body is another one now: the author’s signature is broken.',
  'why.list.changed.from':
    'From names the list now, so DMARC asks the list’s domain, which signs and is on its own SPF record.',
  'why.list.changed.wrapped': 'The author’s message is an attachment now.',
  'why.list.changed.sealed':
    'It added an ARC set. ARC is on its way to “historic”; it helps only where a receiver trusts this list by name.',
  'why.list.unchanged': 'It changed nothing that was signed, so the author’s signature still holds.',
  'why.list.danger':
    'The author’s domain says p=reject. Strict servers will refuse the copies, although nobody did anything wrong.',
  'why.list.copy': 'If it cannot be delivered, the report goes to {sender}, not to the author.',
  'why.list.result.sent': 'The list’s mail server took the copy for {member}.',
  'why.list.result.refused': 'The list’s mail server refused the copy for {member}.',
  'why.list.bounce':
    'The copy for {member} came back. That makes {score} of {threshold}; then the list takes the address for dead.',
  'why.list.bounceOncePerDay': 'There was one today already: one a day counts.',
  'why.list.innocent':
    'But {member} is not dead. The receiving server obeyed the policy of the author’s domain, and the list cannot tell the difference. In 2014 thousands lost their lists in this way.',
  'why.list.member.bouncedOff':
    '{member} is no longer a member of {list}: too many copies came back. Nobody asked the member.',
  'why.list.member.joined': '{member} asked for it by mail.',
  'why.list.member.left': '{member} asked for it by mail.',
  'why.queue.discarded': 'It was thrown away: {reason}. A report about a report would never end.',
  'why.fact.row': 'The row in the report',
  'why.report.collected':
    '{host} reports to {domain} what it saw. This message becomes a row in the report that leaves at midnight UTC; alike messages share a row and are counted.',
  'why.report.sent':
    '{host} counted {n} messages that named {domain} as their author, passed or not. Its DMARC record asks for the count at {to}.',
  'why.report.failure':
    'The record of {domain} asks for a report about every message that fails, and {host} is set to send them.',
  'why.report.withheld.no-address':
    'The DMARC record of {domain} names no address for reports. Nobody learns what {host} saw.',
  'why.report.withheld.not-allowed':
    'Reports about {domain} should go to {to}, which belongs to another domain. That domain must agree first, or anybody could flood it with reports. There is no TXT record v=DMARC1 at {name}.',
  'why.report.withheld.lookup-failed':
    'Whether {to} wants reports about {domain} could not be found out today: nobody answered for {name}.',
  'why.report.withheld.not-an-address': '{to} is no address that a report could be mailed to.',
  'why.report.withheld.bad-redirect':
    'The owner of {to} redirects reports about {domain} to yet another domain. That is not allowed.',
  'why.report.withheld.refused':
    '{host} could not hand the report for {to} to its own mail server. The log says why.',
  'why.report.withheld.failures-off':
    '{domain} asks for a report about this single message, but {host} sends none. Most receivers do not, because such a report shows strangers what people write to each other.',
  'why.report.withheld.failures-limit':
    '{host} has sent enough failure reports about {domain} today. Without a limit a forger could fill the mailbox behind {to}.',
  'why.queue.signed':
    'The server sealed the message for {domain}, with the key that stands in the DNS under {selector}.',

  'why.mail.protected':
    'On the wire there were only TLS records. These lines are what the program itself knows of the conversation; passwords and texts are left out.',
  'why.mail.words': 'In the server’s words',
  'why.mail.asked.check':
    'Somebody pressed the button for new mail. The program asks its server what has changed since the last time; only with IDLE would it be told without asking.',
  'why.mail.asked.open':
    'A folder was chosen. With IMAP it is SELECTed on the server and its list is brought up to date; with POP3 folders exist on the device alone.',
  'why.mail.asked.read':
    'A message was opened. If its text is not on the device yet, it is fetched now. BODY[] marks it as read on the server, BODY.PEEK[] does not.',
  'why.mail.asked.flag':
    'A mark was set or taken away. With IMAP it is a flag on the server, which all devices see; with POP3 it stays on the device.',
  'why.mail.asked.move':
    'Messages were moved. With IMAP they move on the server (MOVE, or COPY and EXPUNGE), and get other UIDs there.',
  'why.mail.asked.delete':
    'Messages were deleted. Into Trash that is only a move; for good it takes two steps with IMAP: the flag \\Deleted, and EXPUNGE.',
  'why.mail.asked.expunge':
    'EXPUNGE removes everything in the folder that carries \\Deleted, whoever set it.',
  'why.mail.asked.search': 'With IMAP the server searches, also in texts that the device does not have.',
  'why.mail.asked.createFolder': 'A folder was made. With IMAP it is on the server and all devices see it.',
  'why.mail.asked.send':
    'A message was written. Sending is SMTP (submission), not IMAP or POP3: another server, another port, a login of its own. It waits in the outbox until a server has taken it.',
  'why.mail.asked.sendAgain': 'What waits in the outbox is tried again.',
  'why.mail.asked.discard': 'A message was taken out of the outbox without being sent.',
  'why.mail.asked.online':
    'The network of the device was switched. What is done offline waits on the device and is made up for later.',
  'why.mail.asked.idle':
    'With IDLE the program stays connected, and the server tells it what is new without being asked.',
  'why.mail.sent':
    'The submission server answered the final dot with: {text}. From here on it is responsible for the message.',
  'why.mail.outgoing':
    'The message is in the outbox of the device. Until a server has said 250 to it, it is nowhere else.',
  'why.mail.pending': 'What was done here waits until the server has confirmed it.',
  'why.mail.messages': '{folder} on this device: {n} new or changed, {gone} gone.',
  'why.mail.dropped': 'Everything that this device knew of {folder} is void and is fetched again.',
  'why.mail.visited':
    'The visit is over: {n} {n|message stays|messages stay} on the server, {gone} {gone|was|were} deleted there.',
  'why.mail.checked': 'Up to date: {n} new {n|message|messages}, {fetched} {fetched|text|texts} fetched.',
  'why.mail.foundHere':
    'The device searched what it has: {n} found. Texts that lie on the server only were not searched.',
  'why.mail.foundThere': 'The server searched: {n} found.',
  'why.mail.idleAgain':
    'A server may hang up on a client that is silent for 30 minutes. So the program ends IDLE shortly before, and begins it anew.',
  ...mailTrouble,

  'why.action.retry': 'Let {n} min pass until the next attempt',
  'why.action.cacheForgets': 'Let {n} s pass until the cache forgets',
} as const;

export type ExplainKey = keyof typeof explain;
export type ExplainWords = Readonly<Record<ExplainKey, string>>;
