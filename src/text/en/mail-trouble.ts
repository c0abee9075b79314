// What can go wrong between a mail program and its servers, and between several devices: part of the panel's words and of
// the answers to "why?". German has the same type. `{server}`, `{port}`, `{folder}` and `{text}` come from the event.

export const mailTrouble = {
  'mail.failure.unknownHost': 'There is no server named {server}. Is the name typed correctly?',
  'mail.failure.noDns': 'The address of {server} could not be looked up: no name server answered.',
  'mail.failure.refused': '{server} refuses connections to port {port}. Is the port right?',
  'mail.failure.timedOut': '{server} does not answer on port {port}.',
  'mail.failure.unreachable': 'There is no way to {server}.',
  'mail.failure.certificateExpired': 'The certificate of {server} has expired. The password was not sent.',
  'mail.failure.certificateNotYetValid':
    'The certificate of {server} is not valid yet, by this device’s clock. The password was not sent.',
  'mail.failure.certificateName':
    'The certificate belongs to another name than {server}. The password was not sent.',
  'mail.failure.certificateUntrusted':
    'Nobody whom this device trusts vouches for the certificate of {server}. The password was not sent.',
  'mail.failure.tlsFailed':
    'No TLS with {server} on port {port}. Does this port want TLS from the first byte, or STARTTLS?',
  'mail.failure.tlsNotOffered': '{server} offers no TLS on port {port}. The password was not sent.',
  'mail.failure.noMechanism':
    '{server} takes no password on this connection. Without TLS most servers refuse: the password was not sent.',
  'mail.failure.wrongPassword': '{server} does not accept user name and password.',
  'mail.failure.mailboxInUse': 'Another POP3 session has the mailbox at {server}. Try again when it is over.',
  'mail.failure.serverBusy': '{server} does not want to talk now.',
  'mail.failure.protocol': '{server} said something that this program does not understand.',
  'mail.failure.noAnswer': '{server} fell silent in the middle of the conversation.',
  'mail.failure.lost': 'The connection to {server} broke in the middle.',
  'mail.failure.commandRefused': '{server} refused what was asked of it.',
  'mail.failure.senderRefused': '{server} does not accept this sender.',
  'mail.failure.recipientRefused': '{server} does not accept a recipient.',
  'mail.failure.messageRefused': '{server} does not accept the message.',
  'mail.failure.sendLater': '{server} does not accept the message now. Send it again later.',
  'mail.maybeSent':
    'The message had been handed over when the connection broke, and nobody said that it arrived. Sent again, it may arrive twice.',

  'mail.conflict.messageGone': 'Somebody else has removed the message meanwhile.',
  'mail.conflict.folderGone': 'The folder {folder} does not exist any more.',
  'mail.conflict.uidValidity':
    'The server counts the folder {folder} anew (UIDVALIDITY): what this device knew of it is void and is fetched again.',
  'mail.conflict.accountChanged':
    'The program is set up for another mailbox now: what waited for the old one is given up.',
  'mail.conflict.actionRefused': 'The server refused it: {text}',
} as const;

export type MailTroubleWords = Readonly<Record<keyof typeof mailTrouble, string>>;
