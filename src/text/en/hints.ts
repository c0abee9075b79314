// What the coach says about a learner's mistake, in three steps: a nudge, the reason, an example to copy. Ids as in the
// table of learner mistakes. Never on the wire.

export type Hint = readonly [nudge: string, explain: string, example: string];

export const hints = {
  'LM-01': [
    'The server did not know that greeting. How is it spelled, and what comes after it?',
    'You introduce yourself with `EHLO` (or the old `HELO`) and the name of your own computer. Without a name there is nobody to greet.',
    'EHLO {client:laptop.wolke.example}',
  ],
  'LM-02': [
    'Look closely: something is missing right after `FROM`.',
    '`FROM` and `TO` are followed by a colon, with no blank before it, and the address stands in angle brackets.',
    'MAIL FROM:<{address:alice@wolke.example}>',
  ],
  'LM-03': [
    'Accepted. Still, one detail of the address is not how the standard wants it.',
    'Postfix forgives a blank after the colon and missing angle brackets. Stricter servers, Gmail among them, answer 555. Get used to `:<…>`.',
    'MAIL FROM:<{address:alice@wolke.example}>',
  ],
  'LM-04': [
    'That is how it looks inside a letter. You are still writing the envelope.',
    '`From:` and `To:` are header lines of the message. The envelope commands are `MAIL FROM` and `RCPT TO`. To a server, header lines in this place smell of a hacked web form, so it hung up.',
    'MAIL FROM:<{address:alice@wolke.example}>',
  ],
  'LM-05': [
    'Right command, wrong moment. What does a server have to know before the recipient?',
    'The order is fixed: greeting, sender (`MAIL`), recipients (`RCPT`), text (`DATA`). The server keeps a state and refuses whatever skips one.',
    'MAIL FROM:<{address:alice@wolke.example}>',
  ],
  'LM-06': [
    'The server has no idea yet where the message should go.',
    'Before `DATA` at least one `RCPT TO` must have been answered with 250. A refused recipient does not count.',
    'RCPT TO:<{recipient:bob@hafen.example}>',
  ],
  'LM-07': [
    'The subject comes later. Which command opens the letter?',
    'Header lines such as `{header:Subject}:` belong after `DATA`, when the server has said 354. Before that it takes you for a web form or a bot, and hangs up.',
    'DATA',
  ],
  'LM-08': [
    'Nothing is broken. The server is waiting for you.',
    'After 354 the server is silent and listens until it sees a line that holds nothing but a dot.',
    '.',
  ],
  'LM-09': [
    'The server did not say goodbye. In which mode are you?',
    'You are still inside the message: `{typed:QUIT}` has become a line of your text. End the message with a single dot first, then leave.',
    '.',
  ],
  'LM-10': [
    'Almost. Look at that dot: is it really alone?',
    'Only a dot with no blank before or after it ends the message. On the wire that is CR LF `.` CR LF.',
    '.',
  ],
  'LM-11': [
    'Something is missing between your header lines and your text.',
    'An empty line parts header and body. Without it, your first lines count as header lines, and the reader may see an empty mail.',
    'Subject: Hello\n\nDear Bob, …',
  ],
  'LM-12': [
    'Noticed? The sender on the envelope and the one in the letter differ. The server does not mind.',
    'Envelope and header are independent, as on paper. Replies go to the `From:` line, bounces to `MAIL FROM`. Whether the difference is suspicious is decided by SPF, DKIM and DMARC.',
    'Envelope {reversePath:alice@wolke.example}, header {headerFrom:ceo@bank.example}: compare both in the message view.',
  ],
  'LM-13': [
    'That is no command. You may be in a different mode than you think.',
    'Commands begin with a letter. A dot only means something after `DATA`; an address needs its verb in front. Postfix hangs up on such lines, because bots send them.',
    'NOOP',
  ],
  'LM-14': [
    'The line looks right, but there is an invisible character in it.',
    'Your terminal sent the backspace key as a byte of its own (08, `^H`) instead of deleting. The server sees every byte: open the byte view and look.',
    'Type the line again without correcting it, or copy it from here: {clean:EHLO laptop.wolke.example}',
  ],
  'LM-15': [
    'The commands work, but will the end of the text be recognised?',
    'SMTP lines end in CR LF. You sent LF only; the end of data must be CR LF `.` CR LF, so the server goes on waiting or refuses with 550.',
    'nc -C {host:mx.hafen.example} 25',
  ],
  'LM-16': [
    'The server expected something encoded here.',
    '`AUTH PLAIN` wants one piece of base64: a zero byte, the user name, a zero byte, the password. Base64 is packaging, not encryption.',
    'AUTH PLAIN {encoded:AGFsaWNlAGdlaGVpbQ==}',
  ],
  'LM-17': [
    'Since 220 the server speaks TLS. Does your program speak it too?',
    'telnet cannot do TLS. After `STARTTLS` the server waits for a TLS handshake; readable text is garbage to it.',
    'openssl s_client -starttls smtp -quiet -connect {host:mx.hafen.example}:25',
  ],
  'LM-18': [
    'That line never reached the server.',
    'In `openssl s_client` a line that begins with a capital `R` starts a renegotiation, and one with `Q` quits. `RCPT` and `QUIT` fall right into that trap.',
    'rcpt to:<{recipient:bob@hafen.example}>',
  ],
  'LM-19': [
    'The server refuses to pass this message on. Is it responsible for that domain?',
    'A mail exchanger accepts mail for its own domains only; otherwise anyone could send spam through it. Use your own submission server (port 587, with login), or the right mail exchanger of the recipient.',
    'dig {domain:hafen.example} MX +short',
  ],
  'LM-20': [
    'You spoke to a mail server in the language of the web.',
    '`GET` is HTTP. Behind port 25 waits SMTP. Postfix recognises such visitors and closes the line.',
    'telnet {host:mx.hafen.example} 25',
  ],
  'LM-21': [
    'The server keeps its address book to itself.',
    '`VRFY` and `EXPN` could be used to harvest addresses. So most servers answer 252 (“perhaps; just try”) or refuse.',
    'RCPT TO:<{recipient:bob@hafen.example}>',
  ],
  'LM-22': [
    'A mail server, yes. But the one of this domain?',
    'Not every mail server takes mail for everybody. DNS names the responsible ones in the MX records of the recipient’s domain.',
    'dig {domain:hafen.example} MX +short',
  ],
  'LM-23': [
    'You were faster than the server.',
    'Sending everything at once is allowed only where `PIPELINING` is offered, and not beyond `EHLO`, `DATA` and a few others. Elsewhere wait for each answer: spam programs do not wait, which is how servers recognise them.',
    'Send the line, wait for the reply with its three digits, then send the next one.',
  ],
  'LM-24': [
    'Would you trust somebody who introduces himself as “{name:localhost}”?',
    'Announce a full host name that leads back to your address in DNS. `localhost` or a bare number is refused by many servers, or costs points in the spam filter.',
    'EHLO {client:mail.wolke.example}',
  ],
  'LM-25': [
    'Umlauts sent as they are: does everybody along the way understand them?',
    'Header lines are ASCII. Other characters need an encoded word, or a connection with SMTPUTF8. In a password, the encoding decides which bytes are sent: UTF-8 it should be.',
    'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
  ],
  'AC-TAG': [
    'The answer begins with `{tag:LOGIN}`. Why would it?',
    '“{tag:LOGIN}” became your tag. Every IMAP command begins with a word of your choice, and the answer to it begins with the same word. The command comes second.',
    'a {typed:LOGIN alice …}',
  ],
  'AC-LITERAL': [
    'You announced a number of bytes. Did exactly that many follow?',
    'A number in braces at the end of a line says how many bytes follow; then the command goes on. Count bytes, not letters: an umlaut has two. A quoted string is easier.',
    'a LOGIN alice "brieftaube"',
  ],
  'AC-UID': [
    'There are not that many messages in this folder. What kind of number is `{number:7}`?',
    'FETCH, STORE and COPY count from 1 in the open folder. If the number is a UID, say so with `UID` in front of the command.',
    'a UID FETCH {number:7} FLAGS',
  ],
  'AC-QUOTE': [
    'One character in that password means something to IMAP.',
    'A quote opens a string and a brace announces a literal. Put the whole password into quotes, with a backslash before each `"` and `\\` in it.',
    'a LOGIN alice "my \\"odd\\" password"',
  ],
  'AC-BODY': [
    'That was a description. Did you want the message itself?',
    '`BODY` without brackets is the structure: which parts there are and how long they are. `BODY[]` is the message, and marks it as read. `BODY.PEEK[]` does not.',
    'a FETCH 1 BODY[]',
  ],
  'AC-SELECT': [
    'You are logged in, but which drawer is open?',
    'Open a drawer first: IMAP works in one folder at a time, and after LOGIN none is open.',
    'a SELECT INBOX',
  ],
  'AC-USER': [
    'A password, but whose?',
    'POP3 wants the name first and the password after it: `USER`, then `PASS`.',
    'USER alice',
  ],
  'AC-DELE': [
    'The messages are back. What did you not say before you left?',
    'POP deletes in the UPDATE state, and only `QUIT` leads there. `DELE` just marks; when the line is cut, everything stays.',
    'QUIT',
  ],
  'AC-SMTP': [
    'Right language, wrong counter. What is behind port {port:110}?',
    'SMTP hands mail in. At this port mail is fetched, with POP3 (110) or IMAP (143). For SMTP go to port 25 or 587.',
    'telnet {host:mail.wolke.example} 25',
  ],
  'AC-MAIL': [
    'Right language, wrong counter. What is behind this port?',
    'Mail is handed in here, with SMTP. It is fetched with POP3 at port 110 or IMAP at port 143.',
    'telnet {host:mail.wolke.example} 143',
  ],
  'AC-TLS': [
    'Connected, and silence. Who is waiting for whom?',
    'At port {port:993} everything is encrypted from the first byte. The server waits for a TLS handshake, and telnet cannot do one.',
    'openssl s_client -quiet -crlf -connect {host:mail.wolke.example}:{port:993}',
  ],
  'AC-CRLF': [
    'Will the server recognise the end of your text?',
    'Without `-crlf` openssl ends each line with LF only. The end of the text must be CR LF `.` CR LF, so the server goes on waiting.',
    '{command:openssl s_client -crlf -starttls smtp -connect mail.wolke.example:587}',
  ],
  'SH-SMTP': [
    'Nobody is listening yet: this is your own computer’s prompt.',
    'SMTP commands make sense only when a mail server is at the other end. First connect to one.',
    'telnet {host:mx.hafen.example} 25',
  ],
  'SH-TYPO': [
    'There is no command `{typed:of that name}`. Nearly, though.',
    'Did you mean `{near:another one}`? Tab completes what you have begun.',
    '{near:help}',
  ],
  'SH-REFUSED': [
    'The host is there, but nobody answers at that port.',
    '`{host:The host}` has no service on port {port:25}, or it is stopped. Mail servers take mail on port 25, mail programs hand it in on 587.',
    'nc -vz {host:mx.hafen.example} 25',
  ],
  'SH-PORT25': [
    'No answer at all. Who sits between you and that server?',
    '`{router:The router}` keeps port 25 shut for lines at home, as most providers do: spam from infected computers would go out there. Mail programs hand mail in at their own server, on port 587, with a login. That port is open. In this world you find the switch in the settings of `{router:the router}`.',
    'openssl s_client -starttls smtp -crlf -quiet -connect mail.wolke.example:587',
  ],
  'SH-TELNET': [
    'telnet is running, but is connected to nobody. This prompt is its own.',
    'Here only telnet’s own commands count: `open HOST PORT` connects, `quit` leads back to the shell.',
    'open {host:mx.hafen.example} 25',
  ],
  'SH-PORT': [
    'Which door did you knock at?',
    'Without a number telnet goes to port 23, where remote logins used to be. Mail waits at port 25.',
    'telnet {host:mx.hafen.example} 25',
  ],
} satisfies Record<string, Hint>;

export type HintId = keyof typeof hints;
export type Hints = Readonly<Record<HintId, Hint>>;
